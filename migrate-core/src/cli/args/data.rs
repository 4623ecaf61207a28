//! What can be typed behind the verbs about runs that go through items: `throttle`, `dead-letters`; knows no run.

use std::str::FromStr;
use std::time::Duration;

use clap::Args;

use super::duration;
use crate::budget::{Allowance, BudgetError};

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct ThrottleArgs {
    /// Write units per second, those of indexes included; `unlimited`; or `off`: each run's own budget again, for reads too
    #[arg(value_name = "WRITE_UNITS", required_unless_present = "read_units")]
    pub write: Option<Rate>,
    /// Read units per second, or `unlimited`
    #[arg(long, value_name = "READ_UNITS")]
    pub read_units: Option<Allowance>,
}

/// A rate, or none that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Rate {
    /// What was said before counts no more.
    Off,
    /// This one.
    To(Allowance),
}

impl FromStr for Rate {
    type Err = BudgetError;
    fn from_str(text: &str) -> Result<Self, BudgetError> {
        if text.trim() == "off" { Ok(Self::Off) } else { text.parse().map(Self::To) }
    }
}

#[derive(Clone, Debug, Args)]
pub(in crate::cli) struct DeadLettersArgs {
    /// The migration
    pub number: u32,
    /// Run its function on these items again, and on no others; exits with 1 if more are left than the migration allows
    #[arg(long)]
    pub retry: bool,
    /// How long to wait for somebody else's lock, such as `90s` or `5m`. Default: 5m
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "retry")]
    pub lock_wait: Option<Duration>,
    /// Do not ask
    #[arg(long, requires = "retry")]
    pub yes: bool,
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Verb, parse};
    use super::*;

    fn throttle(line: &str) -> Result<(Option<Rate>, Option<Allowance>), String> {
        let words = ["migrate", "throttle"].into_iter().chain(line.split_whitespace()).map(OsString::from);
        match parse(words, "0").map_err(|error| error.to_string())?.verb {
            Verb::Throttle(args) => Ok((args.write, args.read_units)),
            verb => panic!("{verb:?}"),
        }
    }

    #[test]
    fn rates() {
        let to = |units| Some(Rate::To(Allowance::PerSecond(units)));
        assert_eq!(throttle("200"), Ok((to(200), None)));
        assert_eq!(throttle("200 --read-units 5"), Ok((to(200), Some(Allowance::PerSecond(5)))));
        assert_eq!(throttle("--read-units unlimited"), Ok((None, Some(Allowance::Unlimited))));
        assert_eq!(throttle("unlimited"), Ok((Some(Rate::To(Allowance::Unlimited)), None)));
        assert_eq!(throttle("off"), Ok((Some(Rate::Off), None)));
        assert!(throttle("").unwrap_err().contains("<WRITE_UNITS>"));
        for wrong in ["0", "fast", "--read-units off", "1.5"] {
            assert!(throttle(wrong).unwrap_err().contains("is no rate: give units per second such as 500"), "{wrong}");
        }
    }
}
