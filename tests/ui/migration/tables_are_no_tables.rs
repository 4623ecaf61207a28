use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

mod shapes {
    pub struct Customer {
        pub id: String,
    }
}

#[migration(1, tables(shapes::Customer))]
async fn one(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(2, tables(shapes::Order))]
async fn two(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
