//! `wait`: until what is being built is ready, or the time is up; only looks.

use std::time::Duration;

use super::{Verdict, json};
use crate::cli::args::WaitArgs;
use crate::cli::exit::Exit;
use crate::cli::report;
use crate::error::{Error, ErrorKind};
use crate::migrator::{Awaited, Migrator};
use crate::schema::{IndexName, NameError, TableName};

/// A large table's index takes hours.
const TIMEOUT: Duration = Duration::from_hours(24);

#[derive(Debug, thiserror::Error)]
#[error("`--for {0} {1}`: it is `--for index TABLE/NAME` or `--for table NAME`")]
struct NoSuchKind(String, String);

pub(super) async fn wait(args: &WaitArgs, migrator: &Migrator) -> Result<Verdict, Error> {
    let awaited = args.awaited.as_deref().map(awaited).transpose()?;
    let waited = migrator.wait(awaited.as_ref(), args.timeout.unwrap_or(TIMEOUT)).await?;
    let exit = if waited.under_way.is_empty() { Exit::Done } else { Exit::Incomplete };
    let sequence = migrator.sequence().name();
    let mut document = json(&waited);
    document["sequence"] = json(&sequence);
    Ok(Verdict::new(exit, report::wait(sequence, awaited.as_ref(), &waited), document))
}

fn awaited(words: &[String]) -> Result<Awaited, Error> {
    let invalid = |error: NameError| Error::new(ErrorKind::InvalidName, error).with_help("names are those that the code uses");
    let table = |name: &str| TableName::new(name.to_owned()).map_err(invalid);
    match words {
        [kind, name] if kind == "table" => Ok(Awaited::Table(table(name)?)),
        // Whoever gives an ARN is told so: it has slashes too.
        [kind, name] if kind == "index" && name.contains(':') => Err(table(name).err().unwrap_or_else(|| wrong(words))),
        [kind, name] if kind == "index" => {
            let Some((of, index)) = name.split_once('/') else { return Err(wrong(words)) };
            Ok(Awaited::Index(table(of)?, IndexName::new(index.to_owned()).map_err(invalid)?))
        }
        _ => Err(wrong(words)),
    }
}

fn wrong(words: &[String]) -> Error {
    let word = |at: usize| words.get(at).cloned().unwrap_or_default();
    Error::new(ErrorKind::Usage, NoSuchKind(word(0), word(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_waited_for_is_named_as_in_the_code() {
        let read = |kind: &str, name: &str| awaited(&[kind.to_owned(), name.to_owned()]).map_err(|error| error.to_string());
        let orders = || TableName::new("orders").unwrap();
        assert_eq!(read("table", "orders"), Ok(Awaited::Table(orders())));
        assert_eq!(read("index", "orders/by-day"), Ok(Awaited::Index(orders(), IndexName::new("by-day").unwrap())));
        assert!(read("index", "orders").unwrap_err().contains("`--for index TABLE/NAME`"));
        assert!(read("stream", "orders").unwrap_err().contains("`--for table NAME`"));
        let arn = read("index", "arn:aws:dynamodb:eu-west-1:123456789012:table/orders/index/by-day");
        assert!(arn.unwrap_err().contains("another account"));
    }
}
