use migrate_core::{MigrationContext, rollback};

migrate_core::migrations!();

const SEVEN: u32 = 7;

#[rollback(SEVEN)]
async fn by_a_constant(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback]
async fn without(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(0)]
async fn zero(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(7u32)]
async fn with_a_suffix(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
