//! `iam`.

use super::Verdict;
use crate::cli::args::IamArgs;
use crate::cli::session::Session;
use crate::error::{Error, ErrorKind};
use crate::migrator::Migrator;

pub(super) async fn iam(_: &IamArgs, _: &Session, _: &Migrator) -> Result<Verdict, Error> {
    Err(Error::new(ErrorKind::Usage, "`iam` is not built yet"))
}
