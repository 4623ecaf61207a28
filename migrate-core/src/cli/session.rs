//! One command over its sequences in order; knows neither how they are run nor what is printed of them.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use super::args::{BudgetArgs, IamArgs, Parsed, Select, Verb};
use super::config::Environment;
use super::connect::Connection;
use super::consent;
use super::entry::Main;
use super::environment::Lookup;
use super::exit::Exit;
use super::identity;
use super::report::{Console, Document, Progress, Text, Tone};
use super::verbs::{self, Verdict};
use crate::error::{Error, ErrorKind};
use crate::history::{self, RunInfo};
use crate::iam::{Place, Policy};
use crate::migration::Version;
use crate::migrator::{Builder, Migrator, Options};
use crate::plan::{Droppable, Phase, VerifyKeys};
use crate::registry::{self, Sequence};
use crate::schema::{IndexName, Naming, NamingError, Prefix, TableName};
use crate::stop::Stop;

#[derive(Debug, thiserror::Error)]
enum SessionError {
    #[error("there is no sequence `{name}` in this binary; there {}", sequences(known))]
    UnknownSequence { name: String, known: Vec<&'static str> },
    #[error("{what} means one sequence, and this binary runs {}", known.join(", "))]
    WhichSequence { what: &'static str, known: Vec<&'static str> },
    #[error("{file}, line {line}: environment `{environment}` speaks of table `{name}`, which the code does not declare; it declares `{}`", known.join("`, `"))]
    NotDeclared { file: String, line: usize, environment: String, name: TableName, known: Vec<String> },
    #[error("{file}: the names of environment `{environment}`: {error}")]
    Naming { file: String, environment: String, error: NamingError },
}

fn sequences(known: &[&str]) -> String {
    if let [one] = known { format!("is `{one}`") } else { format!("are `{}`", known.join("`, `")) }
}

/// The sequences that a command is about, and what they share.
pub(super) struct Session {
    pub console: Console,
    pub stop: Stop,
    /// The environment that was named.
    pub environment: Option<Environment>,
    sequences: Vec<Sequence>,
    pub naming: Naming,
    /// The global options as they were typed, for the exact next command.
    typed: String,
    /// What the migrations of all sequences cost so far, in thousand-millionths of a dollar.
    spent: Arc<AtomicU64>,
}

impl Session {
    /// Takes what is linked, checks it, and picks what was asked for.
    pub(super) fn choose(
        main: &Main,
        parsed: &Parsed,
        environment: Option<Environment>,
        console: Console,
        stop: Stop,
    ) -> Result<Self, Error> {
        let linked = registry::linked(main.sequences)?;
        if !linked.not_run.is_empty() {
            let mut text = Text::new();
            for info in &linked.not_run {
                text.add(Tone::Change, "note: ");
                text.line(
                    Tone::Plain,
                    format_args!("sequence `{}` is linked, but `main!` does not name it: it is not run", info.name),
                );
            }
            console.remark(&text);
        }
        let global = &parsed.global;
        let mut sequences = linked.sequences;
        let naming = naming(&sequences, global.prefix.as_deref(), environment.as_ref())?;
        let known: Vec<&'static str> = sequences.iter().map(Sequence::name).collect();
        if let Some(name) = &global.sequence {
            sequences.retain(|sequence| sequence.name() == name);
            if sequences.is_empty() {
                let error = SessionError::UnknownSequence { name: name.clone(), known };
                return Err(Error::new(ErrorKind::UnknownSequence, error));
            }
        } else if known.len() > 1
            && let Some(what) = means_one(&parsed.verb)
        {
            let error = SessionError::WhichSequence { what, known };
            return Err(Error::new(ErrorKind::Usage, error).with_help("name it: `--sequence NAME`"));
        }
        let typed = typed(parsed);
        Ok(Self { console, stop, environment, sequences, naming, typed, spent: Arc::default() })
    }

    /// Without what is linked: for what looks at tables that nobody declared.
    pub(super) fn undeclared(
        _: &Main,
        parsed: &Parsed,
        environment: Option<Environment>,
        console: Console,
        stop: Stop,
    ) -> Result<Self, Error> {
        let naming = bare_naming(parsed.global.prefix.as_deref(), environment.as_ref())?;
        Ok(Self { console, stop, environment, sequences: Vec::new(), naming, typed: typed(parsed), spent: Arc::default() })
    }

    /// Judges each sequence as far as no database is needed; the first error ends it.
    pub(super) fn check_offline(&self, document: &mut Document) -> Result<Exit, Error> {
        let nowhere = Connection::nowhere();
        for sequence in &self.sequences {
            self.migrator(sequence, &nowhere, RunInfo::default(), &Progress::new(&self.console))?;
            let verdict = verbs::offline(sequence);
            self.console.show(&verdict.text);
            document.verbatim(&verdict.text);
            document.push("sequences", verdict.json);
        }
        Ok(Exit::Done)
    }

    /// The policy of all sequences together: nothing of it needs a database.
    pub(super) fn iam(&self, args: &IamArgs, region: Option<&str>) -> Result<Exit, Error> {
        let stated = self.environment.as_ref();
        let account = stated.and_then(|environment| environment.account.clone());
        let region = region.map(str::to_owned).or_else(|| stated.and_then(|environment| environment.region.clone()));
        let place = Place { account, region };
        let nowhere = Connection::nowhere();
        let mut policy = Policy::default();
        for sequence in &self.sequences {
            let migrator = self.migrator(sequence, &nowhere, RunInfo::default(), &Progress::new(&self.console))?;
            policy = policy.and(verbs::iam::policy(args, &migrator, &place));
        }
        self.console.result(&verbs::iam::document(args, &policy, self.console.format));
        self.console.remark(&verbs::iam::remarks(&policy, &place));
        Ok(Exit::Done)
    }

    /// Runs the verb for each sequence, in order; the first error ends it.
    pub(super) async fn run(
        &self,
        main: &Main,
        connection: &Connection,
        verb: &Verb,
        env: Lookup<'_>,
        document: &mut Document,
    ) -> Result<Exit, Error> {
        let mut run = identity::run_info(main.package, main.version, env);
        run.caller = connection.caller().map(str::to_owned).or(run.caller);
        let mut exit = Exit::Done;
        for sequence in &self.sequences {
            if self.sequences.len() > 1 {
                let mut text = Text::new();
                text.end().line(Tone::Strong, format_args!("sequence {}", sequence.name()));
                self.console.show(&text);
            }
            let progress = Progress::new(&self.console);
            let migrator = self.migrator(sequence, connection, run.clone(), &progress)?;
            let verdict = verbs::run(verb, self, &migrator, connection).await;
            progress.finish();
            let Verdict { exit: this, text, json, markdown, error } = verdict?;
            self.console.show(&text);
            if self.sequences.len() > 1 {
                document.block(format!("#### sequence {}", sequence.name()));
            }
            match markdown {
                Some(markdown) => document.block(markdown),
                None => document.verbatim(&text),
            }
            document.push("sequences", json);
            exit = exit.max(this);
            if let Some(error) = error {
                document.set("error", error);
                break;
            }
        }
        Ok(exit)
    }

    fn migrator(
        &self,
        sequence: &Sequence,
        connection: &Connection,
        run: RunInfo,
        progress: &Progress,
    ) -> Result<Migrator, Error> {
        let progress = progress.clone();
        let builder = Migrator::builder(sequence.clone(), connection.client.clone())
            .naming(self.naming.clone())
            .run_info(run)
            .stop(self.stop.clone())
            .credentials_end(connection.credentials_end)
            .spending(self.spent.clone())
            .on_event(move |event| progress.say(&event));
        let builder = match &self.environment {
            Some(environment) => within(builder, environment, sequence, connection),
            None => builder,
        };
        if connection.is_local { builder.local_engine() } else { builder }.build()
    }

    /// What `up` and `plan` are asked to do. The default phase follows from the target: elsewhere than here, old code is still serving.
    pub(super) fn options(&self, select: &Select, budget: &BudgetArgs, connection: &Connection) -> Result<Options, Error> {
        let embedded = matches!(connection.described, super::connect::Described::Embedded { .. });
        let default = if embedded { Phase::All } else { Phase::Before };
        let consent = select.drop.iter().map(|name| droppable(&self.naming, name)).collect::<Result<_, _>>()?;
        let phase = select.phase.map_or(default, Phase::from);
        let declared = || self.sequences.iter().flat_map(Sequence::tables).map(|table| &table.name);
        let accept = select
            .accept
            .iter()
            .flat_map(|text| consent::each(text))
            .map(|text| consent::accepted(declared(), &self.naming, &text));
        let accept = accept.collect::<Result<_, _>>()?;
        let backup = !select.no_backup;
        let verify_keys = select.verify_keys.map(VerifyKeys::from).unwrap_or_default();
        let (to, budget, segments) = (select.to.map(Version::new), budget.budget(), budget.segments);
        Ok(Options { verify_keys, phase, to, consent, accept, backup, budget, segments, ..Options::default() })
    }

    /// A command that can be typed as it stands, with the global options that were typed now.
    pub(super) fn command(&self, verb: &str) -> String {
        format!("migrate {verb}{}", self.typed)
    }
}

/// How tables are named: by the environment, by a prefix, or both.
fn bare_naming(prefix: Option<&str>, environment: Option<&Environment>) -> Result<Naming, Error> {
    let prefix = Prefix::new(prefix.unwrap_or_default());
    let prefix = prefix.map_err(|error| Error::new(ErrorKind::InvalidName, error).with_help("give another --prefix"))?;
    match environment {
        None => Ok(prefix.into()),
        Some(environment) => environment.naming(prefix).map_err(|error| misnamed(environment, error)),
    }
}

fn misnamed(environment: &Environment, error: NamingError) -> Error {
    let error =
        SessionError::Naming { file: environment.file.display().to_string(), environment: environment.name.clone(), error };
    Error::new(ErrorKind::Config, error).with_help("give each table a physical name of its own")
}

/// The same, held against what is declared.
fn naming(sequences: &[Sequence], prefix: Option<&str>, environment: Option<&Environment>) -> Result<Naming, Error> {
    let naming = bare_naming(prefix, environment)?;
    let Some(environment) = environment else { return Ok(naming) };
    let declared: Vec<&TableName> = sequences.iter().flat_map(Sequence::tables).map(|table| &table.name).collect();
    let dropped = sequences.iter().flat_map(Sequence::drops).map(|(table, _)| table);
    let known: Vec<&TableName> = declared.iter().copied().chain(dropped).collect();
    for (name, wish) in &environment.tables {
        let known = if wish.overrides.is_empty() { &known } else { &declared };
        if !known.contains(&name) {
            let known = known.iter().map(ToString::to_string).collect();
            let error = SessionError::NotDeclared {
                file: environment.file.display().to_string(),
                line: wish.line,
                environment: environment.name.clone(),
                name: name.clone(),
                known,
            };
            return Err(
                Error::new(ErrorKind::Config, error).with_help("name the table as the code does, or take it out of the file")
            );
        }
    }
    naming.check(known).map_err(|error| misnamed(environment, error))?;
    Ok(naming)
}

/// A migrator of an environment: where it is, and what it says otherwise about this sequence's tables.
fn within(builder: Builder, environment: &Environment, sequence: &Sequence, connection: &Connection) -> Builder {
    let (account, region) = connection.place();
    let [account, region] = [account, region].map(|place| place.map(str::to_owned));
    let here = |name: &TableName| sequence.tables().any(|table| table.name == *name);
    let overrides = environment.tables.iter().filter(|(name, _)| here(name));
    let overrides = overrides.map(|(name, wish)| (name.clone(), wish.overrides.clone())).collect();
    let name = environment.name.clone();
    let builder = match environment.management {
        Some(management) => builder.management(management),
        None => builder,
    };
    let builder = builder.overrides(overrides).environment(history::Environment { name, account, region });
    if environment.gates.allow_drop { builder } else { builder.no_drops() }
}

/// What speaks of numbers or tables of one sequence.
fn means_one(verb: &Verb) -> Option<&'static str> {
    match verb {
        Verb::Up(args) => args.saved.plan.as_ref().map(|_| "`--plan`").or_else(|| selects(&args.select)),
        Verb::Plan(args) => args.out.as_ref().map(|_| "`--out`").or_else(|| selects(&args.select)),
        Verb::Baseline(_) => Some("`baseline`"),
        Verb::Adopt(args) => (!args.names.is_empty()).then_some("a table's name"),
        Verb::Wait(args) => args.awaited.is_some().then_some("`--for`"),
        Verb::DeadLetters(_) => Some("`dead-letters`"),
        Verb::Resolve(_) => Some("`resolve`"),
        Verb::Rollback(_) => Some("`rollback`"),
        Verb::Unlock(_) => Some("`unlock`"),
        // Whoever says stop means all that this binary does.
        Verb::Throttle(_) | Verb::Pause | Verb::Resume => None,
        Verb::Status | Verb::Check(_) | Verb::History | Verb::Introspect(_) | Verb::Lock | Verb::Iam(_) | Verb::New(_) => None,
    }
}

fn selects(select: &Select) -> Option<&'static str> {
    match (select.to, select.drop.is_empty(), select.accept.is_empty()) {
        (Some(_), _, _) => Some("`--to`"),
        (None, false, _) => Some("`--drop`"),
        (None, true, false) => Some("`--accept`"),
        (None, true, true) => None,
    }
}

/// `TABLE` or `TABLE/INDEX`, as the code names them.
fn droppable(naming: &Naming, text: &str) -> Result<Droppable, Error> {
    let invalid = |error| {
        Error::new(ErrorKind::InvalidName, error)
            .with_help("`--drop TABLE` or `--drop TABLE/INDEX`, by the names that the code uses")
    };
    // Whoever gives an ARN is told so: it has slashes too.
    let (table, index) = match text.split_once('/') {
        Some((table, index)) if !table.contains(':') => (table, Some(index)),
        _ => (text, None),
    };
    let table = TableName::new(table.to_owned()).and_then(|table| naming.physical(&table)).map_err(invalid)?;
    match index {
        None => Ok(Droppable::Table(table)),
        Some(index) => Ok(Droppable::Index(table, IndexName::new(index.to_owned()).map_err(invalid)?)),
    }
}

pub(super) fn typed(parsed: &Parsed) -> String {
    let global = &parsed.global;
    let target =
        global.target.and_then(|kind| clap::ValueEnum::to_possible_value(&kind)).map(|value| value.get_name().to_owned());
    let options = [
        ("env", "--env", global.env.clone()),
        ("config", "--config", global.config.as_ref().map(|path| path.display().to_string())),
        ("target", "--target", target),
        ("db", "--db", global.db.as_ref().map(|path| path.display().to_string())),
        ("endpoint_url", "--endpoint-url", global.endpoint_url.as_deref().map(super::target::without_secrets)),
        ("region", "--region", global.region.clone()),
        ("profile", "--profile", global.profile.clone()),
        ("prefix", "--prefix", global.prefix.clone()),
        ("sequence", "--sequence", global.sequence.clone()),
    ];
    let shown = options.into_iter().filter(|(id, _, _)| parsed.is_typed(id));
    shown.filter_map(|(_, flag, value)| Some(format!(" {flag} {}", quoted(&value?)))).collect()
}

/// As a shell takes it.
pub(super) fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !text.is_empty() && text.chars().all(plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;

    #[test]
    fn drops_are_named_as_in_the_code() {
        let naming = Naming::template("dev-{name}").unwrap();
        let shown = |text| match droppable(&naming, text) {
            Ok(Droppable::Table(table)) => format!("table {table}"),
            Ok(Droppable::Index(table, index)) => format!("index {index} of {table}"),
            Err(error) => format!("{} {error}", error.kind().code()),
        };
        assert_eq!(shown("orders"), "table dev-orders");
        assert_eq!(shown("orders/by-day"), "index by-day of dev-orders");
        let arn = shown("arn:aws:dynamodb:eu-west-1:123456789012:table/orders");
        assert!(arn.starts_with("M0107") && arn.contains("another account"), "{arn}");
    }

    #[test]
    fn the_next_command_repeats_what_was_typed() {
        let words = ["migrate", "status", "--target", "aws", "--profile", "it's me", "-q"].map(std::ffi::OsString::from);
        assert_eq!(typed(&args::parse(words, "0").unwrap()), r" --target aws --profile 'it'\''s me'");
    }
}
