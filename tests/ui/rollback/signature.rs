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

#[migration(3)]
async fn third(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(4)]
async fn fourth(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(1)]
fn not_async(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(2)]
async fn owned(_: MigrationContext, _: u8) {}

#[rollback(3)]
async fn another_context(_: &String) -> migrate_core::Result {
    Ok(())
}

#[rollback(4)]
struct NoFunction;

fn main() {}
