//! `resolve`.

use super::Verdict;
use crate::cli::args::ResolveArgs;
use crate::cli::session::Session;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;

pub(super) async fn resolve(_: &ResolveArgs, _: &Session, _: &Migrator) -> Result<Verdict, Error> {
    Err(Error::new(ErrorKind::Usage, "`resolve` is not built yet"))
}
