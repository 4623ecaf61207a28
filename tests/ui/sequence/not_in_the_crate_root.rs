mod migrations {
    migrate_core::migrations!();

    #[migrate_core::migration(1)]
    async fn one(_: &migrate_core::MigrationContext) -> migrate_core::Result {
        Ok(())
    }
}

fn main() {}
