use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

struct Migrator;

impl Migrator {
    #[migration(1)]
    async fn one(&self, _: &MigrationContext) -> migrate_core::Result {
        Ok(())
    }
}

fn main() {}
