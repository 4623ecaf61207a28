//! What `introspect` writes: its text, and that the struct it writes declares what was found.

mod derived;
mod live;
mod texts;
#[rustfmt::skip]
#[allow(clippy::upper_case_acronyms)] // a table `a-b.c` is
mod written;

migrate_core::migrations!(name = "written");
