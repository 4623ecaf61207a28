use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

const NUMBER: u32 = 1;

#[migration(NUMBER)]
async fn constant(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration("1")]
async fn text(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(-1)]
async fn negative(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(1u8)]
async fn suffix(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(5000000000)]
async fn large(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
