//! What a role must be allowed to do for an application, and no more; knows no client and asks nobody.

mod action;
mod needs;
mod policy;

pub use self::action::Action;
#[cfg(feature = "aws")]
pub(crate) use self::needs::reads;
pub use self::needs::{Application, Role};
pub use self::policy::{Place, Policy, Statement};
