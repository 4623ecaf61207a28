use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

#[migration(1)]
async fn other_context(_: &str) -> migrate_core::Result {
    Ok(())
}

#[migration(2)]
async fn no_result(_: &MigrationContext) -> u8 {
    0
}

#[migration(3)]
async fn a_value(_: &MigrationContext) -> migrate_core::Result<u8> {
    Ok(0)
}

#[migration(4)]
async fn no_error(_: &MigrationContext) -> Result<(), u8> {
    Err(0)
}

fn main() {}
