//! The way in: arguments, runtime, signals, the process's end. It never knows what a verb does.

use std::process::ExitCode;

use super::args::{self, Format, Parsed};
use super::config::{self, Chosen, Found};
use super::environment::{self, Lookup};
use super::exit::Exit;
use super::report::{self, Console, Document, Text, Tone};
use super::session::Session;
use super::{connect, target, verbs};
use crate::error::{Error, ErrorKind};
use crate::migration::SequenceInfo;
use crate::stop::Stop;

/// The one target that a binary knows: `main!(shop, target = aws)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    /// DynamoDB itself, or an endpoint.
    Aws,
    /// The engine inside the binary.
    Embedded,
}

/// What `main!` knows of its binary.
#[derive(Clone, Copy, Debug)]
pub struct Main {
    /// The sequences it runs, in the order they were named.
    pub sequences: &'static [&'static SequenceInfo],
    /// Its only target, if pinned.
    pub pin: Option<Pin>,
    /// The binary's package.
    pub package: &'static str,
    /// The package's version.
    pub version: &'static str,
    /// The folder of the package's manifest when it was built.
    pub manifest_dir: &'static str,
}

/// Runs the command line of a binary.
pub fn main(main: Main) -> ExitCode {
    let version = format!("{} ({}), migrate-core {}", main.version, main.package, env!("CARGO_PKG_VERSION"));
    let args: Vec<_> = std::env::args_os().collect();
    let parsed = match args::parse(args.iter().cloned(), &version) {
        Ok(parsed) => parsed,
        Err(error) => {
            let asks_json = args.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
            let json = asks_json
                || args.iter().any(|arg| arg == "--format=json")
                || environment::process("MIGRATE_FORMAT").as_deref() == Some("json");
            let no_color = args.iter().any(|arg| arg == "--no-color");
            return usage(&error, json, no_color).into();
        }
    };
    let console = Console::new(&parsed.global).typing(&super::session::typed(&parsed));
    let exit = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let exit = runtime.block_on(until_stopped(&main, &parsed, &console));
            // A prompt that nobody answered still waits for its line.
            runtime.shutdown_background();
            exit
        }
        Err(error) => fail(&console, Document::new(parsed.verb.name()), &Error::new(ErrorKind::Service, error)),
    };
    exit.into()
}

/// A command line that makes no sense, or asks for help.
fn usage(error: &clap::Error, json: bool, no_color: bool) -> Exit {
    let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
    let format = Some(if json && exit == Exit::Usage { Format::Json } else { Format::Human });
    let console = Console::new(&args::Global { format, no_color, ..args::Global::default() });
    let text = error.render();
    if exit == Exit::Done {
        console.result(&text.ansi().to_string());
    } else if console.is_human() {
        console.aside(&report::coloured(&text.ansi().to_string()));
    } else {
        // Without what repeats the help.
        let text = text.to_string();
        let ends = ["\n\nUsage:", "\n\nFor more information"];
        let text = ends.iter().fold(text.as_str(), |text, end| text.split(end).next().unwrap_or(text));
        let text = text.trim().trim_start_matches("error: ").to_owned();
        return fail(&console, Document::new("usage"), &Error::new(ErrorKind::Usage, text));
    }
    exit
}

/// Works until it is done. The first signal asks for a stop at the next safe point, the second does not ask.
async fn until_stopped(main: &Main, parsed: &Parsed, console: &Console) -> Exit {
    let stop = Stop::default();
    // A task of its own: a migration that blocks its thread must not make the program deaf.
    tokio::spawn(signals(stop.clone(), console.clone()));
    run(main, parsed, console, &stop).await
}

async fn signals(stop: Stop, console: Console) {
    signal().await;
    stop.request();
    let mut text = Text::new();
    text.line(Tone::Change, "stopping at the next safe point; once more stops at once");
    console.remark(&text);
    signal().await;
    #[expect(clippy::disallowed_methods, reason = "asked twice: whatever is open is as safe as after a crash")]
    std::process::exit(Exit::Interrupted.code().into());
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let listen = |kind| async move {
        match signal(kind) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            // Without a handler the signal does what it always does: the process ends.
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = listen(SignalKind::interrupt()) => {}
        () = listen(SignalKind::terminate()) => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending().await
    }
}

async fn run(main: &Main, parsed: &Parsed, console: &Console, stop: &Stop) -> Exit {
    let mut document = Document::new(parsed.verb.name());
    match work(main, parsed, console, stop, &mut document).await {
        Ok(exit) => {
            // A policy is a document of its own.
            if !console.is_human() && !matches!(&parsed.verb, args::Verb::Iam(_)) {
                console.result(&document.finish(console.format, exit));
            }
            exit
        }
        Err(error) => fail(console, document, &error),
    }
}

fn fail(console: &Console, mut document: Document, error: &Error) -> Exit {
    let exit = Exit::of(error.kind());
    if console.is_human() {
        console.aside(report::error(error).as_str());
    } else {
        document.set("error", report::error_json(error));
        document.verbatim(&report::error(error));
        console.result(&document.finish(console.format, exit));
    }
    exit
}

async fn work(main: &Main, parsed: &Parsed, console: &Console, stop: &Stop, document: &mut Document) -> Result<Exit, Error> {
    let env: Lookup<'_> = &environment::process;
    if let args::Verb::New(new) = &parsed.verb {
        return verbs::new(main, &parsed.global, new, console, document);
    }
    let mut unnamed = None;
    let mut parsed = parsed.clone();
    let environment = match config::choose(&parsed, &environment::folder())? {
        Chosen::Environment(environment) => {
            environment.beneath(&mut parsed)?;
            Some(*environment)
        }
        Chosen::None { file, known } => {
            unnamed = Some((file, known));
            None
        }
        Chosen::NoFile => None,
    };
    let parsed = &parsed;
    // What is there can be read by a binary that declares nothing yet.
    let introspects = matches!(&parsed.verb, args::Verb::Introspect(_));
    let choose = if introspects { Session::undeclared } else { Session::choose };
    let session = choose(main, parsed, environment, console.clone(), stop.clone())?;
    if let args::Verb::Check(args::CheckArgs { offline: true, .. }) = &parsed.verb {
        return session.check_offline(document);
    }
    if let args::Verb::Iam(args) = &parsed.verb {
        return session.iam(args, parsed.global.region.as_deref());
    }
    let binary = target::Binary { pin: main.pin, package: main.package, embedded: cfg!(feature = "embedded") };
    let target = target::decide(&target::Wishes::gather(parsed, env), binary, env)?;
    let environment = session.environment.as_ref();
    if let (Some(environment), target::Target::Embedded(_)) = (environment, &target) {
        environment.verify_embedded()?;
    }
    // What is no address or no file stops here, before anything is shown.
    let asks_account = environment.is_some_and(|environment| environment.account.is_some());
    let how = connect::How { writes: parsed.verb.writes(), asks_account };
    let connection = connect::connect(&target, &parsed.global, how, env).await?;
    let mut first = Text::new();
    // All that `introspect` prints is source.
    let lead = if introspects { "// " } else { "" };
    if let Some(environment) = environment {
        let of = format!("{} ({})", environment.name, environment.file.display());
        first.add(Tone::Strong, format_args!("{lead}environment: ")).line(Tone::Plain, of);
        document.set("environment", serde_json::json!(environment.name));
    }
    first.add(Tone::Strong, format_args!("{lead}target: ")).line(Tone::Plain, &connection.described);
    console.show(&first);
    document.about(&connection.described);
    document.set("target", serde_json::to_value(&connection.described).unwrap_or_default());
    // Nothing was asked of the database yet.
    if let Some(environment) = environment {
        let (account, region) = connection.place();
        let account = account.ok_or(connection.unknown.as_deref().unwrap_or("STS does not say"));
        environment.verify(Found { account, region })?;
    }
    if connection.is_shared
        && let Some((file, known)) = unnamed.filter(|(_, known)| !known.is_empty())
    {
        let mut note = Text::new();
        let text = format!("{} has the environments {}, and none is named (`--env`)", file.display(), known.join(", "));
        note.add(Tone::Change, "note: ").line(Tone::Plain, text);
        console.remark(&note);
    }
    if let args::Verb::Introspect(args) = &parsed.verb {
        return verbs::introspect(args, &session, &connection, document).await;
    }
    session.run(main, &connection, &parsed.verb, env, document).await
}
