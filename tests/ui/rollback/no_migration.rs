use migrate_core::{MigrationContext, migration, rollback};

migrate_core::migrations!();

#[migration(1)]
async fn first(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(1)]
async fn back_to_none(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(7)]
async fn of_none(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(8)]
#[cfg(any())]
async fn not_here(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
