//! What generated code may name, and the traits by which the compiler compares items across a crate. Not public API: it changes without notice.

pub use inventory::submit;

#[cfg(feature = "aws")]
pub use self::run::{MigrationEntry, RollbackEntry, run};
pub use crate::migration::{Edited, Location, OnFresh, Sequence, SequenceInfo, Version};
pub use crate::schema::generated::*;
pub use crate::schema::{
    Aspect, AttributeKind, Billing, Hazard, Insights, KeyAttribute, Management, MaxThroughput, Precision, Recovery, ScalarType,
    Setting, StreamView, Table, TableClass, TableSchema, Throughput,
};

/// The number `N` is taken: implemented twice, it is a duplicate, and the compiler shows both.
#[diagnostic::on_unimplemented(
    message = "migration {N} is missing",
    label = "the migration before this one is missing: the numbers of a crate have no gaps",
    note = "write `#[migration({N})]`, or renumber this one if it was never applied; is the module of migration {N} declared with `mod`?"
)]
pub trait Registered<const N: u32> {}

/// The number that stands for no migration: it comes before the first.
pub const NONE: u32 = u32::MAX;

/// The number that must be taken for `number` to be right.
pub const fn before<S: Sequence>(number: u32) -> u32 {
    assert!(
        number >= S::FIRST,
        "this number is below `migrations!(first = ..)`: the migrations before that were squashed; take their functions away, or lower `first`"
    );
    if number == S::FIRST { NONE } else { number - 1 }
}

/// Asks for the migration before.
pub const fn follows<S: Registered<N>, const N: u32>() {}

/// The number `N` has a rollback: implemented twice, it is a duplicate, and the compiler shows both.
pub trait RolledBackBy<const N: u32> {}

/// The number `N` is taken, as its rollback asks for it.
#[diagnostic::on_unimplemented(
    message = "`#[rollback({N})]` has no migration {N} to roll back",
    label = "no migration of this crate has this number",
    note = "a rollback stands beside its migration, in the same crate: is the module of `#[migration({N})]` declared with `mod`?"
)]
pub trait Migrates<const N: u32> {}
#[diagnostic::do_not_recommend]
impl<S: Registered<N>, const N: u32> Migrates<N> for S {}

/// Asks for the migration that is rolled back.
pub const fn rolls_back<S: Migrates<N>, const N: u32>() {}

/// Refuses a `migrations!()` inside a module.
pub const fn assert_crate_root(module: &str) {
    let bytes = module.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        assert!(
            bytes[at] != b':',
            "`migrations!()` belongs in the crate root (src/lib.rs or src/main.rs), outside of every module"
        );
        at += 1;
    }
}

#[cfg(feature = "aws")]
mod run {
    use std::pin::Pin;

    use crate::error::BoxError;
    pub use crate::registry::{MigrationEntry, RollbackEntry};

    type Run<'a> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 'a>>;

    /// Boxes a migration's future and its error.
    pub fn run<'a, F, E>(migration: F) -> Run<'a>
    where
        F: Future<Output = Result<(), E>> + Send + 'a,
        E: Into<BoxError>,
    {
        Box::pin(async move { migration.await.map_err(Into::into) })
    }
}

#[cfg(feature = "cli")]
pub use crate::cli::{Main, Pin, main};
