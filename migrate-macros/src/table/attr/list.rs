//! Settings that are lists: tags, regions, and the names of what is ignored; never knows another option.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::LitStr;

use crate::errors::Errors;
use crate::options::{self, Entry, Value};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
const MAX_TAGS: usize = 50;
const MAX_TAG_KEY: usize = 128;
const MAX_TAG_VALUE: usize = 256;

/// `Aspect`'s variants, by option.
const ASPECTS: &[(&str, &str)] = &[
    ("billing", "Billing"),
    ("throughput", "Throughput"),
    ("stream", "Stream"),
    ("ttl", "Ttl"),
    ("deletion_protection", "DeletionProtection"),
    ("table_class", "TableClass"),
    ("encryption", "Encryption"),
    ("point_in_time_recovery", "PointInTimeRecovery"),
    ("tags", "Tags"),
    ("warm_throughput", "WarmThroughput"),
    ("contributor_insights", "ContributorInsights"),
    ("resource_policy", "ResourcePolicy"),
    ("kinesis_stream", "KinesisStream"),
    ("replicas", "Replicas"),
];

const REGION: &str = "a replica is named by its region, such as `\"eu-west-1\"`";

pub(super) fn ignore(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    let variants = options::words(entry, errors, |word, errors| {
        let found = ASPECTS.iter().find(|(name, _)| word == name);
        if found.is_none() {
            let known: Vec<&str> = ASPECTS.iter().map(|(name, _)| *name).collect();
            options::unknown("setting", word, &known, errors);
        }
        found.map(|(_, variant)| Ident::new(variant, word.span()))
    })?;
    Some(quote!(&[#(__p::Aspect::#variants),*]))
}

/// `replicas("eu-west-1")` or `replicas = off`
pub(super) fn replicas(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if entry.one_of(&[("off", ())]).is_some() {
        return Some(quote!(__p::Setting::Off));
    }
    if matches!(&entry.value, Value::List(tokens) if tokens.is_empty()) {
        errors.on(&entry.key, "no region is named: `replicas(\"eu-west-1\")`, or `replicas = off` for a table without replicas");
    }
    let mut seen = BTreeSet::new();
    let mut regions = Vec::new();
    for part in entry.parts()? {
        let Ok(region) = syn::parse2::<LitStr>(options::tokens_of(&part)) else {
            errors.on(&options::tokens_of(&part), REGION);
            continue;
        };
        let text = region.value();
        if !text.contains('-') || !text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
            errors.on(&region, REGION);
        } else if !seen.insert(text) {
            errors.on(&region, "this region is named twice");
        }
        regions.push(region);
    }
    Some(quote!(__p::Setting::Set(&[#(#regions),*])))
}

/// `tags(team = "payments", "cost-center" = "42", old = off)`
pub(super) fn tags(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    let mut seen = BTreeSet::new();
    let mut set = 0;
    let mut pairs = Vec::new();
    for part in entry.parts()? {
        let Some((place, key, value)) = tag(&part) else {
            errors.on(&options::tokens_of(&part), "expected `team = \"payments\"` or `\"cost-center\" = \"42\"` or `old = off`");
            continue;
        };
        let length = key.chars().count();
        if !(1..=MAX_TAG_KEY).contains(&length) {
            errors.on(place, format_args!("a tag's key has 1 to {MAX_TAG_KEY} characters, and this one has {length}"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            errors.on(place, "tags that begin with `aws:` are AWS's own, and cannot be set");
        }
        if !seen.insert(key.clone()) {
            errors.on(place, format_args!("the tag `{key}` is given twice"));
        }
        let value = match value {
            None => quote!(__p::Setting::Off),
            Some(text) => {
                let length = text.value().chars().count();
                if length > MAX_TAG_VALUE {
                    errors
                        .on(&text, format_args!("a tag's value has up to {MAX_TAG_VALUE} characters, and this one has {length}"));
                }
                set += 1;
                if set > MAX_TAGS {
                    errors.on(place, format_args!("a table has at most {MAX_TAGS} tags"));
                }
                quote!(__p::Setting::Set(#text))
            }
        };
        pairs.push(quote!((#key, #value)));
    }
    Some(quote!(&[#(#pairs),*]))
}

/// A tag's key, and its value, which is `None` when it is off.
fn tag(part: &[TokenTree]) -> Option<(&TokenTree, String, Option<LitStr>)> {
    let [place, TokenTree::Punct(is), value @ ..] = part else { return None };
    let key = match place {
        TokenTree::Ident(word) => word.to_string().trim_start_matches("r#").to_owned(),
        _ => syn::parse2::<LitStr>(place.to_token_stream()).ok()?.value(),
    };
    let value = match value {
        [TokenTree::Ident(word)] if word == "off" => None,
        _ => Some(syn::parse2(options::tokens_of(value)).ok()?),
    };
    (is.as_char() == '=').then_some((place, key, value))
}
