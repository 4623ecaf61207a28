use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

#[migration(0)]
async fn zero(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
