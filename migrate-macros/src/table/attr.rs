//! The options of `#[table(...)]`, one row each: on the struct, on a field, in an index; never knows whether they fit together.

mod capacity;
mod index;
mod key;
mod list;
mod setting;

use proc_macro2::{Ident, Span};
use syn::{LitStr, Path};

use self::index::{GLOBAL_INDEX, LOCAL_INDEX, index};
pub use self::index::{Index, Projection};
pub use self::key::{AttributeRef, KeyRef};
use self::key::{FIELD_TYPE, KINDS, PARTITION_KEY, SORT_KEY, attribute, keys, kind};
pub use self::setting::{Settings, Stated};
use crate::hazards;
use crate::options::{Entry, Row, Seen, Value, put};
use crate::sequence::management;

/// What the struct's attributes say.
#[derive(Default)]
pub struct Options {
    pub name: Option<LitStr>,
    pub partition_key: Option<Vec<KeyRef>>,
    pub sort_key: Option<Vec<KeyRef>>,
    pub settings: Settings,
    pub ttl: Option<Ttl>,
    /// The sequence that owns the table, where it is another one.
    pub owner: Option<LitStr>,
    /// `manage` or `verify`.
    pub schema: Option<Ident>,
    pub global_indexes: Vec<Index>,
    pub local_indexes: Vec<Index>,
    pub frozen: bool,
    pub krate: Option<Path>,
    /// What was given, even if wrongly: that is not missing.
    pub seen: Seen,
}

/// What a field's attributes say.
#[derive(Default)]
pub struct FieldOptions {
    pub partition_key: Option<Span>,
    pub sort_key: Option<Span>,
    pub stated: Option<Ident>,
    /// The application's optimistic lock.
    pub version: Option<Span>,
    /// What was given, even if wrongly: that is not missing.
    pub seen: Seen,
}

/// The struct's options: a setting that is added is a row that is added.
pub const STRUCT: &[Row<Options>] = &[
    Row { name: "name", form: "name = \"customers\"", many: false, set: |to, entry, _| put(&mut to.name, entry.text()) },
    Row { name: "owner", form: "owner = \"shop\"", many: false, set: |to, entry, _| put(&mut to.owner, entry.text()) },
    Row {
        name: "partition_key",
        form: PARTITION_KEY,
        many: false,
        set: |to, entry, errors| put(&mut to.partition_key, keys(entry, errors)),
    },
    Row { name: "sort_key", form: SORT_KEY, many: false, set: |to, entry, errors| put(&mut to.sort_key, keys(entry, errors)) },
    Row {
        name: "billing",
        form: capacity::BILLING,
        many: false,
        set: |to, entry, errors| to.settings.state(entry, capacity::billing(entry, errors)),
    },
    Row {
        name: "stream",
        form: "stream = off | keys_only | new_image | old_image | new_and_old_images",
        many: false,
        set: |to, entry, _| to.settings.state(entry, setting::stream(entry)),
    },
    Row {
        name: "ttl",
        form: "ttl = off` or `ttl = field` or `ttl = \"attribute\"",
        many: false,
        set: |to, entry, _| put(&mut to.ttl, ttl(entry)),
    },
    Row {
        name: "deletion_protection",
        form: "deletion_protection = true` or `= false",
        many: false,
        set: |to, entry, _| to.settings.state(entry, setting::deletion_protection(entry)),
    },
    Row {
        name: "table_class",
        form: "table_class = standard | standard_infrequent_access",
        many: false,
        set: |to, entry, _| to.settings.state(entry, setting::table_class(entry)),
    },
    Row {
        name: "encryption",
        form: "encryption = aws_owned | aws_managed` or `encryption = kms(\"arn:aws:kms:..:key/..\")",
        many: false,
        set: |to, entry, errors| to.settings.state(entry, setting::encryption(entry, errors)),
    },
    Row {
        name: "point_in_time_recovery",
        form: "point_in_time_recovery = on | off` or `point_in_time_recovery = on(days = 14)",
        many: false,
        set: |to, entry, errors| to.settings.state(entry, setting::recovery(entry, errors)),
    },
    Row {
        name: "tags",
        form: "tags(team = \"payments\", \"cost-center\" = \"42\", old = off)",
        many: false,
        set: |to, entry, errors| to.settings.state(entry, list::tags(entry, errors)),
    },
    Row {
        name: "warm_throughput",
        form: capacity::WARM_THROUGHPUT,
        many: false,
        set: |to, entry, errors| to.settings.state(entry, capacity::warm_throughput(entry, errors)),
    },
    Row {
        name: "contributor_insights",
        form: setting::CONTRIBUTOR_INSIGHTS,
        many: false,
        set: |to, entry, _| to.settings.state(entry, setting::contributor_insights(entry)),
    },
    Row {
        name: "resource_policy",
        form: "resource_policy = \"policies/orders.json\"` (a file beside Cargo.toml) or `resource_policy = off",
        many: false,
        set: |to, entry, _| to.settings.state(entry, setting::resource_policy(entry)),
    },
    Row {
        name: "kinesis_stream",
        form: "kinesis_stream = \"arn:aws:kinesis:..:stream/..\" | off` or `kinesis_stream = stream(\"arn:..\", precision = microsecond)",
        many: false,
        set: |to, entry, errors| to.settings.state(entry, setting::kinesis_stream(entry, errors)),
    },
    Row {
        name: "replicas",
        form: "replicas(\"eu-west-1\", \"us-east-1\")` or `replicas = off",
        many: false,
        set: |to, entry, errors| to.settings.state(entry, list::replicas(entry, errors)),
    },
    Row {
        name: "schema",
        form: "schema = manage | verify",
        many: false,
        set: |to, entry, _| put(&mut to.schema, management(entry)),
    },
    Row {
        name: "ignore",
        form: "ignore(throughput, tags)",
        many: false,
        set: |to, entry, errors| to.settings.state(entry, list::ignore(entry, errors)),
    },
    Row {
        name: "accept",
        form: "accept(H103, H104)",
        many: false,
        set: |to, entry, errors| to.settings.state(entry, hazards::of_table(entry, errors)),
    },
    Row {
        name: "global_index",
        form: "global_index(name = \"by-email\", partition_key = email)",
        many: true,
        set: |to, entry, errors| {
            to.global_indexes.push(index(entry, GLOBAL_INDEX, errors)?);
            Some(())
        },
    },
    Row {
        name: "local_index",
        form: "local_index(name = \"by-date\", sort_key = date)",
        many: true,
        set: |to, entry, errors| {
            to.local_indexes.push(index(entry, LOCAL_INDEX, errors)?);
            Some(())
        },
    },
    Row {
        name: "frozen",
        form: "frozen",
        many: false,
        set: |to, entry, _| {
            to.frozen = entry.word().is_some();
            entry.word().map(drop)
        },
    },
    Row { name: "crate", form: "crate = path", many: false, set: |to, entry, _| put(&mut to.krate, entry.path()) },
];

/// A field's options.
pub const FIELD: &[Row<FieldOptions>] = &[
    Row {
        name: "partition_key",
        form: "partition_key",
        many: false,
        set: |to, entry, _| put(&mut to.partition_key, entry.word()),
    },
    Row { name: "sort_key", form: "sort_key", many: false, set: |to, entry, _| put(&mut to.sort_key, entry.word()) },
    Row { name: "version", form: "version", many: false, set: |to, entry, _| put(&mut to.version, entry.word()) },
    Row { name: "type", form: FIELD_TYPE, many: false, set: |to, entry, _| put(&mut to.stated, kind(entry, KINDS)) },
];

/// `ttl = off | field | "attribute"`
pub enum Ttl {
    Off,
    Attribute(AttributeRef),
}

fn ttl(entry: &Entry) -> Option<Ttl> {
    if entry.one_of(&[("off", ())]).is_some() {
        return Some(Ttl::Off);
    }
    let Value::Is(tokens) = &entry.value else { return None };
    attribute(tokens.clone()).map(Ttl::Attribute)
}
