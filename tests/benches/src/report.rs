//! What a person and a machine read of a run; alone it prints rows, and it measures nothing.

use std::path::Path;

use serde::Serialize;
use serde_json::json;

use crate::Result;

/// What a figure must be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bar {
    /// No more.
    AtMost(f64),
    /// No less.
    AtLeast(f64),
    /// Neither less nor more.
    Between(f64, f64),
    /// It is only told.
    Told,
}

/// How far a bar may be missed on a machine that others use too.
const GROSS: f64 = 1.3;

/// How a figure stands to its bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Reached.
    Ok,
    /// Not reached.
    Missed,
    /// Missed by more than a busy machine explains.
    MissedGrossly,
    /// There is no bar.
    Told,
    /// Not measured.
    Skipped,
}

impl Bar {
    /// A figure that is none is missed, and not reached.
    fn judge(self, value: f64) -> Verdict {
        let (reached, nearly) = match self {
            Self::AtMost(bar) => (value <= bar, value <= bar * GROSS),
            Self::AtLeast(bar) => (value >= bar, value >= bar / GROSS),
            Self::Between(low, high) => ((low..=high).contains(&value), (low / GROSS..=high * GROSS).contains(&value)),
            Self::Told => return Verdict::Told,
        };
        match (reached, nearly) {
            (true, _) => Verdict::Ok,
            (false, true) => Verdict::Missed,
            (false, false) => Verdict::MissedGrossly,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(bar) => format!("≤ {bar}"),
            Self::AtLeast(bar) => format!("≥ {bar}"),
            Self::Between(low, high) => format!("{low}–{high}"),
            Self::Told => "–".to_owned(),
        }
    }
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// `data.cpu.safe`
    pub name: &'static str,
    /// What it is of.
    pub of: String,
    /// The figure; `None`: it was not measured.
    pub value: Option<f64>,
    /// `×`, `MB`, …
    pub unit: &'static str,
    /// What it must be.
    pub bar: Bar,
    /// A bar that is not reached yet: where it stands today. From there it must not grow worse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub today: Option<f64>,
    /// What it was made from.
    pub detail: String,
}

impl Row {
    /// A figure and its bar.
    pub fn new(name: &'static str, of: impl Into<String>, value: f64, unit: &'static str, bar: Bar) -> Self {
        Self { name, of: of.into(), value: Some(value), unit, bar, today: None, detail: String::new() }
    }

    /// One whose run did not come to its end: the bar is missed.
    pub fn failed(name: &'static str, of: impl Into<String>, bar: Bar, error: migrate_core::Failure) -> Self {
        Self::new(name, of, f64::NAN, "", bar).detail(crate::causes(error))
    }

    /// One that could not be measured.
    pub fn skipped(name: &'static str, why: impl Into<String>) -> Self {
        Self { name, of: String::new(), value: None, unit: "", bar: Bar::Told, today: None, detail: why.into() }
    }

    /// Where it stands, as long as the bar is not reached.
    #[must_use]
    pub fn today(self, figure: f64) -> Self {
        Self { today: Some(figure), ..self }
    }

    /// What it was made from.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    /// How it stands.
    pub fn verdict(&self) -> Verdict {
        let Some(value) = self.value else { return Verdict::Skipped };
        match (self.bar.judge(value), self.today) {
            (Verdict::MissedGrossly, Some(today)) if value <= today * GROSS => Verdict::Missed,
            (verdict, _) => verdict,
        }
    }

    /// Shows it as soon as it is there.
    pub fn print(&self) {
        let verdict = match self.verdict() {
            Verdict::Ok => "ok",
            Verdict::Missed => "MISSED",
            Verdict::MissedGrossly => "MISSED GROSSLY",
            Verdict::Told => "",
            Verdict::Skipped => "skipped",
        };
        let value = self.value.map_or(String::new(), |value| format!("{}{}", short(value), self.unit));
        println!("{:<18} {:<46} {value:>10} {:>8}  {verdict:<14} {}", self.name, self.of, self.bar.text(), self.detail);
    }
}

/// Three figures, and no more.
fn short(value: f64) -> String {
    match value.abs() {
        high if high >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        low if low >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

/// The head of the table.
pub fn head() {
    println!("{:<18} {:<46} {:>10} {:>8}", "name", "what", "figure", "bar");
}

/// The whole run.
pub fn document(rows: &[Row], short: bool) -> serde_json::Value {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut shown = json!(row);
            shown["verdict"] = json!(row.verdict());
            shown
        })
        .collect();
    json!({ "format": 1, "date": jiff::Timestamp::now().to_string(), "short": short, "machine": machine(), "versions": versions(), "rows": rows })
}

/// Writes the whole run down.
pub fn write(file: &Path, document: &serde_json::Value) -> Result {
    Ok(std::fs::write(file, serde_json::to_string_pretty(document)? + "\n")?)
}

/// What it ran on.
pub fn machine() -> serde_json::Value {
    let told = |file: &str| std::fs::read_to_string(file).unwrap_or_default();
    let cpus = told("/proc/cpuinfo");
    let models: Vec<&str> = cpus
        .lines()
        .filter_map(|line| line.strip_prefix("model name"))
        .map(|line| line.trim_start_matches([' ', '\t', ':']))
        .collect();
    json!({
        "system": std::env::consts::OS,
        "architecture": std::env::consts::ARCH,
        "kernel": told("/proc/sys/kernel/osrelease").trim(),
        "processor": models.first(),
        "cores": std::thread::available_parallelism().map_or(0, std::num::NonZero::get),
    })
}

/// What it was built from.
fn versions() -> serde_json::Value {
    let lock = include_str!("../../../Cargo.lock");
    let of = |name: &str| {
        let after = lock.split(&format!("name = \"{name}\"\nversion = \"")).nth(1);
        after.and_then(|text| text.split('"').next()).unwrap_or_default().to_owned()
    };
    let names = ["migrate-core", "aws-sdk-dynamodb", "aws-smithy-runtime", "hyper", "tokio"];
    names.into_iter().map(|name| (name, of(name))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_reached_missed_or_missed_grossly() {
        for (bar, value, verdict) in [
            (Bar::AtMost(0.6), 0.6, Verdict::Ok),
            (Bar::AtMost(0.6), 0.77, Verdict::Missed),
            (Bar::AtMost(0.6), 0.79, Verdict::MissedGrossly),
            (Bar::AtMost(0.0), 1.0, Verdict::MissedGrossly),
            (Bar::AtMost(0.6), f64::NAN, Verdict::MissedGrossly),
            (Bar::AtLeast(0.97), 1.0, Verdict::Ok),
            (Bar::AtLeast(0.97), 0.9, Verdict::Missed),
            (Bar::AtLeast(0.97), 0.5, Verdict::MissedGrossly),
            (Bar::Between(0.95, 1.0), 0.95, Verdict::Ok),
            (Bar::Between(0.95, 1.0), 1.1, Verdict::Missed),
            (Bar::Between(0.95, 1.0), 0.5, Verdict::MissedGrossly),
            (Bar::Told, 7.0, Verdict::Told),
        ] {
            assert_eq!(Row::new("row", "", value, "", bar).verdict(), verdict, "{bar:?} {value}");
        }
        assert_eq!(Row::skipped("row", "why").verdict(), Verdict::Skipped);
        let standing = |value| Row::new("row", "", value, "", Bar::AtMost(0.6)).today(0.75).verdict();
        assert_eq!([0.6, 0.97, 0.98].map(standing), [Verdict::Ok, Verdict::Missed, Verdict::MissedGrossly]);
    }

    #[test]
    fn the_versions_are_those_of_the_lock_file() {
        let versions = versions();
        assert_eq!(versions["migrate-core"], env!("CARGO_PKG_VERSION"));
        assert!(versions["aws-sdk-dynamodb"].as_str().unwrap().starts_with("1."));
    }
}
