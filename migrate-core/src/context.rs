//! What user code is handed.

/// x
pub struct MigrationContext {}
