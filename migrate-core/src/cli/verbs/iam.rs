//! `iam`: prints a policy, and says what it does not know. Asks no database.

use clap::ValueEnum;

use crate::cli::args::{Format, IamArgs, RoleArg};
use crate::cli::report::{self, Text, Tone};
use crate::iam::{Place, Policy};
use crate::migrator::Migrator;

/// The policy of a sequence.
pub(in crate::cli) fn policy(args: &IamArgs, migrator: &Migrator, place: &Place) -> Policy {
    migrator.policy(args.role.into(), place)
}

/// Its text.
pub(in crate::cli) fn document(args: &IamArgs, policy: &Policy, format: Format) -> String {
    match format {
        Format::Hcl => policy.hcl(&format!("migrate_{}", name(args.role))),
        Format::Markdown => report::comment::document(&policy.json()),
        Format::Human | Format::Json => format!("{}\n", policy.json()),
    }
}

/// What whoever uses it should know.
pub(in crate::cli) fn remarks(policy: &Policy, place: &Place) -> Text {
    let mut text = Text::new();
    let mut note = |what: String| {
        text.add(Tone::Change, "note: ").line(Tone::Plain, what);
    };
    note("what migrations do through `cx.client()` is not in it".to_owned());
    if place.account.is_none() || place.region.is_none() {
        note("an account or a region that is not known is `*`: name the environment (`--env`), or --region".to_owned());
    }
    if let Some(excess) = policy.excess() {
        note(format!(
            "it is {excess} characters too long for a managed policy: split it, or make it an inline policy of the role"
        ));
    }
    text
}

fn name(role: RoleArg) -> String {
    role.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
}
