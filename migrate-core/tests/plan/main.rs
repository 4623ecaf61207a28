//! `diff` and `plan` from outside: laws over generated worlds, and the texts that a person reads; knows no engine.

mod edges;
mod generate;
mod guests;
mod laws;
mod reach;
mod restored;
mod rollback;
mod rules;
mod settings;
mod settle;
mod texts;
mod verified;
mod world;
