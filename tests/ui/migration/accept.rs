use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

#[migration(1, accept(H103, H101, H102, H999, H114, H114))]
async fn one(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(2, accept)]
async fn two(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(3, accept(H114), accept(H114))]
async fn three(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
