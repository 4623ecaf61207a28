//! compile: what a declaration and a migration cost the compiler; the script beside does the work.

use std::path::Path;
use std::process::Command;

use super::Extent;
use crate::Result;
use crate::report::{Bar, Row};

/// Runs the script and reads its lines: `1000 migrations: 2.10 s, floor 1.02 s, 1.08 ms each (bar 2 ms) ok`.
pub fn measure(extent: Extent) -> Result<Vec<Row>> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("compile.py");
    let output = Command::new("python3").arg(script).arg(extent.checks.to_string()).output()?;
    let text = String::from_utf8_lossy(&output.stdout);
    let each = |what: &str| {
        let line = text.lines().find(|line| line.contains(what))?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let at = words.windows(2).position(|pair| pair == ["ms", "each"])?;
        Some((words.get(at.checked_sub(1)?)?.parse().ok()?, line.split(", ").take(2).collect::<Vec<_>>().join(", ")))
    };
    let rows = [("migrations", "a migration", 2.0), ("tables", "a table", 7.0)].map(|(what, of, bar)| match each(what) {
        Some((millis, detail)) => Row::new("compile", of, millis, " ms", Bar::AtMost(bar)).detail(detail),
        None => Row::skipped(
            "compile",
            format!("compile.py says nothing of {what}: {}", String::from_utf8_lossy(&output.stderr).trim()),
        ),
    });
    Ok(rows.into())
}
