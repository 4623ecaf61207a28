use migrate_core::{MigrationContext, migration, rollback};

migrate_core::migrations!();

#[migration(1)]
async fn first(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(2)]
async fn second(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(1, on_fresh = run, after_deploy, breaking, tabels(Customer), accept(H104))]
async fn options_of_others(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(2, tables, accept(H114), accept(H114))]
async fn wrong_forms(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
