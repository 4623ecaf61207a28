#[migrate_core::migration(4)]
async fn four(_: &migrate_core::MigrationContext) -> migrate_core::Result {
    Ok(())
}
