migrate_core::migrations!();

#[cfg(any())]
#[migrate_core::migration(1)]
async fn one(_: &migrate_core::MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migrate_core::migration(2)]
async fn two(_: &migrate_core::MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
