//! What can be typed of the capacity that migrations may use; knows no table.

use clap::Args;
use clap::builder::RangedU64ValueParser;

use crate::budget::{Allowance, Budget, Dollars, Percent};

/// What is not said takes the safe default.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Capacity that migrations may use")]
pub(in crate::cli) struct BudgetArgs {
    /// Write units per second, those of indexes included, or `unlimited`. Default on AWS: a quarter of what is provisioned, 500 on demand
    #[arg(long, value_name = "UNITS", env = "MIGRATE_MAX_WRITE_UNITS", hide_env_values = true)]
    pub max_write_units: Option<Allowance>,
    /// Read units per second, or `unlimited`. The same default
    #[arg(long, value_name = "UNITS", env = "MIGRATE_MAX_READ_UNITS", hide_env_values = true)]
    pub max_read_units: Option<Allowance>,
    /// The share of what a table can do, such as `50%`, for what the two above do not say
    #[arg(long, value_name = "PERCENT", env = "MIGRATE_UTILIZATION", hide_env_values = true)]
    pub utilization: Option<Percent>,
    /// Items changed per second, for the sake of those who read a table's stream
    #[arg(long, value_name = "ITEMS", env = "MIGRATE_MAX_CHANGES_PER_SECOND", hide_env_values = true)]
    #[arg(value_parser = RangedU64ValueParser::<u32>::new().range(1..))]
    pub max_changes_per_second: Option<u32>,
    /// Stop at a safe point when the requests of this run cost so many dollars at list prices, and exit with 75
    #[arg(long, value_name = "USD", env = "MIGRATE_MAX_COST", hide_env_values = true)]
    pub max_cost: Option<Dollars>,
    /// Into how many segments a table is split. Default: more than it may have partitions
    #[arg(long, value_name = "NUMBER", env = "MIGRATE_SEGMENTS", hide_env_values = true)]
    #[arg(value_parser = RangedU64ValueParser::<u32>::new().range(1..=1_000_000))]
    pub segments: Option<u32>,
}

impl BudgetArgs {
    pub(in crate::cli) fn budget(&self) -> Budget {
        let Self { max_write_units: write, max_read_units: read, utilization, max_changes_per_second: changes, max_cost, .. } =
            *self;
        Budget { write, read, utilization, changes, max_cost }
    }

    /// Puts what an environment says beneath what was typed: it counts where no flag does, before any variable.
    pub(in crate::cli) fn beneath(&mut self, said: &Budget, is_typed: impl Fn(&str) -> bool) {
        fn put<T: Copy>(mine: &mut Option<T>, said: Option<T>, is_typed: bool) {
            if said.is_some() && !is_typed {
                *mine = said;
            }
        }
        put(&mut self.max_write_units, said.write, is_typed("max_write_units"));
        put(&mut self.max_read_units, said.read, is_typed("max_read_units"));
        put(&mut self.utilization, said.utilization, is_typed("utilization"));
        put(&mut self.max_changes_per_second, said.changes, is_typed("max_changes_per_second"));
        put(&mut self.max_cost, said.max_cost, is_typed("max_cost"));
    }
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::super::{Verb, parse};
    use super::*;

    fn typed(line: &str) -> Result<(Budget, Option<u32>), String> {
        let words = std::iter::once("migrate").chain(line.split_whitespace()).map(OsString::from);
        match parse(words, "0").map_err(|error| error.to_string())?.verb {
            Verb::Up(args) => Ok((args.budget.budget(), args.budget.segments)),
            Verb::Plan(args) => Ok((args.budget.budget(), args.budget.segments)),
            verb => panic!("{verb:?}"),
        }
    }

    #[test]
    fn what_is_typed_becomes_a_budget() {
        let all = "--max-write-units 700 --max-read-units unlimited --utilization 50% --max-changes-per-second 9 --max-cost 2.50 --segments 12";
        let budget = Budget {
            write: Some(Allowance::PerSecond(700)),
            read: Some(Allowance::Unlimited),
            utilization: Percent::new(50).ok(),
            changes: Some(9),
            max_cost: Some(Dollars(2_500_000)),
        };
        for verb in ["", "up ", "plan "] {
            assert_eq!(typed(&format!("{verb}{all}")), Ok((budget, Some(12))), "{verb}");
        }
        assert_eq!(typed("up"), Ok((Budget::default(), None)));
        for (wrong, said) in [
            ("--max-write-units 0", "`0` is no rate: give units per second such as 500, or `unlimited`"),
            ("--utilization 0%", "0% is no share"),
            ("--max-cost much", "`much` is no amount in US dollars"),
            ("--max-changes-per-second 0", "0 is not in 1.."),
            ("--segments 1000001", "1000001 is not in 1..=1000000"),
        ] {
            let error = typed(wrong).expect_err(wrong);
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn what_an_environment_says_counts_where_no_flag_does() {
        let said = Budget { write: Some(Allowance::PerSecond(5)), changes: Some(3), ..Budget::default() };
        let mut args = BudgetArgs {
            max_write_units: Some(Allowance::Unlimited),
            max_changes_per_second: Some(1),
            utilization: Percent::new(9).ok(),
            ..BudgetArgs::default()
        };
        args.beneath(&said, |id| id == "max_changes_per_second");
        let both = Budget { changes: Some(1), utilization: Percent::new(9).ok(), ..said };
        assert_eq!(args.budget(), both);
    }
}
