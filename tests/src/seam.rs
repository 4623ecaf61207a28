//! The seam between clients and engines, as the library's own testing room has it; it never knows which engine it is.

pub use migrate_core::testing::{Call, Recorder, Verdict, is_write};
