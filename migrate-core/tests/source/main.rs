//! What `introspect` writes: its text, and that the struct it writes declares what was found.

mod texts;
