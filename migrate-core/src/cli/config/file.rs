//! The file as it is written; every key that is not known is refused. Never knows what the values mean.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::environment::Gates;
use super::error::ConfigError;
use super::table::Table;
use crate::cli::args::Kind;
use crate::error::Error;
use crate::schema::Management;

/// What can be said, for whoever wrote something else.
const KEYS: &str = "`[env.NAME]` takes target, db, endpoint_url, account, region, profile, names, management_table and management; \
    `[env.NAME.tables.TABLE]` name and settings; `[env.NAME.tables.TABLE.indexes.INDEX]` billing, warm_throughput and contributor_insights; `[env.NAME.gates]` confirm and allow_drop; \
    `[env.NAME.budget]` max_write_units, max_read_units, utilization, max_changes_per_second and max_cost";

/// The whole file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub env: BTreeMap<Spanned<String>, Raw>,
}

/// `[env.NAME]` as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub target: Option<Spanned<Kind>>,
    pub db: Option<Spanned<PathBuf>>,
    pub endpoint_url: Option<Spanned<String>>,
    pub account: Option<Spanned<String>>,
    pub region: Option<Spanned<String>>,
    pub profile: Option<Spanned<String>>,
    pub names: Option<Spanned<String>>,
    pub management_table: Option<Spanned<String>>,
    pub management: Option<Management>,
    #[serde(default)]
    pub tables: BTreeMap<Spanned<String>, Table>,
    #[serde(default)]
    pub gates: Gates,
    #[serde(default)]
    pub budget: super::budget::Raw,
}

/// A file's text, for the lines in its errors.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text<'a> {
    pub path: &'a Path,
    pub text: &'a str,
}

impl Text<'_> {
    /// Reads it.
    pub(super) fn parse(self) -> Result<File, Error> {
        toml::from_str(self.text).map_err(|error| {
            let what = error.message().trim().replace('\n', "; ");
            let help = if what.starts_with("unknown field") {
                Some(KEYS)
            } else if what.ends_with("expected a string") {
                Some("a text stands in quotes: account = \"123456789012\"")
            } else {
                None
            };
            let error = self.wrong(error.span().unwrap_or_default(), what);
            help.into_iter().fold(error, Error::with_help)
        })
    }

    /// What is wrong at a place of it.
    pub(super) fn wrong(self, at: Range<usize>, what: impl Into<String>) -> Error {
        ConfigError::Line { file: self.path.to_owned(), line: self.line(&at), what: what.into() }.into_error()
    }

    /// The line of a place, from 1.
    pub(super) fn line(self, at: &Range<usize>) -> usize {
        let before = self.text.as_bytes().iter().take(at.start);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}
