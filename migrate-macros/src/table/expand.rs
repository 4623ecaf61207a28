//! What a checked struct becomes: one constant, the trait's impl, the registration; never knows a rule.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Path};

use super::check::{Attribute, CheckedIndex, CheckedProjection, CheckedTtl, Element, Kind, Scalar, Table};
use crate::drops::once_constant;
use crate::{names, path};

/// The expansion of a table without mistakes.
pub fn table(ident: &Ident, table: &Table, krate: Option<&Path>) -> TokenStream {
    let private = path::private(krate);
    let options = &table.parsed.options;
    let name = &table.name;
    let partition_key = element(&table.partition_key);
    let sort_key = option(table.sort_key.as_ref().map(element));
    let attributes = table.attributes.iter().map(attribute);
    let global_indexes = table.global_indexes.iter().map(global_index);
    let local_indexes = table.local_indexes.iter().map(local_index);
    let billing = option(options.billing.clone());
    let stream = options.stream.clone().unwrap_or_else(|| quote!(__p::Setting::Unmanaged));
    let ttl = ttl(table.ttl.as_ref());
    let deletion_protection = option(options.deletion_protection.map(|on| quote!(#on)));
    let registration = if options.frozen { TokenStream::new() } else { registration(ident, table) };
    let not_optional = table.keys().filter_map(not_optional);
    quote! {
        const _: () = {
            use #private as __p;
            #[allow(unused_imports)]
            use __p::UnknownKind as _;
            static TABLE: __p::TableDeclaration = __p::TableDeclaration {
                name: #name,
                partition_key: #partition_key,
                sort_key: #sort_key,
                attributes: &[#(#attributes),*],
                global_indexes: &[#(#global_indexes),*],
                local_indexes: &[#(#local_indexes),*],
                billing: #billing,
                stream: #stream,
                ttl: #ttl,
                deletion_protection: #deletion_protection,
                ..__p::TableDeclaration::new(#name, #partition_key)
            };
            #[automatically_derived]
            impl __p::Table for #ident {
                fn schema() -> __p::TableSchema {
                    TABLE.schema()
                }
            }
            #(#not_optional)*
            #registration
        };
    }
}

/// An impl for a struct with mistakes, so that its uses are none.
pub fn fallback(input: &DeriveInput, krate: Option<&Path>) -> TokenStream {
    let private = path::private(krate);
    let ident = &input.ident;
    let (of_impl, of_type, clause) = input.generics.split_for_impl();
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #of_impl #private::Table for #ident #of_type #clause {
                fn schema() -> #private::TableSchema {
                    ::core::unreachable!()
                }
            }
        };
    }
}

fn registration(ident: &Ident, table: &Table) -> TokenStream {
    let name = &table.name;
    let import = path::import_sequence(name.span());
    let of_table = once_constant(&names::table_once(&name.value()), name.span());
    let of_indexes = table
        .global_indexes
        .iter()
        .chain(&table.local_indexes)
        .map(|index| once_constant(&names::index_once(&name.value(), &index.name.value()), index.name.span()));
    quote! {
        #import
        #[automatically_derived]
        impl __Migrations {
            #of_table
            #(#of_indexes)*
        }
        __p::submit! {
            __p::TableEntry {
                sequence: <__Migrations as __p::Sequence>::INFO.name,
                schema: <#ident as __p::Table>::schema,
                location: __p::Location { file: ::core::file!(), line: ::core::line!() },
            }
        }
    }
}

fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(::core::option::Option::None), |value| quote!(::core::option::Option::Some(#value)))
}

fn element(element: &Element) -> TokenStream {
    let name = &element.name;
    let scalar = match &element.scalar {
        Scalar::Stated(letter, _) => quote!(__p::ScalarType::#letter),
        Scalar::Type(ty) => quote_spanned!(ty.span()=> <#ty as __p::KeyAttribute>::SCALAR),
        Scalar::Sparse(ty) => quote_spanned!(ty.span()=> <#ty as __p::SparseKeyAttribute>::SCALAR),
    };
    quote!((#name, #scalar))
}

/// Where the key's type was stated, no trait has judged whether it is an `Option`.
fn not_optional(element: &Element) -> Option<TokenStream> {
    let Scalar::Stated(_, Some(ty)) = &element.scalar else {
        return None;
    };
    Some(quote_spanned!(ty.span()=> const _: () = __p::assert_not_optional(__p::Kind::<#ty>::OPTIONAL);))
}

fn attribute(attribute: &Attribute) -> TokenStream {
    let Attribute { name, kind, optional } = attribute;
    let (kind, ty) = match kind {
        Kind::Stated(word, ty) => {
            let variant = variant(word);
            (quote!(__p::AttributeKind::#variant), *ty)
        }
        Kind::Key(ty) => return quote!((#name, __p::kind_of::<#ty>(), false)),
        Kind::Type(ty) => (quote!(__p::Kind::<#ty>::KIND), Some(*ty)),
    };
    let optional = match ty {
        Some(ty) if !optional => quote!(__p::Kind::<#ty>::OPTIONAL),
        _ => quote!(#optional),
    };
    quote!((#name, #kind, #optional))
}

/// DynamoDB's letters as variants of `AttributeKind`.
fn variant(word: &Ident) -> Ident {
    let variant = match word.to_string().as_str() {
        "BOOL" => "Bool",
        "SS" => "StringSet",
        "NS" => "NumberSet",
        "BS" => "BinarySet",
        _ => return word.clone(),
    };
    format_ident!("{variant}", span = word.span())
}

fn global_index(index: &CheckedIndex) -> TokenStream {
    let CheckedIndex { name, partition, sort, projection } = index;
    let partition = partition.iter().map(element);
    let sort = sort.iter().map(element);
    let projection = self::projection(projection);
    quote! {
        __p::GlobalIndexDeclaration { name: #name, partition: &[#(#partition),*], sort: &[#(#sort),*], projection: #projection, billing: ::core::option::Option::None, warm_throughput: __p::Setting::Unmanaged, contributor_insights: __p::Setting::Unmanaged }
    }
}

fn local_index(index: &CheckedIndex) -> TokenStream {
    let name = &index.name;
    let sort = index.sort.iter().map(element);
    let projection = projection(&index.projection);
    quote!(__p::LocalIndexDeclaration { name: #name, sort: #(#sort)*, projection: #projection })
}

fn projection(projection: &CheckedProjection) -> TokenStream {
    match projection {
        CheckedProjection::All => quote!(__p::ProjectionDeclaration::All),
        CheckedProjection::KeysOnly => quote!(__p::ProjectionDeclaration::KeysOnly),
        CheckedProjection::Include(names) => quote!(__p::ProjectionDeclaration::Include(&[#(#names),*])),
    }
}

fn ttl(ttl: Option<&CheckedTtl>) -> TokenStream {
    match ttl {
        None => quote!(__p::Setting::Unmanaged),
        Some(CheckedTtl::Off) => quote!(__p::Setting::Off),
        Some(CheckedTtl::Attribute(name, None)) => quote!(__p::Setting::Set(#name)),
        Some(CheckedTtl::Attribute(name, Some(ty))) => {
            let judged = quote_spanned!(ty.span()=> __p::ttl::<#ty>);
            quote!(__p::Setting::Set(#judged(#name)))
        }
    }
}

impl<'a> Table<'a> {
    fn keys(&self) -> impl Iterator<Item = &Element<'a>> {
        let indexes = self.global_indexes.iter().chain(&self.local_indexes);
        let of_indexes = indexes.flat_map(|index| index.partition.iter().chain(&index.sort));
        std::iter::once(&self.partition_key).chain(&self.sort_key).chain(of_indexes)
    }
}
