//! What a table or an index may consume, as the declaration's constant spells it; never knows which of the two it is.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::LitInt;

use crate::errors::Errors;
use crate::options::{self, Entry, Row, Seen, Value, put};

pub(super) const BILLING: &str = "billing = on_demand` or `billing = on_demand(max_read = 1000, max_write = off)` or `billing = provisioned(read = 5, write = 5)";
pub(super) const WARM_THROUGHPUT: &str = "warm_throughput(read = 12000, write = 4000)";

pub(super) fn billing(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if entry.one_of(&[("on_demand", ())]).is_some() {
        return Some(quote!(__p::Billing::ON_DEMAND));
    }
    if let Some(tokens) = entry.call("on_demand") {
        #[derive(Default)]
        struct Max {
            read: Option<TokenStream>,
            write: Option<TokenStream>,
        }
        const MAX: &[Row<Max>] = &[
            Row {
                name: "max_read",
                form: "max_read = 1000` (at least 1) or `max_read = off",
                many: false,
                set: |to, entry, _| put(&mut to.read, limit(entry)),
            },
            Row {
                name: "max_write",
                form: "max_write = 1000` (at least 1) or `max_write = off",
                many: false,
                set: |to, entry, _| put(&mut to.write, limit(entry)),
            },
        ];
        let mut given = Max::default();
        options::read(MAX, tokens, &mut given, &mut Seen::new(), errors);
        if given.read.is_none() && given.write.is_none() {
            return None;
        }
        let [read, write] = [given.read, given.write].map(|max| max.unwrap_or_else(|| quote!(__p::Setting::Unmanaged)));
        return Some(quote!(__p::Billing::OnDemand(__p::MaxThroughput { read: #read, write: #write })));
    }
    let throughput = throughput(entry.call("provisioned")?, errors)?;
    Some(quote!(__p::Billing::Provisioned(#throughput)))
}

fn limit(entry: &Entry) -> Option<TokenStream> {
    if entry.one_of(&[("off", ())]).is_some() {
        return Some(quote!(__p::Setting::Off));
    }
    units(entry).map(|units| quote!(__p::Setting::Set(#units)))
}

/// `read = 5, write = 5`
fn throughput(tokens: TokenStream, errors: &mut Errors) -> Option<TokenStream> {
    #[derive(Default)]
    struct Units {
        read: Option<LitInt>,
        write: Option<LitInt>,
    }
    const UNITS: &[Row<Units>] = &[
        Row {
            name: "read",
            form: "read = 5` or more units, such as `read = 1",
            many: false,
            set: |to, entry, _| put(&mut to.read, units(entry)),
        },
        Row {
            name: "write",
            form: "write = 5` or more units, such as `write = 1",
            many: false,
            set: |to, entry, _| put(&mut to.write, units(entry)),
        },
    ];
    let mut given = Units::default();
    options::read(UNITS, tokens, &mut given, &mut Seen::new(), errors);
    let (read, write) = (given.read?, given.write?);
    Some(quote!(__p::Throughput { read: #read, write: #write }))
}

/// At least one unit per second.
fn units(entry: &Entry) -> Option<LitInt> {
    entry
        .parse::<LitInt>()
        .filter(|literal| literal.suffix().is_empty() && literal.base10_parse::<u64>().is_ok_and(|units| units > 0))
}

pub(super) fn warm_throughput(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    if let Some(off) = entry.parse::<Ident>().filter(|word| word == "off") {
        errors.on(&off, "warm throughput cannot be switched off: DynamoDB only raises it; leave it out");
    }
    let Value::List(tokens) = &entry.value else { return None };
    throughput(tokens.clone(), errors).map(|throughput| quote!(__p::Setting::Set(#throughput)))
}
