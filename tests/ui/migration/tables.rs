use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

#[migration(1, tables("customers", Vec<u8>, Customer, Customer))]
async fn one(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(2, tables())]
async fn two(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(3, tables = Customer)]
async fn three(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
