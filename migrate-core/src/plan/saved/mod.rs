//! A plan that is kept, with all that it depends on: approved today, carried out later, and only if nothing differs. Knows no file and no hash.

mod covers;
mod differ;
mod model;
mod read;
#[cfg(test)]
mod read_fuzz;
#[cfg(test)]
mod tests;

pub use self::model::{Basis, Place, SavedPlan};
pub use self::read::Unreadable;
