//! `diff` and `plan` from outside: laws over generated worlds, and the texts that a person reads; knows no engine.

mod laws;
mod texts;
mod world;
