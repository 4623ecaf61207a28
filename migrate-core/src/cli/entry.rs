//! The way in: arguments, runtime, signals, the process's end. It never knows what a verb does.

use std::process::ExitCode;

use super::args::{self, Format, Parsed};
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
    let console = Console::new(&parsed.global);
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
        console.aside(&text.ansi().to_string());
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
            if !console.is_human() {
                console.result(&document.finish(exit));
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
        console.result(&document.finish(exit));
    }
    exit
}

async fn work(main: &Main, parsed: &Parsed, console: &Console, stop: &Stop, document: &mut Document) -> Result<Exit, Error> {
    let env: Lookup<'_> = &environment::process;
    if let args::Verb::New(new) = &parsed.verb {
        return verbs::new(main, &parsed.global, new, console, document);
    }
    // What is there can be read by a binary that declares nothing yet.
    let introspects = matches!(&parsed.verb, args::Verb::Introspect(_));
    let session = if introspects { None } else { Some(Session::choose(main, parsed, console.clone(), stop.clone())?) };
    if let (Some(session), args::Verb::Check(args::CheckArgs { offline: true, .. })) = (&session, &parsed.verb) {
        return session.check_offline(document);
    }
    let binary = target::Binary { pin: main.pin, package: main.package, embedded: cfg!(feature = "embedded") };
    let target = target::decide(&target::Wishes::gather(parsed, env), binary, env)?;
    // What is no address or no file stops here, before anything is shown.
    let connection = connect::connect(&target, &parsed.global, parsed.verb.writes(), env).await?;
    let mut first = Text::new();
    // All that `introspect` prints is source.
    first.add(Tone::Strong, if introspects { "// target: " } else { "target: " }).line(Tone::Plain, &connection.described);
    console.show(&first);
    document.set("target", serde_json::to_value(&connection.described).unwrap_or_default());
    match (&session, &parsed.verb) {
        (None, args::Verb::Introspect(args)) => {
            let work = verbs::introspect(args, &parsed.global, &connection, console, document);
            tokio::select! {
                done = work => done,
                () = stop.requested() => stop.safe_point().map(|()| Exit::Interrupted),
            }
        }
        (Some(session), verb) => session.run(main, &connection, verb, env, document).await,
        (None, _) => Ok(Exit::Done),
    }
}
