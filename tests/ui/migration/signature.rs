use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

#[migration(1)]
async fn no_context() -> migrate_core::Result {
    Ok(())
}

#[migration(2)]
async fn owned_context(_: MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(3)]
async fn mutable_context(_: &mut MigrationContext) -> migrate_core::Result {
    Ok(())
}

#[migration(4)]
async fn two_arguments(_: &MigrationContext, _: u8) -> migrate_core::Result {
    Ok(())
}

#[migration(5)]
async fn nothing_returned(_: &MigrationContext) {}

#[migration(6)]
async fn generic<T: Default>(_: &MigrationContext) -> migrate_core::Result
where
    T: Clone,
{
    Ok(())
}

#[migration(7)]
async unsafe extern "C" fn foreign(_: &MigrationContext) -> migrate_core::Result {
    Ok(())
}

fn main() {}
