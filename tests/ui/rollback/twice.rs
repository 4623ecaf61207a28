use migrate_core::{MigrationContext, migration, rollback};

migrate_core::migrations!();

#[migration(1)]
async fn first(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[rollback(1)]
async fn back(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

mod another {
    #[migrate_core::rollback(1)]
    async fn back(_: &migrate_core::MigrationContext) -> migrate_core::Result {
        Ok(())
    }
}

fn main() {}
