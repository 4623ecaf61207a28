migrate_core::migrations!(first = 41);

#[migrate_core::migration(40)]
async fn squashed(_: &migrate_core::MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migrate_core::migration(41)]
async fn first(_: &migrate_core::MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migrate_core::migration(43)]
async fn after_a_gap(_: &migrate_core::MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
