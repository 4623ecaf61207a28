use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

#[migration(1, on_fresh = maybe, on_interrupt = wait, after_deploy = true, braking)]
async fn one(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(2, after_deploy, after_deploy, was = "abc", was = ["sha256-tokens-1:00"])]
async fn two(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
