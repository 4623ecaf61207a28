//! What a checked struct becomes: one constant, the trait's impl, the registration; never knows a rule.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{DeriveInput, Path};

use super::attr::{Options, Stated};
use super::check::{Attribute, CheckedIndex, CheckedProjection, CheckedTtl, CheckedVersion, Element, Kind, Scalar, Table};
use crate::drops::once_constant;
use crate::{names, path};

/// Settings that are never off: their fields are `Option`s.
const OPTIONS: &[&str] = &["billing", "deletion_protection", "table_class", "encryption"];

/// The expansion of a table without mistakes.
pub fn table(ident: &Ident, table: &Table, krate: Option<&Path>) -> TokenStream {
    let private = path::private(krate);
    let options = &table.parsed.options;
    let name = &table.name;
    let partition_key = element(&table.partition_key);
    let stated = stated(table);
    let registration = if options.frozen { TokenStream::new() } else { registration(ident, table) };
    let version = table.version.as_ref().map(version);
    let not_optional = table.keys().filter_map(not_optional);
    quote! {
        const _: () = {
            use #private as __p;
            #[allow(unused_imports)]
            use __p::UnknownKind as _;
            static TABLE: __p::TableDeclaration = {
                // first, so that a wrong key type is told by the key itself
                let __plain = __p::TableDeclaration::new(#name, #partition_key);
                __p::TableDeclaration { #(#stated,)* ..__plain }
            };
            #[automatically_derived]
            // an error would list the crate's tables
            #[diagnostic::do_not_recommend]
            impl __p::Table for #ident {
                fn schema() -> __p::TableSchema {
                    TABLE.schema()
                }
                #version
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

/// The declaration's fields that differ from those of a table that states nothing: whatever is written costs time to compile.
fn stated(table: &Table) -> Vec<TokenStream> {
    let mut fields: Vec<TokenStream> = table.parsed.options.settings.0.iter().map(field).collect();
    if let Some(key) = &table.sort_key {
        let key = element(key);
        fields.push(quote!(sort_key: ::core::option::Option::Some(#key)));
    }
    if !table.attributes.is_empty() {
        let attributes = table.attributes.iter().map(attribute);
        fields.push(quote!(attributes: &[#(#attributes),*]));
    }
    if !table.global_indexes.is_empty() {
        let indexes = table.global_indexes.iter().map(global_index);
        fields.push(quote!(global_indexes: &[#(#indexes),*]));
    }
    if !table.local_indexes.is_empty() {
        let indexes = table.local_indexes.iter().map(local_index);
        fields.push(quote!(local_indexes: &[#(#indexes),*]));
    }
    if let Some(ttl) = &table.ttl {
        let ttl = self::ttl(ttl);
        fields.push(quote!(ttl: #ttl));
    }
    if let Some(owner) = &table.parsed.options.owner {
        fields.push(quote!(owner: ::core::option::Option::Some(#owner)));
    }
    match &table.parsed.options {
        Options { schema: Some(variant), .. } => fields.push(quote!(management: __p::Management::#variant)),
        Options { frozen: true, .. } => {}
        _ => fields.push(quote!(management: <__Migrations as __p::Sequence>::INFO.management)),
    }
    fields
}

/// A setting is the declaration's field of that name.
fn field(Stated { key, value, .. }: &Stated) -> TokenStream {
    if OPTIONS.iter().any(|option| key == option) {
        quote!(#key: ::core::option::Option::Some(#value))
    } else {
        quote!(#key: #value)
    }
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
    let CheckedIndex { name, partition, sort, projection, settings } = index;
    let partition = partition.iter().map(element);
    let sort = sort.iter().map(element);
    let projection = self::projection(projection);
    let plain = quote!(__p::GlobalIndexDeclaration::new(#name, &[#(#partition),*], &[#(#sort),*], #projection));
    if settings.0.is_empty() {
        return plain;
    }
    let stated = settings.0.iter().map(field);
    quote!(__p::GlobalIndexDeclaration { #(#stated,)* ..#plain })
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

fn ttl(ttl: &CheckedTtl) -> TokenStream {
    match ttl {
        CheckedTtl::Off => quote!(__p::Setting::Off),
        CheckedTtl::Attribute(name, None) => quote!(__p::Setting::Set(#name)),
        CheckedTtl::Attribute(name, Some(ty)) => {
            let judged = quote_spanned!(ty.span()=> __p::ttl::<#ty>);
            quote!(__p::Setting::Set(#judged(#name)))
        }
    }
}

fn version(CheckedVersion { name, judged }: &CheckedVersion) -> TokenStream {
    let name = match judged {
        None => quote!(#name),
        Some(ty) => {
            let judged = quote_spanned!(ty.span()=> __p::version::<#ty>);
            quote!(#judged(#name))
        }
    };
    quote!(const VERSION: ::core::option::Option<&'static str> = ::core::option::Option::Some(#name);)
}

impl<'a> Table<'a> {
    fn keys(&self) -> impl Iterator<Item = &Element<'a>> {
        let indexes = self.global_indexes.iter().chain(&self.local_indexes);
        let of_indexes = indexes.flat_map(|index| index.partition.iter().chain(&index.sort));
        std::iter::once(&self.partition_key).chain(&self.sort_key).chain(of_indexes)
    }
}
