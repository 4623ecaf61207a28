//! What is written becomes an environment, or a mistake with its line. Never knows what was typed nor what the code declares.

use std::collections::BTreeMap;
use std::path::Path;

use toml::Spanned;

use super::environment::{Environment, TableWish};
use super::file::{Raw, Text};
use super::table::Table;
use crate::cli::args::Kind;
use crate::cli::target::{host, without_secrets};
use crate::error::Error;
use crate::schema::{Naming, NamingError, Policy, Prefix, Setting, TableName};

/// Checks every value of one environment.
pub(super) fn check(text: Text<'_>, name: &Spanned<String>, raw: Raw) -> Result<Environment, Error> {
    let Raw { target, db, endpoint_url, account, region, profile, names, management_table, management, tables, gates, budget } =
        raw;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    if name.as_ref().is_empty() || !name.as_ref().chars().all(plain) {
        return Err(text
            .wrong(name.span(), format!("`{}` is no name of an environment", name.as_ref()))
            .with_help("letters, digits, `-`, `_` and `.` make one"));
    }
    let target = engine(
        text,
        [
            ("db", db.as_ref().map(Spanned::span), Kind::Embedded),
            ("endpoint_url", endpoint_url.as_ref().map(Spanned::span), Kind::Aws),
            ("account", account.as_ref().map(Spanned::span), Kind::Aws),
            ("region", region.as_ref().map(Spanned::span), Kind::Aws),
            ("profile", profile.as_ref().map(Spanned::span), Kind::Aws),
        ],
        target.map(Spanned::into_inner),
    )?;
    one_of(
        text,
        endpoint_url.as_ref(),
        |url| host(url).is_some(),
        "is no address",
        "an address looks like http://localhost:8000",
    )?;
    let digits = |text: &str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    one_of(text, account.as_ref(), digits, "is no account", "an account has 12 digits: account = \"123456789012\"")?;
    let region_like =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    one_of(text, region.as_ref(), region_like, "is no region", "a region looks like eu-west-1")?;
    one_of(text, profile.as_ref(), |text| !text.is_empty(), "is no profile", "leave it out, or name one of ~/.aws/config")?;
    if let Some(template) = &names {
        Naming::template(template.as_ref()).map_err(|error| naming_error(text, template, error))?;
    }
    let management_table = management_table.map(|name| table_name(text, &name)).transpose()?;
    let tables = table_wishes(text, tables)?;
    let folder = text.path.parent().unwrap_or(Path::new(""));
    let environment = Environment {
        name: name.as_ref().clone(),
        file: text.path.to_owned(),
        target,
        db: db.map(|db| folder.join(db.into_inner())),
        endpoint_url: endpoint_url.map(Spanned::into_inner),
        account: account.map(Spanned::into_inner),
        region: region.map(Spanned::into_inner),
        profile: profile.map(Spanned::into_inner),
        names: names.map(Spanned::into_inner),
        management_table,
        management,
        tables,
        gates,
        budget: budget.budget(),
    };
    // Two explicit names that are one; the line is that of the environment.
    environment.naming(Prefix::default()).map_err(|error| naming_error(text, name, error))?;
    Ok(environment)
}

type Said = (&'static str, Option<std::ops::Range<usize>>, Kind);

/// The engine that is named, or that what else is said implies; all must mean one.
fn engine(text: Text<'_>, said: [Said; 5], target: Option<Kind>) -> Result<Option<Kind>, Error> {
    let mut meant = target.map(|kind| ("target", kind));
    for (key, at, kind) in said {
        match (at, meant) {
            (Some(at), Some((other, named))) if named != kind => {
                let what = format!("`{key}` and `{other}` mean different engines");
                return Err(text.wrong(at, what).with_help("leave one of them out"));
            }
            (Some(_), None) => meant = Some((key, kind)),
            (Some(_), Some(_)) | (None, _) => {}
        }
    }
    Ok(meant.map(|(_, kind)| kind))
}

fn one_of(
    text: Text<'_>,
    value: Option<&Spanned<String>>,
    fits: impl Fn(&str) -> bool,
    what: &str,
    help: &str,
) -> Result<(), Error> {
    match value.filter(|value| !fits(value.as_ref())) {
        Some(value) => {
            let shown = without_secrets(value.as_ref());
            Err(text.wrong(value.span(), format!("`{shown}` {what}")).with_help(help))
        }
        None => Ok(()),
    }
}

fn naming_error(text: Text<'_>, at: &Spanned<String>, error: NamingError) -> Error {
    let help = match &error {
        NamingError::Template { .. } => "such as names = \"prod-{name}\"",
        NamingError::Twice { .. } => "give each table a physical name of its own",
        NamingError::Name(_) => "letters, digits, `_`, `.` and `-` make a name",
    };
    text.wrong(at.span(), error.to_string()).with_help(help)
}

fn table_name(text: Text<'_>, name: &Spanned<String>) -> Result<TableName, Error> {
    TableName::new(name.as_ref().clone()).map_err(|error| naming_error(text, name, error.into()))
}

/// A word, or the document in a file whose path is relative to this one.
fn policy(text: Text<'_>, file: &Spanned<String>) -> Result<Setting<Policy>, Error> {
    match file.as_ref().as_str() {
        "off" => return Ok(Setting::Off),
        "unmanaged" => return Ok(Setting::Unmanaged),
        _ => {}
    }
    let path = text.path.parent().unwrap_or(Path::new("")).join(file.as_ref());
    let wrong = |what: String| {
        text.wrong(file.span(), what).with_help("it is the path of a JSON file beside this one, `off` or `unmanaged`")
    };
    let document =
        std::fs::read_to_string(&path).map_err(|error| wrong(format!("{} cannot be read: {error}", path.display())))?;
    Policy::new(&document).map(Setting::Set).map_err(|error| wrong(format!("{}: {error}", path.display())))
}

fn table_wishes(text: Text<'_>, tables: BTreeMap<Spanned<String>, Table>) -> Result<BTreeMap<TableName, TableWish>, Error> {
    let wish = |(key, table): (Spanned<String>, Table)| {
        let name = table.name.map(|name| table_name(text, &name)).transpose()?;
        let mut wish = TableWish { line: text.line(&key.span()), name, overrides: table.overrides };
        wish.overrides.resource_policy = table.resource_policy.map(|file| policy(text, &file)).transpose()?;
        Ok((table_name(text, &key)?, wish))
    };
    tables.into_iter().map(wish).collect()
}
