//! Text on the wire, against the SDK's own reading and writing and over the embedded engine.

mod bodies;
mod bodies_fuzz;
#[cfg(feature = "embedded")]
mod calls;
mod values;
