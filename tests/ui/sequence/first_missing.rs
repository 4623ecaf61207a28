migrate_core::migrations!();

#[migrate_core::migration(2)]
async fn two(_: &migrate_core::MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
