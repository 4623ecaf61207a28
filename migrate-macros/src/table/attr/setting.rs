//! What a setting of a table or an index may say, as the declaration's constant spells it; never knows whether settings fit together.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::{LitInt, LitStr};

use crate::errors::Errors;
use crate::options::{self, Entry, Row, Seen, Value, put};

/// The settings that are stated.
#[derive(Default)]
pub struct Settings(pub Vec<Stated>);

/// One setting that is stated.
pub struct Stated {
    /// Its option, which is also the declaration's field.
    pub key: Ident,
    /// The first word of its value, if it is one.
    pub word: Option<Ident>,
    /// Its value.
    pub value: TokenStream,
}

impl Settings {
    /// Writes a setting down, if it says something.
    pub fn state(&mut self, entry: &Entry, value: Option<TokenStream>) -> Option<()> {
        let word = match &entry.value {
            Value::Is(tokens) => tokens.clone().into_iter().next(),
            Value::Word | Value::List(_) => None,
        };
        let word = match word {
            Some(TokenTree::Ident(word)) => Some(word),
            _ => None,
        };
        self.0.push(Stated { key: entry.key.clone(), word, value: value? });
        Some(())
    }

    /// What this option states.
    pub fn of(&self, option: &str) -> Option<&Stated> {
        self.0.iter().find(|stated| stated.key == option)
    }
}

pub(super) const CONTRIBUTOR_INSIGHTS: &str = "contributor_insights = on | off | throttled_keys";

/// `= word`, a variant of this type, or off where the variant is empty.
fn choice(entry: &Entry, of: &str, words: &[(&str, &str)]) -> Option<TokenStream> {
    let variant = entry.one_of(words)?;
    if variant.is_empty() {
        return Some(quote!(__p::Setting::Off));
    }
    let [of, variant] = [of, variant].map(|name| Ident::new(name, Span::call_site()));
    Some(quote!(__p::Setting::Set(__p::#of::#variant)))
}

pub(super) fn stream(entry: &Entry) -> Option<TokenStream> {
    let views = [
        ("off", ""),
        ("keys_only", "KeysOnly"),
        ("new_image", "NewImage"),
        ("old_image", "OldImage"),
        ("new_and_old_images", "NewAndOldImages"),
    ];
    choice(entry, "StreamView", &views)
}

pub(super) fn contributor_insights(entry: &Entry) -> Option<TokenStream> {
    choice(entry, "Insights", &[("off", ""), ("on", "AccessedAndThrottled"), ("throttled_keys", "Throttled")])
}

pub(super) fn deletion_protection(entry: &Entry) -> Option<TokenStream> {
    entry.flag().map(|on| quote!(#on))
}

pub(super) fn table_class(entry: &Entry) -> Option<TokenStream> {
    let variant = entry.one_of(&[("standard", "Standard"), ("standard_infrequent_access", "StandardInfrequentAccess")])?;
    let variant = Ident::new(variant, Span::call_site());
    Some(quote!(__p::TableClass::#variant))
}

pub(super) fn encryption(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if let Some(variant) = entry.one_of(&[("aws_owned", "AwsOwned"), ("aws_managed", "AwsManaged")]) {
        let variant = Ident::new(variant, Span::call_site());
        return Some(quote!(__p::EncryptionDeclaration::#variant));
    }
    let key: LitStr = syn::parse2(entry.call("kms")?).ok()?;
    if !is_arn(&key.value(), "kms", "key/") {
        errors.on(
            &key,
            "the key is named by its ARN, `arn:aws:kms:REGION:ACCOUNT:key/ID`: an id or an alias could come to mean another key",
        );
    }
    Some(quote!(__p::EncryptionDeclaration::Customer(#key)))
}

pub(super) fn recovery(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    let none = quote!(::core::option::Option::None);
    let days = match entry.one_of(&[("off", false), ("on", true)]) {
        Some(false) => return Some(quote!(__p::Setting::Off)),
        Some(true) => none,
        None => {
            const DAYS: &[Row<Option<LitInt>>] = &[Row {
                name: "days",
                form: "days = 14",
                many: false,
                set: |to, entry, errors| {
                    let literal: LitInt = entry.parse()?;
                    if !literal.base10_parse::<u8>().is_ok_and(|days| (1..=35).contains(&days)) {
                        errors.on(&literal, "point-in-time recovery reaches back 1 to 35 days, such as `on(days = 35)`");
                    }
                    put(to, literal.suffix().is_empty().then_some(literal))
                },
            }];
            let mut days = None;
            options::read(DAYS, entry.call("on")?, &mut days, &mut Seen::new(), errors);
            let days = days?;
            quote!(::core::option::Option::Some(#days))
        }
    };
    Some(quote!(__p::Setting::Set(__p::Recovery { days: #days })))
}

/// The file's text, so that a file that is missing is an error at its name.
pub(super) fn resource_policy(entry: &Entry) -> Option<TokenStream> {
    if entry.one_of(&[("off", ())]).is_some() {
        return Some(quote!(__p::Setting::Off));
    }
    let file = entry.text()?;
    let text = quote_spanned! {file.span()=>
        ::core::include_str!(::core::concat!(::core::env!("CARGO_MANIFEST_DIR"), "/", #file))
    };
    Some(quote!(__p::Setting::Set(#text)))
}

pub(super) fn kinesis_stream(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if entry.one_of(&[("off", ())]).is_some() {
        return Some(quote!(__p::Setting::Off));
    }
    let mut precision = quote!(::core::option::Option::None);
    let arn = match entry.text() {
        Some(arn) => arn,
        None => {
            const PRECISION: &[Row<Option<&'static str>>] = &[Row {
                name: "precision",
                form: "precision = microsecond | millisecond",
                many: false,
                set: |to, entry, _| put(to, entry.one_of(&[("microsecond", "Microsecond"), ("millisecond", "Millisecond")])),
            }];
            let parts = options::split(entry.call("stream")?);
            let (arn, rest) = parts.split_first()?;
            let (mut given, mut seen) = (None, Seen::new());
            for part in rest {
                options::read(PRECISION, options::tokens_of(part), &mut given, &mut seen, errors);
            }
            if let Some(variant) = given {
                let variant = Ident::new(variant, Span::call_site());
                precision = quote!(::core::option::Option::Some(__p::Precision::#variant));
            }
            syn::parse2(options::tokens_of(arn)).ok()?
        }
    };
    if !is_arn(&arn.value(), "kinesis", "stream/") {
        errors.on(&arn, "the Kinesis stream is named by its ARN: `arn:aws:kinesis:REGION:ACCOUNT:stream/NAME`");
    }
    Some(quote!(__p::Setting::Set((#arn, #precision))))
}

/// `arn:PARTITION:service:REGION:ACCOUNT:resource`
fn is_arn(text: &str, service: &str, resource: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, of, region, account, named] => {
            let known = [partition, region, account].iter().all(|part| !part.is_empty());
            *of == service && known && named.strip_prefix(resource).is_some_and(|name| !name.is_empty())
        }
        _ => false,
    }
}
