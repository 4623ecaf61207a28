//! The macros, documented where users look, so that their examples compile; knows nothing of what they expand to.

/// Declares a table as a struct: implements [`Table`](trait@crate::Table), and registers the table with the crate's
/// [`migrations!`].
///
/// ```standalone_crate
/// use migrate_core::Table;
/// use serde::{Deserialize, Serialize};
///
/// migrate_core::migrations!(); // in the crate root
///
/// #[derive(Serialize, Deserialize, Table)]
/// #[table(name = "customers", stream = new_and_old_images, ttl = expires_at)]
/// #[table(global_index(name = "by-email", partition_key = email, projection = keys_only))]
/// struct Customer {
///     #[table(partition_key)]
///     id: String,
///     #[table(sort_key)]
///     created_at: u64,
///     email: String,
///     expires_at: Option<u64>,
/// }
///
/// fn main() {
///     let schema = Customer::schema();
///     assert_eq!(schema.key.to_string(), "(id S, created_at N)");
/// }
/// ```
///
/// # On the struct: `#[table(..)]`, any number of times
///
/// What is not stated is not managed: it is never changed and never drift.
///
/// | option | |
/// |---|---|
/// | `name = "customers"` | the table's name before the environment's prefix; required |
/// | `partition_key = key(name = "PK", type = S)`, `sort_key = key(..)` | a key that is no field; `type` is `S`, `N` or `B` |
/// | `billing = on_demand`, `= on_demand(max_read = 1000, max_write = off)`, `= provisioned(read = 5, write = 5)` | how it is paid for; a new table is on demand |
/// | `stream = off \| keys_only \| new_image \| old_image \| new_and_old_images` | its stream |
/// | `ttl = off`, `ttl = field`, `ttl = "attribute"` | the attribute that holds the time to live: a number, seconds since 1970 |
/// | `deletion_protection = true`, `= false` | a new table is protected |
/// | `table_class = standard \| standard_infrequent_access` | cheap requests or cheap storage |
/// | `encryption = aws_owned \| aws_managed`, `= kms("arn:aws:kms:..:key/..")` | whose key encrypts it |
/// | `point_in_time_recovery = on \| off`, `= on(days = 14)` | how far back it can be restored: 1 to 35 days |
/// | `tags(team = "payments", "cost-center" = "42", old = off)` | each tag by itself: `off` must not be there, and one that is not named is left alone |
/// | `warm_throughput(read = 12000, write = 4000)` | what it takes at once, at least; DynamoDB only raises it |
/// | `contributor_insights = on \| off \| throttled_keys` | which keys are used most |
/// | `resource_policy = "policies/orders.json"`, `= off` | who else may do what: a file beside `Cargo.toml` |
/// | `kinesis_stream = "arn:.."`, `= stream("arn:..", precision = microsecond \| millisecond)`, `= off` | the Kinesis stream that gets every change |
/// | `replicas("eu-west-1", "us-east-1")`, `replicas = off` | the other regions that hold a replica |
/// | `global_index(name = "..", partition_key = .., sort_key = .., projection = ..)` | up to 20; also with `billing`, `warm_throughput(..)` and `contributor_insights` of its own |
/// | `local_index(name = "..", sort_key = .., projection = ..)` | up to 5, on a table with a sort key |
/// | `schema = verify` | somebody else changes it, such as Terraform: nothing is changed, and what the code needs must be there; `manage` where the sequence says `verify` |
/// | `ignore(throughput, tags, ..)` | settings, by the names of their options, that count when the table is made and are left alone afterwards; `throughput` is the numbers of `provisioned` alone |
/// | `accept(H103, ..)` | [hazards](crate::schema::Hazard) that are accepted, by code; to drop takes [`drop_table!`] or [`drop_index!`] |
/// | `frozen` | an old shape that only a migration reads: it implements the trait, and declares no table |
/// | `crate = path` | where `migrate_core` is, if it is not `::migrate_core` |
///
/// A key of an index is a field, a `key(name = "..", type = S)` that is no field, or, in a global index, a list of one to four
/// of these: `partition_key = [tenant, key(name = "region", type = S)]`. A projection is `all` (the default), `keys_only` or
/// `include(field, "attribute that is no field")`.
///
/// An index is paid for as its table is: its `billing` needs the table's, in the same mode.
///
/// # On a field: `#[table(..)]`
///
/// | option | |
/// |---|---|
/// | `partition_key`, `sort_key` | the table's key |
/// | `version` | the application's optimistic lock, a whole number that each of its writes raises by one and demands unchanged: a migration does so too |
/// | `type = S \| N \| B \| BOOL \| M \| L \| SS \| NS \| BS` | how the field is stored, where its type does not tell: a key of another crate's type, a `#[serde(with = ..)]` |
///
/// A key's type implements [`KeyAttribute`](crate::KeyAttribute). An `Option` is no key of a table; as a key of an index it needs
/// `#[serde(skip_serializing_if = "Option::is_none")]`, since DynamoDB refuses a NULL there.
///
/// # Every setting by itself
///
/// ```standalone_crate
/// # use migrate_core::Table;
/// # migrate_core::migrations!();
/// #[derive(Table)]
/// #[table(name = "orders", billing = on_demand(max_read = 1000), point_in_time_recovery = on(days = 14))]
/// #[table(tags(team = "payments", "cost-center" = "42"), encryption = aws_managed)]
/// struct Order {
///     #[table(partition_key)]
///     id: String,
/// }
/// # fn main() { assert_eq!(Order::schema().tags.len(), 2); }
/// ```
///
/// # One table for several kinds of items
///
/// ```standalone_crate
/// # use migrate_core::Table;
/// # migrate_core::migrations!();
/// #[derive(Table)]
/// #[table(name = "app", partition_key = key(name = "PK", type = S), sort_key = key(name = "SK", type = S))]
/// #[table(global_index(name = "gsi1", partition_key = key(name = "GSI1PK", type = S), sort_key = key(name = "SK", type = S)))]
/// struct App;
/// # fn main() { assert_eq!(App::schema().key.to_string(), "(PK S, SK S)"); }
/// ```
///
/// # serde's attributes
///
/// An attribute is stored under the name that the schema declares. `rename`, `rename_all`, `default`, `skip`, `skip_serializing_if`,
/// `tag` are honoured; `flatten` too, though the attributes it brings are not in the schema; `with = "serde_dynamo::string_set"` (and
/// `number_set`, `binary_set`) is a set, any other `with` an attribute of unknown kind. `transparent`, `from`, `into`, `remote`, a
/// `skip_serializing` alone and names that differ between writing and reading are refused.
pub use migrate_macros::Table;

/// Declares the crate's sequence of migrations, once, in the crate root: `src/lib.rs`, or `src/main.rs` where everything is one
/// binary. Its tables, migrations and drops name it as `crate::Migrations`.
///
/// ```standalone_crate
/// migrate_core::migrations!(on_fresh = run, edited = deny);
/// # fn main() {}
/// ```
///
/// | option | |
/// |---|---|
/// | `name = "shop"` | its name in locks and histories; the package's unless stated |
/// | `first = 41` | the number it begins with, after the migrations before were squashed; a database that is older is refused |
/// | `on_fresh = run \| skip` | what its migrations do on a fresh database unless they say otherwise; `skip` unless stated |
/// | `edited = warn \| deny` | what a migration means that was edited after it was applied; `warn` unless stated |
/// | `schema = manage \| verify` | who changes its tables: this program, or somebody else, such as Terraform; a table may say otherwise. `manage` unless stated |
/// | `crate = path` | where `migrate_core` is, if it is not `::migrate_core` |
pub use migrate_macros::migrations;

/// Registers an `async fn(cx: &MigrationContext) -> migrate_core::Result` as the migration of this number and leaves it as it is.
///
/// Numbers begin at 1 and have no gaps: one that is taken twice or left out is a compile error, across all modules of the crate. The
/// first paragraph of the doc comment describes the migration wherever it is listed.
///
/// ```standalone_crate
/// use migrate_core::{MigrationContext, migration};
///
/// migrate_core::migrations!(); // in the crate root
///
/// /// Lower-cases every e-mail address.
/// #[migration(1)]
/// async fn lowercase_emails(cx: &MigrationContext) -> migrate_core::Result {
///     # let _ = cx;
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// The error may be any that becomes a `Box<dyn Error + Send + Sync>`: [`Failure`](crate::Failure), [`Error`](crate::Error), a `String`, an `anyhow::Error`.
///
/// | option | |
/// |---|---|
/// | `on_fresh = run \| skip` | whether it runs on a fresh database, where there is no old data; the sequence's default unless stated |
/// | `on_interrupt = run \| ask` | what the next `up` does if it was begun and did not end (killed, or stopped at a safe point): run it again, or refuse until a person says by `migrate resolve` how it stands, for effects outside of DynamoDB that must not happen twice; `run` unless stated |
/// | `after_deploy` | it waits until the new code is deployed |
/// | `breaking` | older binaries must not run against a database that has it |
/// | `tables(Customer, Order)` | the tables whose items it goes through, by the structs that declare them: `plan` then estimates what it takes and costs |
/// | `accept(H114)` | [hazards](crate::schema::Hazard) of a migration that are accepted, by code |
/// | `was = "sha256-tokens-1:.."` | a fingerprint that it had before a harmless edit; may be repeated, or a list `[.., ..]` |
/// | `crate = path` | where `migrate_core` is, if it is not `::migrate_core` |
///
/// Its fingerprint tells whether it was edited after it had been applied. Comments, formatting, the function's name, visibility and
/// attributes do not count, nor do lint attributes inside the body.
#[cfg(feature = "aws")]
pub use migrate_macros::migration;

/// Registers an `async fn(cx: &MigrationContext) -> migrate_core::Result` as what takes the migration of this number back, and leaves it as
/// it is: `migrate rollback --to 6`, or [`Migrator::rollback`](crate::Migrator::rollback), runs it if migration 7 is to be taken back.
///
/// A number without a migration in the same crate, or with two rollbacks, is a compile error.
///
/// ```standalone_crate
/// use migrate_core::{MigrationContext, Table, migration, rollback};
/// use serde::{Deserialize, Serialize};
///
/// migrate_core::migrations!(); // in the crate root
///
/// #[derive(Table)]
/// #[table(name = "parcels")]
/// struct Parcel {
///     #[table(partition_key)]
///     id: String,
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct InGrams {
///     grams: u64,
/// }
///
/// #[derive(Serialize, Deserialize)]
/// struct InKilograms {
///     kilograms: u64,
/// }
///
/// /// Weighs parcels in grams.
/// #[migration(1)]
/// async fn weigh_in_grams(cx: &MigrationContext) -> migrate_core::Result {
///     cx.table::<Parcel>().of::<InGrams>().transform(|old: InKilograms| InGrams { grams: old.kilograms * 1_000 }).await?;
///     Ok(())
/// }
///
/// #[rollback(1)]
/// async fn weigh_in_kilograms(cx: &MigrationContext) -> migrate_core::Result {
///     cx.table::<Parcel>().of::<InKilograms>().transform(|new: InGrams| InKilograms { kilograms: new.grams / 1_000 }).await?;
///     Ok(())
/// }
/// # fn main() {}
/// ```
///
/// It works as a migration does: under the same lock, in the same context, within a budget, from checkpoints, and it is run again after a crash.
/// It also meets items that the migration never changed, of one that failed or was skipped on a fresh database, or that the application wrote
/// since: it leaves them as they are, as `transform` does with what fits the type that it makes.
///
/// What cannot be computed back, such as an attribute that was removed, must have been kept by the migration. Tables, indexes and settings are
/// not changed by a rollback: they belong to the code that is deployed.
///
/// | option | |
/// |---|---|
/// | `tables(Customer, Order)` | the tables whose items it goes through, by the structs that declare them: `rollback` then tells what it takes and costs |
/// | `accept(H114)` | [hazards](crate::schema::Hazard) that are accepted, by code |
/// | `crate = path` | where `migrate_core` is, if it is not `::migrate_core` |
#[cfg(feature = "aws")]
pub use migrate_macros::rollback;

/// Consents to dropping a table that is no longer declared: `drop_table!("customers");`, in any module.
///
/// ```standalone_crate
/// migrate_core::migrations!();
/// migrate_core::drop_table!("sessions");
/// # fn main() {}
/// ```
///
/// A table that is still declared, or dropped twice, is a compile error.
pub use migrate_macros::drop_table;

/// Consents to dropping a global index that is no longer declared: `drop_index!("customers", "by-email");`, in any module.
///
/// ```standalone_crate
/// migrate_core::migrations!();
/// migrate_core::drop_index!("customers", "by-email");
/// # fn main() {}
/// ```
///
/// An index that is still declared, or dropped twice, is a compile error.
pub use migrate_macros::drop_index;

/// A binary's whole `fn main`: the command line over the migrations of the crates that it names.
///
/// ```ignore
/// migrate_core::main!(shop);                       // a library with `migrations!()`
/// migrate_core::main!();                           // everything is this one binary crate
/// migrate_core::main!(billing, shop);              // several sequences, each with its own numbers, lock and history
/// migrate_core::main!(shop, target = aws);         // or `embedded`: the only target that this binary knows
/// ```
///
/// It names the crates, and so the linker keeps what they register. A crate without [`migrations!`] is a compile error.
#[cfg(feature = "cli")]
pub use migrate_macros::main;
