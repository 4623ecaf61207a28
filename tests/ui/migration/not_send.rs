use migrate_core::{MigrationContext, migration};

migrate_core::migrations!();

use std::rc::Rc;

#[migration(1)]
async fn holds_an_rc(_: &MigrationContext) -> migrate_core::Result {
    let shared = Rc::new(1);
    std::future::ready(()).await;
    drop(shared);
    Ok(())
}

fn main() {}
