//! One question to somebody at a terminal; never asked where nobody sits.

use crate::cli::report::{Text, Tone};
use crate::cli::session::Session;
use crate::error::{Error, ErrorKind};

#[derive(Debug, thiserror::Error)]
#[error("not confirmed: nothing was done")]
struct NotConfirmed;

/// Goes on only after a yes.
pub(super) async fn ask(session: &Session, question: &str) -> Result<(), Error> {
    let mut text = Text::new();
    text.add(Tone::Strong, question).plain(" [y/N] ");
    session.console.aside(text.as_str());
    let answer = tokio::task::spawn_blocking(|| {
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).map(|_| answer).unwrap_or_default()
    });
    let answer = tokio::select! {
        answer = answer => answer.unwrap_or_default(),
        () = session.stop.requested() => return session.stop.safe_point(),
    };
    if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Error::new(ErrorKind::ConsentMissing, NotConfirmed).with_help("answer `y`, or give --yes"))
}
