//! `unlock`.

use super::Verdict;
use crate::cli::args::UnlockArgs;
use crate::cli::session::Session;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;

pub(super) async fn unlock(_: &UnlockArgs, _: &Session, _: &Migrator) -> Result<Verdict, Error> {
    Err(Error::new(ErrorKind::Usage, "`unlock` is not built yet"))
}
