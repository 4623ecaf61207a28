//! What can be typed behind the verbs about tables that are there: `baseline`, `adopt`, `introspect`, `wait`; knows no table.

use std::time::Duration;

use clap::Args;

use super::duration;

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct BaselineArgs {
    /// The last migration whose effect is in the database already; 0 if none
    pub number: u32,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct AdoptArgs {
    /// The tables, by the names that the code uses. Default: every declared one that exists and is not ours
    #[arg(value_name = "NAME")]
    pub names: Vec<String>,
    /// Do not ask
    #[arg(long)]
    pub yes: bool,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct IntrospectArgs {
    /// The tables, declared or not
    #[arg(value_name = "NAME", required = true)]
    pub names: Vec<String>,
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct WaitArgs {
    /// Only for one thing: `index TABLE/NAME` or `table NAME`. Default: everything of this sequence that is under way
    #[arg(long = "for", num_args = 2, value_names = ["KIND", "NAME"])]
    pub awaited: Option<Vec<String>>,
    /// How long at most, such as `90s` or `2h`. Default: 24h
    #[arg(long, value_name = "DURATION", value_parser = duration, env = "MIGRATE_TIMEOUT", hide_env_values = true)]
    pub timeout: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Verb, parse};
    use super::*;

    fn verb(line: &str) -> Result<Verb, String> {
        let words = std::iter::once("migrate").chain(line.split_whitespace()).map(OsString::from);
        parse(words, "0").map(|parsed| parsed.verb).map_err(|error| error.to_string())
    }

    #[test]
    fn names_and_what_is_waited_for() {
        let Ok(Verb::Wait(wait)) = verb("wait --for index orders/by-day --timeout 2h") else { panic!() };
        assert_eq!(wait.awaited.as_deref(), Some(["index", "orders/by-day"].map(str::to_owned).as_slice()));
        assert_eq!(wait.timeout, Some(Duration::from_hours(2)));
        let Ok(Verb::Adopt(adopt)) = verb("adopt orders users --yes") else { panic!() };
        assert_eq!((adopt.names.len(), adopt.yes), (2, true));
        assert!(verb("introspect").unwrap_err().contains("<NAME>"));
        assert!(verb("wait --for index").unwrap_err().contains("2 values"));
        assert!(verb("wait --timeout 2").unwrap_err().contains("a number and a unit"));
        assert!(verb("check --offline --only drift").unwrap_err().contains("cannot be used with"));
    }
}
