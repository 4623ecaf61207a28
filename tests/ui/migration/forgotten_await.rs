migrate_core::migrations!();

#[derive(migrate_core::Table)]
#[table(name = "customers")]
struct Customer {
    #[table(partition_key)]
    id: String,
}

/// Changes nothing, since nobody waits for it.
#[migrate_core::migration(1)]
async fn forgotten(cx: &migrate_core::MigrationContext) -> migrate_core::Result {
    cx.items::<Customer>().update(|item| item.clear());
    Ok(())
}

fn main() {
    let _ = Customer { id: String::new() }.id;
}
