use migrate_core::migration;

migrate_core::migrations!();

#[migration(1)]
struct One;

trait Named {
    #[allow(dead_code)]
    fn name() -> &'static str;
}

#[migration(2)]
impl Named for One {
    fn name() -> &'static str {
        "one"
    }
}

fn main() {}
