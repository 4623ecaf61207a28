use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

#[migration(1)]
fn one(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(2)] // no second error here: 1 is taken all the same
async fn two(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
