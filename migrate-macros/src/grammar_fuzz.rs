//! Every macro on any tokens at all: none panics, what comes out is Rust, the user's function is in it, and mistakes are told where they stand.
//!
//! Cases: 256 of each; `PROPTEST_CASES=100000 cargo test -p migrate-macros fuzz` for a night.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use quote::quote;

use crate::{drops, entry, migration, sequence, table};

/// What options are made of, right and wrong.
const WORDS: &[&str] = &[
    "name",
    "owner",
    "schema",
    "frozen",
    "version",
    "stream",
    "ttl",
    "billing",
    "on_demand",
    "provisioned",
    "read",
    "write",
    "max_read",
    "max_write",
    "deletion_protection",
    "table_class",
    "standard",
    "encryption",
    "kms",
    "point_in_time_recovery",
    "days",
    "replicas",
    "tags",
    "ignore",
    "accept",
    "H104",
    "H114",
    "global_index",
    "local_index",
    "partition_key",
    "sort_key",
    "projection",
    "keys_only",
    "all",
    "include",
    "warm_throughput",
    "contributor_insights",
    "resource_policy",
    "kinesis_stream",
    "arn",
    "precision",
    "kind",
    "key",
    "off",
    "on",
    "unmanaged",
    "verify",
    "manage",
    "first",
    "on_fresh",
    "run",
    "skip",
    "edited",
    "warn",
    "deny",
    "after_deploy",
    "breaking",
    "was",
    "tables",
    "target",
    "aws",
    "embedded",
    "id",
    "email",
    "a",
    "true",
    "false",
    "crate",
    "self",
    "Self",
    "super",
    "fn",
    "async",
    "type",
    "_",
];

/// Whole options as they are written, so that the rules behind the grammar are met too.
const OPTIONS: &[&str] = &[
    r#"name = "orders""#,
    r#"name = "arn:aws:dynamodb:eu-west-1:1:table/orders""#,
    r#"name = """#,
    r#"name = "o\u{1b}\u{202e}\0""#,
    "stream = new_and_old_images",
    "ttl = expires",
    "ttl = off",
    "version = count",
    "schema = verify",
    "frozen",
    r#"owner = "shop""#,
    "billing = on_demand(max_read = 1, max_write = 18446744073709551616)",
    "billing = provisioned(read = 0, write = -1)",
    "deletion_protection = false",
    r#"encryption = kms("arn:aws:kms:eu-west-1:1:key/x")"#,
    "point_in_time_recovery = days(99)",
    r#"tags(team = "a", team = "b", "aws:x" = "c")"#,
    r#"replicas("eu-west-1", "nowhere")"#,
    "accept(H101, H104, H999)",
    "ignore(throughput, tags, nothing)",
    r#"resource_policy = "../../../etc/passwd""#,
    r#"kinesis_stream(arn = "arn:aws:kinesis:x:1:stream/y", precision = second)"#,
    "warm_throughput(read = 1, write = 2)",
    r#"global_index(name = "by-email", partition_key = email, projection = keys_only)"#,
    r#"global_index(name = "by-all", partition_key(id, email), sort_key(count, expires), projection = include(id, email, nothing))"#,
    r#"local_index(name = "by-email", sort_key = email)"#,
    "partition_key",
    "sort_key",
    "sort_key(number)",
    "kind = N",
    "1",
    "0",
    "4294967295",
    "99999999999999999999999999",
    "0x1F",
    "7u32",
    "on_fresh = run",
    "after_deploy",
    "breaking",
    "tables(Order, crate::Customer, Order)",
    r#"was = ["sha256-tokens-1:00", "x"]"#,
    "first = 41",
    "edited = deny",
    "crate = other::path",
    r#"crate = "no path""#,
    "shop",
    "crate::billing",
    "target = aws",
];

fn parsed(source: &str) -> TokenStream {
    source.parse().unwrap_or_default()
}

fn token() -> impl Strategy<Value = TokenStream> {
    let word = select(WORDS).prop_map(parsed);
    let option = select(OPTIONS).prop_map(parsed);
    let sign = select("=,.:;#!&|<>?-+*/'$@".chars().collect::<Vec<_>>()).prop_map(|sign| {
        // An apostrophe is one only before a lifetime's name.
        if sign == '\'' { parsed("'a") } else { TokenTree::Punct(Punct::new(sign, Spacing::Alone)).into() }
    });
    let literal = prop_oneof![
        any::<String>().prop_map(|text| Literal::string(&text)),
        any::<u128>().prop_map(Literal::u128_unsuffixed),
        any::<i64>().prop_map(|number| Literal::u64_suffixed(number.unsigned_abs())),
        any::<char>().prop_map(Literal::character),
        vec(any::<u8>(), 0..4).prop_map(|bytes| Literal::byte_string(&bytes)),
        Just(Literal::f64_unsuffixed(0.5)),
    ];
    let literal = literal.prop_map(|literal| TokenTree::from(literal).into());
    let raw = Just(TokenTree::from(Ident::new_raw("type", Span::call_site())).into());
    let leaf = prop_oneof![4 => word, 4 => option, 3 => sign, 2 => literal, 1 => raw];
    leaf.prop_recursive(4, 32, 6, |inner| {
        let delimiter = select(vec![Delimiter::Parenthesis, Delimiter::Bracket, Delimiter::Brace, Delimiter::None]);
        (delimiter, vec(inner, 0..6)).prop_map(|(delimiter, inner)| {
            TokenTree::from(Group::new(delimiter, inner.into_iter().collect::<TokenStream>())).into()
        })
    })
}

/// Tokens in a heap, between commas as options are, or options among which they stand.
fn tokens() -> impl Strategy<Value = TokenStream> {
    let option = select(OPTIONS).prop_map(parsed);
    prop_oneof![
        vec(token(), 0..8).prop_map(|parts| parts.into_iter().collect()),
        vec(token(), 0..8).prop_map(|parts| quote!(#(#parts),*)),
        vec(prop_oneof![6 => option, 1 => token()], 0..6).prop_map(|parts| quote!(#(#parts),*)),
    ]
}

/// What a macro makes is Rust, whatever it was given: the compiler then says what the macro says, and nothing of its own.
#[track_caller]
fn is_rust(output: &TokenStream) {
    if let Err(error) = syn::parse2::<syn::File>(output.clone()) {
        panic!("{error}: {output}");
    }
}

/// The texts of the mistakes that stand nowhere in the source.
fn nowhere(output: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    let mut tokens = output.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Group(group) => found.extend(nowhere(group.stream())),
            TokenTree::Ident(word) if word == "compile_error" && word.span().source_text().is_none() => {
                let text = tokens.clone().nth(1).map(|text| text.to_string());
                found.extend(text);
            }
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
    found
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_migrations_function_is_emitted_again_whatever_the_attribute_says(arguments in tokens()) {
        let item = quote! {
            /// Does it.
            pub(crate) async fn mend(cx: &MigrationContext) -> migrate_core::Result { cx.note("x"); Ok(()) }
        };
        let output = migration::expand(arguments, item.clone());
        let again = quote!(#[deny(unused_must_use)] #item).to_string();
        prop_assert!(output.to_string().starts_with(&again), "{output}");
        is_rust(&output);
    }

    #[test]
    fn whatever_a_migration_stands_on_is_emitted_again(arguments in tokens(), item in tokens()) {
        let output = migration::expand(arguments, item.clone());
        let again = quote!(#[deny(unused_must_use)] #item).to_string();
        prop_assert!(output.to_string().starts_with(&again), "{output}");
    }

    #[test]
    fn a_table_is_declared_or_its_mistakes_are_told(of_struct in vec(tokens(), 0..3), of_fields in vec(tokens(), 3)) {
        let [first, second, third] = of_fields.try_into().expect("three");
        let output = table::expand(quote! {
            #(#[table(#of_struct)])*
            #[serde(rename_all = "camelCase")]
            struct Order {
                #[table(#first)]
                id: String,
                #[table(#second)]
                count: u64,
                #[table(#third)]
                expires: Option<u64>,
                email: String,
            }
        });
        is_rust(&output);
    }

    #[test]
    fn whatever_derives_a_table_gets_an_answer(item in tokens()) {
        table::expand(item);
    }

    #[test]
    fn every_other_macro_gives_rust(input in tokens()) {
        for expand in [sequence::expand, drops::table, drops::index, entry::expand] {
            is_rust(&expand(input.clone()));
        }
    }

    #[test]
    fn mistakes_are_told_where_they_stand(options in vec(select(OPTIONS), 1..6)) {
        // Read from text, so that each token has a place.
        let source = options.join(", ");
        for (name, output) in [
            ("migration", migration::expand(parsed(&source), parsed("async fn mend(cx: &Cx) -> Result { Ok(()) }"))),
            ("migrations", sequence::expand(parsed(&source))),
            ("drop_index", drops::index(parsed(&source))),
            ("main", entry::expand(parsed(&source))),
            ("Table", table::expand(parsed(&format!("#[table({source})] struct Order {{ #[table(partition_key)] id: String, email: String }}")))),
        ] {
            let nowhere = nowhere(output);
            // What is missing stands nowhere.
            let missing = ["begins with its number", "expected `drop_index!"];
            prop_assert!(nowhere.iter().all(|text| missing.iter().any(|missing| text.contains(missing))), "{name}({source}): {nowhere:?}");
        }
    }
}
