migrate_core::migrations!();

#[path = "parts/first.rs"]
mod first;

mod second {
    mod deeper {
        #[migrate_core::migration(1)]
        async fn also_one(_: &migrate_core::MigrationContext) -> migrate_core::Result {
            Ok(())
        }
    }
}

fn main() {}
