//! An environment as it was checked; knows neither the file's form nor what was typed.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::budget::Budget;
use crate::cli::args::Kind;
use crate::schema::{Management, Naming, NamingError, Overrides, Prefix, TableName};

/// What must be passed before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(in crate::cli) struct Gates {
    /// Whoever sits at a terminal types the environment's name, whatever else was typed; elsewhere `--yes` is needed.
    pub confirm: bool,
    /// Whether anything may be dropped at all.
    pub allow_drop: bool,
}

impl Default for Gates {
    fn default() -> Self {
        Self { confirm: false, allow_drop: true }
    }
}

/// What the file says of one table.
#[derive(Clone, Debug)]
pub(in crate::cli) struct TableWish {
    /// Where it says so.
    pub line: usize,
    /// The physical name, if it is not the template's.
    pub name: Option<TableName>,
    /// Settings in place of the code's.
    pub overrides: Overrides,
}

/// The environment that was chosen.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Environment {
    pub name: String,
    /// Where it stands.
    pub file: PathBuf,
    /// The engine, where anything says or implies it.
    pub target: Option<Kind>,
    pub db: Option<PathBuf>,
    pub endpoint_url: Option<String>,
    pub account: Option<String>,
    pub region: Option<String>,
    pub profile: Option<String>,
    /// The template of names.
    pub names: Option<String>,
    pub management_table: Option<TableName>,
    /// Who makes that table, where it is not as the code says of all.
    pub management: Option<Management>,
    pub tables: BTreeMap<TableName, TableWish>,
    pub gates: Gates,
    /// What migrations may use, where nobody types otherwise.
    pub budget: Budget,
}

impl Environment {
    /// How tables are named; `prefix` counts where it has no template.
    pub(in crate::cli) fn naming(&self, prefix: Prefix) -> Result<Naming, NamingError> {
        let mut naming = match &self.names {
            Some(template) => Naming::template(template)?,
            None => prefix.into(),
        };
        for (logical, table) in &self.tables {
            if let Some(physical) = &table.name {
                naming = naming.with_table(logical.clone(), physical.clone())?;
            }
        }
        Ok(match &self.management_table {
            Some(name) => naming.with_management_table(name.clone()),
            None => naming,
        })
    }
}
