use migrate_core::{MigrationContext, migration, rollback};

migrate_core::migrations!();

#[migration(1)]
#[cfg(any())]
async fn first(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(1)]
async fn its_rollback_is_here(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
