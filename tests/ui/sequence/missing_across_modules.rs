migrate_core::migrations!();

#[path = "parts/first.rs"]
mod first;

mod second {
    #[migrate_core::migration(2)]
    async fn two(_: &migrate_core::MigrationContext) -> migrate_core::Result {
        Ok(())
    }
}

// 3 is missing
#[path = "parts/fourth.rs"]
mod fourth;

fn main() {}
