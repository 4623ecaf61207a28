//! What happens while `up` works: on a terminal one living line, elsewhere plain lines, not more than one in ten seconds for what goes on.
//! It never knows what will happen next.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::console::{Console, Level};
use super::control::sayings;
use super::pass::passing;
use super::text::{Text, Tone};
use super::wait::waited_for;
use super::words::{counts, duration, run, time};
use crate::event::Event;

/// How often what goes on is said where no line can be drawn anew.
const EVERY: Duration = Duration::from_secs(10);

/// What a sentence is to those who follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    /// Something begins, and goes on until the next `End`.
    Begin,
    /// It goes on.
    On,
    /// It ended.
    End,
    /// By the way, and worth knowing.
    Remark,
    /// Only for those who want to know everything.
    Detail,
}

/// Follows events.
#[derive(Clone)]
pub(in crate::cli) struct Progress {
    console: Console,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    bar: Option<ProgressBar>,
    said: Option<Instant>,
}

impl Progress {
    pub(in crate::cli) fn new(console: &Console) -> Self {
        Self { console: console.clone(), state: Arc::default() }
    }

    /// Shows an event.
    pub(in crate::cli) fn say(&self, event: &Event) {
        let console = &self.console;
        if console.level == Level::Quiet || !console.is_human() {
            return;
        }
        let (sort, tone, text) = sentence(event);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let is_drawn = console.is_terminal && console.level != Level::Verbose;
        match sort {
            Sort::Begin if is_drawn => {
                state.clear();
                state.bar = Some(bar(text));
            }
            Sort::On if is_drawn => match &state.bar {
                Some(bar) => bar.set_message(clean(text)),
                None => state.bar = Some(bar(text)),
            },
            Sort::On if console.level != Level::Verbose && state.said.is_some_and(|said| said.elapsed() < EVERY) => {}
            Sort::Detail if console.level != Level::Verbose => {}
            Sort::Begin | Sort::On | Sort::End | Sort::Remark | Sort::Detail => {
                if sort == Sort::End {
                    state.clear();
                }
                state.said = Some(Instant::now());
                let mut line = Text::new();
                line.line(tone, text);
                match &state.bar {
                    Some(bar) => bar.suspend(|| console.aside(line.as_str())),
                    None => console.aside(line.as_str()),
                }
            }
        }
    }

    /// Takes the living line away.
    pub(in crate::cli) fn finish(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

impl State {
    fn clear(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

fn bar(text: String) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.set_message(clean(text));
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn clean(text: String) -> String {
    let mut clean = Text::new();
    clean.plain(text);
    clean.to_string()
}

fn sentence(event: &Event) -> (Sort, Tone, String) {
    match event {
        Event::WaitingForLock { lock } => {
            let text =
                format!("waiting for the lock: {} holds it since {}, doing: {}", run(&lock.holder), time(lock.since), lock.doing);
            (Sort::Remark, Tone::Change, text)
        }
        Event::WaitingForTable { table, lock } => {
            let (who, since) = (run(&lock.holder), time(lock.since));
            let text = format!("waiting for table {table}: {who} holds its lock since {since}, doing: {}", lock.doing);
            (Sort::Remark, Tone::Change, text)
        }
        Event::TableTaken { table, epoch, over_from: None } => {
            (Sort::Detail, Tone::Faint, format!("took the lock of table {table}, epoch {epoch}"))
        }
        Event::TableTaken { table, epoch, over_from: Some(lock) } => {
            let who = run(&lock.holder);
            let text = format!(
                "took the lock of table {table} over, epoch {epoch}: {who} stood still for its whole lease, doing: {}",
                lock.doing
            );
            (Sort::Remark, Tone::Change, text)
        }
        Event::LockTaken { epoch, over_from: None } => (Sort::Detail, Tone::Faint, format!("took the lock, epoch {epoch}")),
        Event::LockTaken { epoch, over_from: Some(lock) } => {
            let text = format!(
                "took the lock over, epoch {epoch}: {} stood still for its whole lease, doing: {}",
                run(&lock.holder),
                lock.doing
            );
            (Sort::Remark, Tone::Change, text)
        }
        Event::CreatingManagementTable { table } => {
            (Sort::Remark, Tone::Faint, format!("creating table {table}, which keeps the history"))
        }
        Event::StepStarted { step } => (Sort::Begin, Tone::Faint, step.to_string()),
        Event::StepWaiting { step, elapsed, status } => {
            (Sort::On, Tone::Faint, format!("{step}: DynamoDB says {status}, since {}", duration(*elapsed)))
        }
        Event::StepDone { step, elapsed } => (Sort::End, Tone::Good, format!("✓ {step}, {}", duration(*elapsed))),
        Event::StepUnsupported { step, reason } => (Sort::End, Tone::Change, format!("this engine cannot «{step}»: {reason}")),
        Event::MigrationStarted { migration, again } => {
            let again = if *again { ", again" } else { "" };
            (Sort::Begin, Tone::Faint, format!("migration {migration}{again}"))
        }
        Event::MigrationProgress { migration, counts: done, pass } => {
            (Sort::On, Tone::Faint, format!("migration {migration}: {}", passing(pass, done)))
        }
        Event::MigrationNote { migration, text } => (Sort::Remark, Tone::Plain, format!("migration {migration}: {text}")),
        Event::MigrationApplied { migration, counts: done, elapsed } => {
            (Sort::End, Tone::Good, format!("✓ migration {migration}: {}, {}", counts(done), duration(*elapsed)))
        }
        Event::MigrationFailed { migration, error } => (Sort::End, Tone::Bad, format!("✗ migration {migration}: {error}")),
        Event::MigrationSkipped { migration } => {
            (Sort::Detail, Tone::Faint, format!("migration {migration} only recorded: the database is fresh"))
        }
        Event::RollbackStarted { migration, again } => {
            let again = if *again { ", again" } else { "" };
            (Sort::Begin, Tone::Faint, format!("rolling back migration {migration}{again}"))
        }
        Event::RolledBack { migration, counts: done, elapsed } => {
            let (done, time) = (counts(done), duration(*elapsed));
            (Sort::End, Tone::Good, format!("✓ rolled back migration {migration}: {done}, {time}"))
        }
        Event::RollbackFailed { migration, error } => {
            (Sort::End, Tone::Bad, format!("✗ rolling back migration {migration}: {error}"))
        }
        Event::Waiting { under_way, elapsed } => {
            (Sort::On, Tone::Faint, format!("waiting for {}, since {}", waited_for(under_way), duration(*elapsed)))
        }
        Event::InForce { said } => (Sort::Remark, Tone::Change, sayings(said).join("; ")),
        Event::Verifying => (Sort::Detail, Tone::Faint, "reading everything back".to_owned()),
        Event::LockReleased => (Sort::Detail, Tone::Faint, "gave the lock back".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::pass::tests::pass;
    use super::super::plan::tests::id;
    use super::*;
    use crate::history::Counts;

    #[test]
    fn sentences_say_what_and_how_much() {
        let counts = Counts { scanned: 1_200, changed: 7, ..Counts::default() };
        let going = sentence(&Event::MigrationProgress { migration: id(2, "split"), counts, pass: pass() });
        let text = "migration 0002 split: orders 1,200/~4,800, 300 items/s, 7 changed, about 1 min left";
        assert_eq!(going, (Sort::On, Tone::Faint, text.to_owned()));
        let again = sentence(&Event::MigrationStarted { migration: id(2, "split"), again: true });
        assert_eq!(again.2, "migration 0002 split, again");
        assert_eq!(sentence(&Event::LockReleased).0, Sort::Detail);
    }
}
