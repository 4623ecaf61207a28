//! What can be typed; knows neither what it does nor what the environment means.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};

use super::environment;
use super::saved;

mod budget;
mod check;
mod data;
mod iam;
mod new;
mod rollback;
mod settle;
mod tables;
#[cfg(test)]
mod tests;
mod up;

pub(super) use self::budget::BudgetArgs;
pub(super) use self::check::{CheckArgs, Only};
pub(super) use self::data::{DeadLettersArgs, Rate, ThrottleArgs};
pub(super) use self::iam::{IamArgs, RoleArg};
pub(super) use self::new::NewArgs;
pub(super) use self::rollback::RollbackArgs;
pub(super) use self::settle::{ResolveArgs, UnlockArgs};
pub(super) use self::tables::{AdoptArgs, BaselineArgs, IntrospectArgs, WaitArgs};
pub(super) use self::up::{Amount, PlanArgs, Select, UpArgs};

/// Brings a DynamoDB database to the state that this application declares.
#[derive(Clone, Debug, Parser)]
#[command(name = "migrate", disable_help_subcommand = true)]
#[command(after_help = "Without a command: `up`. What a command may destroy is destroyed only by name (--drop, or the code).")]
pub(super) struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(flatten)]
    pub up: UpArgs,
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

#[derive(Clone, Debug, Subcommand)]
pub(super) enum Verb {
    /// Create and change tables, run migrations, drop what was consented to
    Up(UpArgs),
    /// Show what `up` would do; writes nothing
    Plan(PlanArgs),
    /// Show where every migration stands, who holds the lock, and what to do next
    Status,
    /// For CI: 0 if all is as declared, 2 if something is pending or drifted, 5 if history and code contradict each other
    Check(CheckArgs),
    /// Show every record of the history
    History,
    /// Take an existing database under ownership: migrations up to NUMBER are recorded as applied
    Baseline(BaselineArgs),
    /// Take declared tables that exist under ownership, after showing every difference; no migration is settled by it
    Adopt(AdoptArgs),
    /// Print the Rust struct that declares a table exactly as it is
    Introspect(IntrospectArgs),
    /// Wait until tables and indexes that are being built are ready; only reads
    Wait(WaitArgs),
    /// Show who holds the lock
    Lock,
    /// Give the run that goes on, and all that come, another rate: write units per second, `unlimited`, or `off` for each run's own budget
    Throttle(ThrottleArgs),
    /// Let the run that goes on, and all that come, read and write no item until `resume`
    Pause,
    /// Take `pause` back
    Resume,
    /// Show the items that a migration could not change and put aside, or try them again
    DeadLetters(DeadLettersArgs),
    /// Settle a doubt by a record: that a migration counts as applied or as rolled back, that its text may differ, that a table was restored
    Resolve(ResolveArgs),
    /// Take migrations back, newest first, by their `#[rollback(n)]` functions
    Rollback(RollbackArgs),
    /// Take the lock away from its holder, who stops as soon as it notices; given back when its lease is over
    Unlock(UnlockArgs),
    /// Print the IAM policy that this application's tables need, and no more
    Iam(IamArgs),
    /// Write the next migration's file, src/migrations/mNNNN_NAME.rs
    New(NewArgs),
}

impl Verb {
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Up(_) => "up",
            Self::Plan(_) => "plan",
            Self::Status => "status",
            Self::Check(_) => "check",
            Self::History => "history",
            Self::Baseline(_) => "baseline",
            Self::Adopt(_) => "adopt",
            Self::Introspect(_) => "introspect",
            Self::Wait(_) => "wait",
            Self::Lock => "lock",
            Self::Throttle(_) => "throttle",
            Self::Pause => "pause",
            Self::Resume => "resume",
            Self::DeadLetters(_) => "dead-letters",
            Self::Resolve(_) => "resolve",
            Self::Rollback(_) => "rollback",
            Self::Unlock(_) => "unlock",
            Self::Iam(_) => "iam",
            Self::New(_) => "new",
        }
    }

    /// What it may use of the tables' capacity, where it goes through items.
    pub(super) const fn budget_mut(&mut self) -> Option<&mut BudgetArgs> {
        match self {
            Self::Up(args) => Some(&mut args.budget),
            Self::Plan(args) => Some(&mut args.budget),
            Self::Rollback(args) => Some(&mut args.budget),
            Self::Status
            | Self::Check(_)
            | Self::History
            | Self::Baseline(_)
            | Self::Adopt(_)
            | Self::Introspect(_)
            | Self::Wait(_)
            | Self::Lock
            | Self::Throttle(_)
            | Self::Pause
            | Self::Resume
            | Self::DeadLetters(_)
            | Self::Resolve(_)
            | Self::Unlock(_)
            | Self::Iam(_)
            | Self::New(_) => None,
        }
    }

    /// Whether it may write to the database.
    pub(super) const fn writes(&self) -> bool {
        match self {
            Self::Up(args) => args.dry_run.is_none(),
            Self::DeadLetters(args) => args.retry,
            Self::Baseline(_)
            | Self::Adopt(_)
            | Self::Throttle(_)
            | Self::Pause
            | Self::Resume
            | Self::Resolve(_)
            | Self::Rollback(_)
            | Self::Unlock(_) => true,
            Self::Plan(_)
            | Self::Status
            | Self::Check(_)
            | Self::History
            | Self::Introspect(_)
            | Self::Wait(_)
            | Self::Lock
            | Self::Iam(_)
            | Self::New(_) => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// The engine inside this binary, in one file
    Embedded,
    /// DynamoDB, or the endpoint that is configured
    Aws,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people
    #[default]
    Human,
    /// One document on stdout
    Json,
    /// For a pull request's comment
    Markdown,
    /// For Terraform; only `iam` has it
    Hcl,
}

#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Global options")]
pub(super) struct Global {
    /// The environment that is meant, of those in migrate.toml
    #[arg(long, global = true, value_name = "NAME", env = "MIGRATE_ENV", hide_env_values = true)]
    pub env: Option<String>,
    /// The file of environments. Default: the nearest migrate.toml, from the current folder up to the project's
    #[arg(long, global = true, value_name = "PATH", env = "MIGRATE_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// Which database is meant. Needed where the environment speaks of AWS or CI
    #[arg(long, global = true, value_enum, env = "MIGRATE_TARGET", hide_env_values = true)]
    pub target: Option<Kind>,
    /// The embedded engine's file. Default: .migrate/<crate>.db in the current folder
    #[arg(long, global = true, value_name = "PATH", env = "MIGRATE_DB", hide_env_values = true)]
    pub db: Option<PathBuf>,
    /// Another DynamoDB, such as http://localhost:8000
    #[arg(long, global = true, value_name = "URL", env = "MIGRATE_ENDPOINT_URL", hide_env_values = true)]
    pub endpoint_url: Option<String>,
    /// The AWS region
    #[arg(long, global = true, env = "MIGRATE_REGION", hide_env_values = true)]
    pub region: Option<String>,
    /// The AWS profile
    #[arg(long, global = true, env = "MIGRATE_PROFILE", hide_env_values = true)]
    pub profile: Option<String>,
    /// Put before every table's name: one account, several environments
    #[arg(long, global = true, env = "MIGRATE_PREFIX", hide_env_values = true)]
    pub prefix: Option<String>,
    /// Only this sequence of migrations
    #[arg(long, global = true, value_name = "NAME", env = "MIGRATE_SEQUENCE", hide_env_values = true)]
    pub sequence: Option<String>,
    /// How results are shown
    #[arg(long, global = true, value_enum, env = "MIGRATE_FORMAT", hide_env_values = true)]
    pub format: Option<Format>,
    /// Only results and errors
    #[arg(short, long, global = true, conflicts_with = "verbose", env = "MIGRATE_QUIET", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub quiet: bool,
    /// Everything that happens
    #[arg(short, long, global = true, env = "MIGRATE_VERBOSE", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub verbose: bool,
    /// No colours; as NO_COLOR
    #[arg(long, global = true, env = "MIGRATE_NO_COLOR", hide_env_values = true)]
    #[arg(value_parser = clap::builder::FalseyValueParser::new())]
    pub no_color: bool,
}

/// What was typed, and which of it was typed rather than found in the environment.
#[derive(Clone, Debug)]
pub(super) struct Parsed {
    pub global: Global,
    pub verb: Verb,
    typed: Vec<String>,
    /// The same of the verb's own options.
    own: Vec<String>,
    stated: Vec<&'static str>,
}

impl Parsed {
    /// Whether the global option `id` stands on the command line itself.
    pub(super) fn is_typed(&self, id: &str) -> bool {
        self.typed.iter().any(|typed| typed == id)
    }

    /// Whether the verb's own option `id` stands on the command line itself.
    pub(super) fn is_typed_for_verb(&self, id: &str) -> bool {
        self.own.iter().any(|typed| typed == id)
    }

    /// Notes that the global option `id` is what the environment says, typed or not.
    pub(super) fn state(&mut self, id: &'static str) {
        self.stated.push(id);
    }

    /// Whether it is.
    pub(super) fn is_stated(&self, id: &str) -> bool {
        self.stated.contains(&id)
    }
}

/// Reads the command line; what a variable says counts where no flag does.
pub(super) fn parse(args: impl IntoIterator<Item = OsString>, version: &str) -> Result<Parsed, clap::Error> {
    let args: Vec<OsString> = args.into_iter().collect();
    let colour = if args.iter().any(|arg| arg == "--no-color") { clap::ColorChoice::Never } else { clap::ColorChoice::Auto };
    let mut command = without_empty(Cli::command()).version(version.to_owned()).color(colour);
    let matches = command.try_get_matches_from_mut(args)?;
    let Cli { global, up, verb } = Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))?;
    let typed: Vec<String> = typed_in(&matches).collect();
    let up_options = UpArgs::augment_args(clap::Command::new("up"));
    let misplaced = up_options.get_arguments().map(|arg| arg.get_id().as_str()).find(|id| typed.iter().any(|typed| typed == id));
    let verb = match (verb, misplaced) {
        (None, _) => Verb::Up(up),
        (Some(verb), None) => verb,
        (Some(verb), Some(id)) => {
            let flag = id.replace('_', "-");
            let text = format!("`--{flag}` stands before `{name}`; options of a command stand behind it", name = verb.name());
            return Err(command.error(clap::error::ErrorKind::ArgumentConflict, text));
        }
    };
    if global.format == Some(Format::Hcl) && !matches!(verb, Verb::Iam(_)) {
        let text = format!("`{}` has no HCL to print: only `iam` takes `--format hcl`", verb.name());
        return Err(command.error(clap::error::ErrorKind::ArgumentConflict, text));
    }
    if let Some(text) = saved::contradiction(&matches) {
        return Err(command.error(clap::error::ErrorKind::ArgumentConflict, text));
    }
    let own = typed_in(matches.subcommand().map_or(&matches, |(_, own)| own)).collect();
    Ok(Parsed { global, verb, typed, own, stated: Vec::new() })
}

fn typed_in(matches: &ArgMatches) -> impl Iterator<Item = String> {
    let typed = |id: &&clap::Id| matches.value_source(id.as_str()) == Some(ValueSource::CommandLine);
    matches.ids().filter(typed).map(|id| id.as_str().to_owned()).collect::<Vec<_>>().into_iter()
}

/// Variables that are set to nothing count as unset.
fn without_empty(command: clap::Command) -> clap::Command {
    let drop = |arg: clap::Arg| match arg.get_env() {
        Some(name) if environment::is_empty(name) => arg.env(clap::builder::Resettable::Reset),
        _ => arg,
    };
    command.mut_args(drop).mut_subcommands(without_empty)
}

fn duration(text: &str) -> Result<Duration, String> {
    let duration: jiff::SignedDuration =
        text.parse().map_err(|_| "give a number and a unit, such as `90s` or `5m`".to_owned())?;
    Duration::try_from(duration).map_err(|_| "a duration cannot be negative".to_owned())
}
