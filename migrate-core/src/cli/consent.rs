//! What `--accept TABLE:HAZARD` names; knows neither a plan nor what becomes of it.

use crate::error::{Error, ErrorKind};
use crate::schema::{Hazard, Naming, TableName};

#[derive(Debug, thiserror::Error)]
enum AcceptError {
    #[error("`--accept {0}` does not say what it accepts")]
    NoHazard(String),
    #[error("`--accept {text}`: there is no hazard `{code}`")]
    UnknownHazard { text: String, code: String },
    #[error("`--accept {text}`: {hazard} is not accepted but consented to by name: {option}")]
    IsDrop { text: String, hazard: Hazard, option: String },
    #[error("`--accept {text}`: the code declares no table `{table}`; {}", declared(known))]
    NotDeclared { text: String, table: String, known: Vec<String> },
}

fn declared(known: &[String]) -> String {
    if known.is_empty() { "it declares none".to_owned() } else { format!("it declares `{}`", known.join("`, `")) }
}

/// A hazard in a few words: its heading in `docs/hazards.md`.
pub(super) const fn words(hazard: Hazard) -> &'static str {
    match hazard {
        Hazard::DropTable => "A table is dropped",
        Hazard::DropIndex => "A global index is dropped",
        Hazard::RecoveryOff => "Point-in-time recovery is switched off",
        Hazard::StreamOff => "The stream is switched off",
        Hazard::StreamCycle => "The stream is switched off and on again",
        Hazard::ReplicaRemoved => "A replica is removed",
        Hazard::PolicyRemoved => "The resource policy is removed",
        Hazard::KeyChange => "Another key encrypts the table",
        Hazard::TtlOn => "Time to live is switched on",
        Hazard::IndexReplaced => "An index is deleted and built anew",
        Hazard::RecoveryShortened => "The recovery period becomes shorter",
        Hazard::KinesisOff => "The Kinesis stream is switched off or exchanged",
        Hazard::MisfitsLeftOut => "An index is built without the items that do not fit it",
        Hazard::StreamRecords => "A migration changes items of a table whose stream is read",
    }
}

/// The option by which a drop is consented to.
fn drop_option(hazard: Hazard, table: &str) -> Option<String> {
    match hazard {
        Hazard::DropTable => Some(format!("`--drop {table}`")),
        Hazard::DropIndex => Some(format!("`--drop {table}/INDEX`")),
        Hazard::RecoveryOff
        | Hazard::StreamOff
        | Hazard::StreamCycle
        | Hazard::ReplicaRemoved
        | Hazard::PolicyRemoved
        | Hazard::KeyChange
        | Hazard::TtlOn
        | Hazard::IndexReplaced
        | Hazard::RecoveryShortened
        | Hazard::KinesisOff
        | Hazard::MisfitsLeftOut
        | Hazard::StreamRecords => None,
    }
}

/// `TABLE:HAZARD,HAZARD` as one `TABLE:HAZARD` each.
pub(super) fn each(text: &str) -> Vec<String> {
    match text.rsplit_once(':') {
        Some((table, codes)) if codes.contains(',') => codes.split(',').map(|code| format!("{table}:{}", code.trim())).collect(),
        Some(_) | None => vec![text.to_owned()],
    }
}

/// `TABLE:HAZARD`, the table as the code names it. `tables` are those that the code declares.
pub(super) fn accepted<'a>(
    tables: impl Iterator<Item = &'a TableName>,
    naming: &Naming,
    text: &str,
) -> Result<(TableName, Hazard), Error> {
    let usage = |error| Error::new(ErrorKind::Usage, error);
    let form = "give `--accept TABLE:HAZARD`, such as `--accept orders:H104`; `migrate plan` names those that are needed";
    let text = text.to_owned();
    let Some((table, code)) = text.rsplit_once(':').filter(|(table, code)| !table.is_empty() && !code.is_empty()) else {
        return Err(usage(AcceptError::NoHazard(text)).with_help(form));
    };
    let Ok(hazard) = code.to_ascii_uppercase().parse::<Hazard>() else {
        let error = usage(AcceptError::UnknownHazard { code: code.to_owned(), text: text.clone() });
        let known = Hazard::ALL.iter().filter(|hazard| drop_option(**hazard, table).is_none());
        let known: Vec<String> = known.map(|hazard| format!("{hazard}  {}", words(*hazard))).collect();
        return Err(error.with_help(format!("docs/hazards.md explains them:\n{}", known.join("\n"))));
    };
    if let Some(option) = drop_option(hazard, table) {
        return Err(usage(AcceptError::IsDrop { hazard, option, text }));
    }
    let known: Vec<&TableName> = tables.collect();
    let Some(name) = known.iter().find(|name| name.as_str() == table) else {
        let known = known.iter().map(ToString::to_string).collect();
        return Err(usage(AcceptError::NotDeclared { table: table.to_owned(), known, text }).with_help(form));
    };
    let physical = naming.physical(name).map_err(|error| Error::new(ErrorKind::InvalidName, error))?;
    Ok((physical, hazard))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::Prefix;

    fn read(text: &str) -> String {
        let tables = ["orders", "customers"].map(|name| TableName::new(name).unwrap());
        match accepted(tables.iter(), &Prefix::new("dev-").unwrap().into(), text) {
            Ok((table, hazard)) => format!("{table} {hazard}"),
            Err(error) => format!("{} {error} | {}", error.kind().code(), error.help().join(" | ")),
        }
    }

    #[test]
    fn hazards_are_named_with_their_table() {
        assert_eq!(read("orders:H104"), "dev-orders H104");
        for text in ["orders", "orders:", ":H104", "", ":"] {
            let said = read(text);
            assert!(said.starts_with(&format!("M0202 `--accept {text}` does not say what it accepts | give")), "{said}");
        }
        let unknown = read("orders:H199");
        assert!(unknown.starts_with("M0202 `--accept orders:H199`: there is no hazard `H199` |"), "{unknown}");
        assert!(unknown.contains("\nH104  The stream is switched off\n") && !unknown.contains("H101"), "{unknown}");
        assert!(read("orders:H101").contains("H101 is not accepted but consented to by name: `--drop orders`"));
        assert!(read("orders:H102").contains("consented to by name: `--drop orders/INDEX`"));
        let undeclared = "M0202 `--accept oders:H104`: the code declares no table `oders`; it declares `orders`, `customers`";
        assert!(read("oders:H104").starts_with(undeclared), "{}", read("oders:H104"));
        assert!(read("arn:aws:dynamodb:eu-west-1:1:table/orders:H104").contains("declares no table `arn:"));
        assert!(read("dev-orders:H104").contains("declares no table `dev-orders`"), "names are the code's");
    }

    #[test]
    fn every_hazard_is_explained() {
        let docs = include_str!("../../../docs/hazards.md");
        for hazard in Hazard::ALL {
            let heading = format!("### {hazard} {}", words(hazard));
            assert!(docs.lines().any(|line| line == heading), "docs/hazards.md lacks the heading «{heading}»");
            let text = docs.split_once(&format!("{heading}\n")).unwrap().1.split("\n### ").next().unwrap();
            let named = drop_option(hazard, "TABLE").is_some() || text.contains(&format!("--accept orders:{hazard}"));
            assert!(named, "docs/hazards.md does not say how {hazard} is accepted on the command line");
            for part in ["**Lost:**", "**To accept it:**", "**To avoid it:**"] {
                assert!(text.contains(part), "docs/hazards.md, {hazard}: {part}");
            }
        }
        let headings = docs.lines().filter(|line| line.starts_with("### H")).count();
        assert_eq!(headings, Hazard::ALL.len(), "docs/hazards.md explains a hazard that is not there, or one twice");
    }
}
