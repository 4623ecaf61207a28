//! One question to somebody at a terminal; never asked where nobody sits. Knows no plan.

use crate::cli::report::{Text, Tone};
use crate::cli::session::Session;
use crate::error::{Error, ErrorKind};

#[derive(Debug, thiserror::Error)]
#[error("not confirmed: nothing was done")]
struct NotConfirmed;

#[derive(Debug, thiserror::Error)]
#[error("data would be taken back, and nobody sits here who can be asked")]
struct Unwanted;

#[derive(Debug, thiserror::Error)]
#[error("environment `{0}` wants a confirmation, and nobody sits here who can be asked")]
struct Unasked(String);

/// Whether and how somebody is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Asking {
    /// Nobody is.
    Not,
    /// For a yes.
    Yes,
    /// For the environment's name, which its gate wants.
    Name(String),
    /// Somebody must be, and nobody sits here nor was `--yes` given.
    Missing(String),
    /// The same without a gate, where data is at stake.
    Nobody,
}

impl Asking {
    /// `usually`: whether one would be asked without a gate.
    pub(super) fn of(session: &Session, usually: bool, yes: bool) -> Self {
        let gate = session.environment.as_ref().filter(|environment| environment.gates.confirm);
        match (gate, session.console.can_ask) {
            (Some(environment), true) => Self::Name(environment.name.clone()),
            (Some(environment), false) if !yes => Self::Missing(environment.name.clone()),
            (Some(_), false) => Self::Not,
            (None, can_ask) => {
                if usually && can_ask && !yes {
                    Self::Yes
                } else {
                    Self::Not
                }
            }
        }
    }

    /// Of what is never done unasked where others work too: without a terminal it takes `--yes`.
    pub(super) fn of_taking_back(session: &Session, is_shared: bool, yes: bool) -> Self {
        match Self::of(session, is_shared, yes) {
            Self::Not if is_shared && !yes => Self::Nobody,
            asking => asking,
        }
    }

    /// Shows what would be done, and goes on only if it may be.
    pub(super) async fn show_and_ask(self, session: &Session, text: &Text, question: &str) -> Result<(), Error> {
        match self {
            Self::Not => session.console.remark_result(text),
            // Whoever is asked must see it, whatever the format and -q.
            Self::Yes | Self::Name(_) => {
                session.console.aside(text.as_str());
                let name = if let Self::Name(name) = self { Some(name) } else { None };
                ask(session, question, name.as_deref()).await?;
            }
            Self::Missing(name) => {
                session.console.remark_result(text);
                return Err(Error::new(ErrorKind::ConsentMissing, Unasked(name)).with_help("give --yes, or run it at a terminal"));
            }
            Self::Nobody => {
                session.console.remark_result(text);
                return Err(Error::new(ErrorKind::ConsentMissing, Unwanted).with_help("give --yes, or run it at a terminal"));
            }
        }
        Ok(())
    }
}

/// Goes on only after a yes, or after the name.
async fn ask(session: &Session, question: &str, name: Option<&str>) -> Result<(), Error> {
    let mut text = Text::new();
    text.add(Tone::Strong, question);
    match name {
        Some(name) => text.plain(format_args!(" Type `{name}`: ")),
        None => text.plain(" [y/N] "),
    };
    session.console.aside(text.as_str());
    let answer = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map(|_| answer).unwrap_or_default()
    });
    let answer = tokio::select! {
        answer = answer => answer.unwrap_or_default(),
        () = session.stop.requested() => return session.stop.safe_point(),
    };
    let answer = answer.trim();
    let (confirmed, help) = match name {
        Some(name) => (answer == name, "type the environment's name, which its gate `confirm` wants"),
        None => (matches!(answer.to_ascii_lowercase().as_str(), "y" | "yes"), "answer `y`, or give --yes"),
    };
    if confirmed { Ok(()) } else { Err(Error::new(ErrorKind::ConsentMissing, NotConfirmed).with_help(help)) }
}
