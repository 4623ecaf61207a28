migrate_core::migrations!(first = 0, on_fresh = maybe, edited = allow, name = "a shop", frist = 2);

fn main() {}
