use migrate_core::{MigrationContext, migration, rollback};

migrate_core::migrations!();

async fn work(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(1)]
async fn first(cx: &MigrationContext) -> migrate_core::Result {
    work(cx).await
}

#[rollback(1)]
async fn back(cx: &MigrationContext) -> migrate_core::Result {
    work(cx);
    Ok(())
}

fn main() {}
