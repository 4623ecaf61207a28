use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

#[migration]
async fn bare(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(on_fresh = run)]
async fn only_an_option(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
