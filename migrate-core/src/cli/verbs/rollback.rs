//! `rollback`.

use super::Verdict;
use crate::cli::args::RollbackArgs;
use crate::cli::session::Session;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;

pub(super) async fn rollback(_: &RollbackArgs, _: &Session, _: &Migrator) -> Result<Verdict, Error> {
    Err(Error::new(ErrorKind::Usage, "`rollback` is not built yet"))
}
