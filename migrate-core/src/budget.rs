//! How much of a table's capacity a migration may use, and what of it follows for one table; pure, knows no clock and no client.

mod said;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use self::said::{InForce, Said};
use crate::schema::{Billing, MaxThroughput, TableClass, TableSchema, Throughput};

/// The bytes of a write unit, and of a read unit that is consistent.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
pub(crate) const WRITE_UNIT: u64 = 1 << 10;
pub(crate) const READ_UNIT: u64 = 4 << 10;

/// What a run may take of an on-demand table unless told otherwise, in units per second.
const ON_DEMAND_DEFAULT: u64 = 500;
/// What a run may take of a provisioned table unless told otherwise.
const DEFAULT_SHARE: Percent = Percent(25);
/// What an on-demand table that says nothing else can do: that of a new one.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html>
const NEW_ON_DEMAND: Throughput = Throughput { read: 12_000, write: 4_000 };

/// A share of what a table can do, in percent: from 1 to 100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Percent(u8);

/// What an [`Allowance`], a [`Percent`] or an amount of money is not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BudgetError {
    /// No share.
    #[error("{0} is no share of a table's capacity: give 1% to 100%")]
    Percent(String),
    /// No rate.
    #[error("`{0}` is no rate: give units per second such as 500, or `unlimited`")]
    Rate(String),
    /// No money.
    #[error("`{0}` is no amount in US dollars: give one above nothing, such as 2.50")]
    Money(String),
}

/// How fast one kind of capacity may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allowance {
    /// Units per second, 1 at least.
    PerSecond(u64),
    /// As much as the engine gives.
    Unlimited,
}

/// What a run may use. What is not said takes the safe default: everything on an engine of one's own, else a quarter of a
/// provisioned table and 500 units per second of one on demand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Budget {
    /// Write units; those of indexes count too.
    pub write: Option<Allowance>,
    /// Read units.
    pub read: Option<Allowance>,
    /// The share of what the table can do, for what the two above do not say.
    pub utilization: Option<Percent>,
    /// Items changed per second: for the sake of those who read the table's stream.
    pub changes: Option<u32>,
    /// What the migrations of this run may cost together, at list prices: then the run stops at a safe point.
    pub max_cost: Option<Dollars>,
}

/// An amount of money in millionths of a US dollar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dollars(pub u64);

/// What a person says to a run that is going on: it counts before the run's own [`Budget`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Control {
    /// Nothing is read or written until told otherwise.
    #[serde(default)]
    pub paused: bool,
    /// Write units per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write: Option<Allowance>,
    /// Read units per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<Allowance>,
}

/// What a million read and write request units cost, in millionths of a dollar: <https://aws.amazon.com/dynamodb/pricing/on-demand/>,
/// region us-east-1, as listed since 2024-11-01.
pub const fn request_prices(class: TableClass) -> Throughput {
    match class {
        TableClass::Standard => Throughput { read: 125_000, write: 625_000 },
        TableClass::StandardInfrequentAccess => Throughput { read: 155_000, write: 780_000 },
    }
}

/// What units cost at list prices where a table is paid for by request, in thousand-millionths of a dollar.
pub fn request_cost(class: TableClass, read: u64, write: u64) -> u64 {
    let prices = request_prices(class);
    (read.saturating_mul(prices.read)).saturating_add(write.saturating_mul(prices.write)) / 1_000
}

/// What follows for one table, in units per second; `None` is no limit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// Write units.
    pub write: Option<f64>,
    /// Read units.
    pub read: Option<f64>,
    /// Items changed.
    pub changes: Option<f64>,
}

impl Percent {
    /// From 1 to 100.
    pub fn new(percent: u8) -> Result<Self, BudgetError> {
        if (1..=100).contains(&percent) { Ok(Self(percent)) } else { Err(BudgetError::Percent(format!("{percent}%"))) }
    }

    /// This share of so many units.
    fn of(self, units: u64) -> f64 {
        units as f64 * f64::from(self.0) / 100.0
    }
}

impl Budget {
    /// What a table of this shape may be burdened with. `local`: an engine that costs nothing and serves nobody else.
    pub fn limits(&self, live: &TableSchema, local: bool, control: Control) -> Limits {
        let can = Capacity::of(live);
        let rate = |said: Option<Allowance>, whole: u64, default: f64| match (said, self.utilization) {
            (Some(Allowance::PerSecond(units)), _) => Some(units as f64),
            (Some(Allowance::Unlimited), _) => None,
            (None, Some(share)) => Some(share.of(whole).max(1.0)),
            (None, None) if local => None,
            (None, None) => Some(default.max(1.0)),
        };
        let default = |units: u64| match can {
            Capacity::Provisioned(_) => DEFAULT_SHARE.of(units),
            // Where the table's own maximum is lower, a quarter of that.
            Capacity::OnDemand(_) => (ON_DEMAND_DEFAULT as f64).min(DEFAULT_SHARE.of(units)),
        };
        let (Capacity::Provisioned(units) | Capacity::OnDemand(units)) = can;
        Limits {
            write: rate(control.write.or(self.write), units.write, default(units.write)),
            read: rate(control.read.or(self.read), units.read, default(units.read)),
            changes: self.changes.map(f64::from),
        }
    }
}

/// What a table can do.
#[derive(Clone, Copy)]
enum Capacity {
    Provisioned(Throughput),
    OnDemand(Throughput),
}

impl Capacity {
    fn of(live: &TableSchema) -> Self {
        match live.billing {
            Some(Billing::Provisioned(units)) => Self::Provisioned(units),
            Some(Billing::OnDemand(max)) => {
                let warm = live.warm_throughput.value().copied().unwrap_or(NEW_ON_DEMAND);
                let MaxThroughput { read, write } = max;
                Self::OnDemand(Throughput {
                    read: read.value().map_or(warm.read, |max| warm.read.min(*max)),
                    write: write.value().map_or(warm.write, |max| warm.write.min(*max)),
                })
            }
            None => Self::OnDemand(NEW_ON_DEMAND),
        }
    }
}

impl fmt::Display for Percent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}%", self.0)
    }
}

impl From<Percent> for u8 {
    fn from(percent: Percent) -> Self {
        percent.0
    }
}

impl TryFrom<u8> for Percent {
    type Error = BudgetError;
    fn try_from(percent: u8) -> Result<Self, BudgetError> {
        Self::new(percent)
    }
}

/// `50%`; the sign may be missing.
impl FromStr for Percent {
    type Err = BudgetError;
    fn from_str(text: &str) -> Result<Self, BudgetError> {
        let number = text.strip_suffix('%').unwrap_or(text).trim();
        number.parse().ok().and_then(|percent| Self::new(percent).ok()).ok_or_else(|| BudgetError::Percent(text.to_owned()))
    }
}

/// `500`, or `unlimited`.
impl FromStr for Allowance {
    type Err = BudgetError;
    fn from_str(text: &str) -> Result<Self, BudgetError> {
        match text.trim().parse() {
            Ok(0) => Err(BudgetError::Rate(text.to_owned())),
            Ok(units) => Ok(Self::PerSecond(units)),
            Err(_) if text.trim() == "unlimited" => Ok(Self::Unlimited),
            Err(_) => Err(BudgetError::Rate(text.to_owned())),
        }
    }
}

impl fmt::Display for Allowance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PerSecond(units) => write!(f, "{units} per second"),
            Self::Unlimited => f.write_str("unlimited"),
        }
    }
}

/// `2.50`, with or without a dollar sign.
impl FromStr for Dollars {
    type Err = BudgetError;
    fn from_str(text: &str) -> Result<Self, BudgetError> {
        let number: Option<f64> = text.trim().trim_start_matches('$').parse().ok();
        let micros = number.filter(|dollars| dollars.is_finite() && (0.0..1e9).contains(dollars));
        let micros = micros.map(|dollars| (dollars * 1e6).round() as u64).filter(|micros| *micros > 0);
        micros.map(Self).ok_or_else(|| BudgetError::Money(text.to_owned()))
    }
}

impl fmt::Display for Dollars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cents = self.0.div_ceil(10_000);
        write!(f, "${}.{:02}", cents / 100, cents % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{KeyElement, PrimaryKey, ScalarType, Setting, TableName};

    fn table(billing: Billing) -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        TableSchema { billing: Some(billing), ..TableSchema::new(TableName::new("orders").unwrap(), key) }
    }

    fn write(budget: Budget, table: &TableSchema, control: Control) -> Option<f64> {
        budget.limits(table, false, control).write
    }

    #[test]
    fn unless_told_otherwise_a_quarter_or_five_hundred() {
        let (budget, control) = (Budget::default(), Control::default());
        let provisioned = table(Billing::Provisioned(Throughput { read: 40, write: 2 }));
        assert_eq!(budget.limits(&provisioned, false, control), Limits { write: Some(1.0), read: Some(10.0), changes: None });
        let on_demand = table(Billing::ON_DEMAND);
        assert_eq!(budget.limits(&on_demand, false, control), Limits { write: Some(500.0), read: Some(500.0), changes: None });
        assert_eq!(budget.limits(&on_demand, true, control), Limits::default());
        let capped = table(Billing::OnDemand(MaxThroughput { read: Setting::Off, write: Setting::Set(100) }));
        assert_eq!(write(budget, &capped, control), Some(25.0));
    }

    #[test]
    fn what_is_said_counts_and_what_is_said_last_counts_first() {
        let half = Budget { utilization: Some("50%".parse().unwrap()), ..Budget::default() };
        let mut on_demand = table(Billing::ON_DEMAND);
        assert_eq!(write(half, &on_demand, Control::default()), Some(2_000.0));
        on_demand.warm_throughput = Setting::Set(Throughput { read: 1, write: 10_000 });
        assert_eq!(write(half, &on_demand, Control::default()), Some(5_000.0));
        let stated = Budget { write: Some(Allowance::Unlimited), ..half };
        assert_eq!(write(stated, &on_demand, Control::default()), None);
        let control = Control { write: Some(Allowance::PerSecond(7)), ..Control::default() };
        assert_eq!(write(stated, &on_demand, control), Some(7.0));
        assert_eq!(half.limits(&on_demand, true, control).write, Some(7.0));
    }

    #[test]
    fn what_is_typed_is_read_or_refused() {
        assert_eq!("500".parse(), Ok(Allowance::PerSecond(500)));
        assert_eq!("unlimited".parse(), Ok(Allowance::Unlimited));
        for wrong in ["0", "-1", "fast", ""] {
            assert_eq!(wrong.parse::<Allowance>(), Err(BudgetError::Rate(wrong.to_owned())));
        }
        for wrong in ["0%", "101%", "x", "50 %%"] {
            assert_eq!(wrong.parse::<Percent>(), Err(BudgetError::Percent(wrong.to_owned())));
        }
        assert_eq!("$2.50".parse(), Ok(Dollars(2_500_000)));
        assert_eq!(Dollars(2_500_001).to_string(), "$2.51");
        for wrong in ["-1", "0", "0.0000001", "NaN", "1e12"] {
            assert_eq!(wrong.parse::<Dollars>(), Err(BudgetError::Money(wrong.to_owned())));
        }
    }
}
