//! The codes of hazards as `accept(..)` names them, on a table or on a migration; never knows what they mean there.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::errors::Errors;
use crate::options::{self, Entry};

/// `Hazard`'s variants, by code, and what each is: those of a table. Those of H101 and H102 have macros of their own.
const OF_TABLES: &[(&str, &str, &str)] = &[
    ("H103", "RecoveryOff", "point-in-time recovery off"),
    ("H104", "StreamOff", "stream off"),
    ("H105", "StreamCycle", "stream off and on again"),
    ("H106", "ReplicaRemoved", "replica removed"),
    ("H107", "PolicyRemoved", "resource policy removed"),
    ("H108", "KeyChange", "another encryption key"),
    ("H109", "TtlOn", "time to live on"),
    ("H110", "IndexReplaced", "index deleted and built anew"),
    ("H111", "RecoveryShortened", "shorter recovery period"),
    ("H112", "KinesisOff", "Kinesis stream off or exchanged"),
    ("H113", "MisfitsLeftOut", "index without the items that do not fit"),
];

/// The same of a migration.
const OF_MIGRATIONS: &[(&str, &str, &str)] = &[("H114", "StreamRecords", "a record in the table's stream for each item changed")];

/// `accept(..)` on a table's struct.
pub fn of_table(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    accept(entry, OF_TABLES, OF_MIGRATIONS, "concerns a migration: `#[migration(7, accept({}))]`", errors)
}

/// `accept(..)` on a migration.
pub fn of_migration(entry: &Entry, errors: &mut Errors) -> Option<TokenStream> {
    accept(entry, OF_MIGRATIONS, OF_TABLES, "concerns a table: `#[table(accept({}))]` on its struct", errors)
}

fn accept(
    entry: &Entry,
    here: &[(&str, &str, &str)],
    elsewhere: &[(&str, &str, &str)],
    where_else: &str,
    errors: &mut Errors,
) -> Option<TokenStream> {
    let variants = options::words(entry, errors, |word, errors| {
        let code = word.to_string();
        let found = here.iter().find(|(known, ..)| *known == code);
        match (found, code.as_str()) {
            (Some(_), _) => {}
            (None, "H101") => {
                errors.on(word, "a table is dropped by `migrate_core::drop_table!(\"..\")`, after its declaration was taken away")
            }
            (None, "H102") => errors.on(
                word,
                "an index is dropped by `migrate_core::drop_index!(\"..\", \"..\")`, after its declaration was taken away",
            ),
            (None, _) if elsewhere.iter().any(|(known, ..)| *known == code) => {
                errors.on(word, format_args!("`{code}` {}", where_else.replace("{}", &code)));
            }
            (None, _) => {
                let known: Vec<String> = here.iter().map(|(code, _, what)| format!("{code} ({what})")).collect();
                errors.on(word, format_args!("there is no hazard `{word}` to accept: known here: {}", known.join(", ")));
            }
        }
        found.map(|(_, variant, _)| Ident::new(variant, word.span()))
    })?;
    Some(quote!(&[#(__p::Hazard::#variants),*]))
}
