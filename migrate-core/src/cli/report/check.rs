//! What `check` found; it never knows how.

use serde::Serialize;

use super::text::{Text, Tone};
use super::words::count;
use crate::cli::exit::Exit;
use crate::error::ErrorKind;

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(in crate::cli) struct Finding {
    /// `pending`, `drift` or `history`.
    pub kind: &'static str,
    /// The stable code, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<&'static str>,
    /// What, in one sentence.
    pub what: String,
    /// What it means for the exit code.
    #[serde(skip)]
    pub exit: Exit,
}

/// One line each, and the verdict; `only` is what alone was looked at.
pub(in crate::cli) fn check(sequence: &str, findings: &[Finding], only: Option<&str>) -> Text {
    let mut text = Text::new();
    for Finding { kind, code, what, exit } in findings {
        let tone = if *exit == Exit::Conflict { Tone::Bad } else { Tone::Change };
        let code = code.map(|code| format!("[{code}]")).unwrap_or_default();
        text.add(tone, format_args!("  {kind}{code}: ")).lines(Tone::Plain, "    ", what);
    }
    let unsettled = Some(ErrorKind::Unsettled.code());
    match findings.iter().map(|finding| finding.exit).max() {
        None => match only {
            None => text.line(Tone::Good, format_args!("OK: {sequence} is as declared.")),
            Some(only) => {
                text.line(Tone::Good, format_args!("OK: {sequence} has no finding of kind `{only}`; nothing else was looked at."))
            }
        },
        Some(Exit::Conflict) if findings.iter().all(|finding| finding.exit < Exit::Conflict || finding.code == unsettled) => text
            .line(
                Tone::Bad,
                format_args!("Unsettled: a person must say how a migration of {sequence} stands; `migrate status` names it."),
            ),
        Some(Exit::Conflict) => {
            text.line(Tone::Bad, format_args!("Conflict: the history of {sequence} and this binary contradict each other."))
        }
        Some(_) => text
            .line(Tone::Change, format_args!("Pending: {sequence} is not as declared; `migrate plan` shows what `up` would do.")),
    };
    text
}

/// Nothing is wrong with the binary itself.
pub(in crate::cli) fn check_offline(sequence: &str, tables: usize, migrations: usize) -> Text {
    let tables = count(tables, "table", "tables");
    let migrations = count(migrations, "migration", "migrations");
    let mut text = Text::new();
    text.line(Tone::Good, format_args!("OK: {sequence} can be run: {tables}, {migrations}. No database was asked."));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offline_says_what_was_not_asked() {
        let text = check_offline("shop", 2, 1).to_string();
        assert_eq!(text, "OK: shop can be run: 2 tables, 1 migration. No database was asked.\n");
    }

    #[test]
    fn findings_and_verdict() {
        assert_eq!(check("shop", &[], None).to_string(), "OK: shop is as declared.\n");
        let narrowed = check("shop", &[], Some("history")).to_string();
        assert_eq!(narrowed, "OK: shop has no finding of kind `history`; nothing else was looked at.\n");
        let pending = Finding { kind: "pending", code: None, what: "0002 split".to_owned(), exit: Exit::Pending };
        let edited =
            Finding { kind: "history", code: Some("M0401"), what: "0001 load was edited".to_owned(), exit: Exit::Conflict };
        let asks = Finding { code: Some("M0409"), what: "0001 load was begun".to_owned(), ..edited.clone() };
        let both = check("shop", &[asks.clone(), edited.clone()], None).to_string();
        assert!(both.ends_with("contradict each other.\n"), "{both}");
        assert_eq!(
            check("shop", &[pending.clone(), asks], None).to_string(),
            "  pending: 0002 split\n  history[M0409]: 0001 load was begun\nUnsettled: a person must say how a migration of shop stands; `migrate status` names it.\n"
        );
        assert_eq!(
            check("shop", &[pending, edited], None).to_string(),
            "  pending: 0002 split\n  history[M0401]: 0001 load was edited\nConflict: the history of shop and this binary contradict each other.\n"
        );
    }
}
