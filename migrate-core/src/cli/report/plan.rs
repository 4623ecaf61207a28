//! A plan in lines, one glyph each; it never knows how it was made.

use super::lines::{Line, Section, look, sections, total};
use super::pieces::made;
use super::text::{Text, Tone};
use super::words::count;
use crate::error::ErrorKind;
use crate::plan::{Notice, Plan, Refusal};
use crate::step::Step;

/// What would be done, what waits, what stops it; the last line counts.
pub(in crate::cli) fn plan(plan: &Plan) -> Text {
    let mut text = Text::new();
    if let Some(ahead) = &plan.ahead {
        text.append(&super::up::ahead(ahead));
    }
    for Section { title, lines } in sections(plan) {
        text.line(Tone::Strong, title);
        lines.iter().for_each(|line| draw(&mut text, line));
    }
    plan.notices.iter().for_each(|found| notice(&mut text, found));
    if !plan.refusals.is_empty() {
        text.line(Tone::Bad, "refused: `up` would stop before its first write");
        plan.refusals.iter().for_each(|refusal| refused(&mut text, refusal));
    }
    if let Some(total) = plan.estimate().as_ref().and_then(total) {
        text.line(Tone::Plain, total);
    }
    text.line(Tone::Strong, summary(plan));
    text
}

/// The last line.
pub(super) fn summary(plan: &Plan) -> String {
    let sum = plan.summary();
    let migrations = count(sum.migrations, "migration", "migrations");
    let refused = match plan.refusals.len() {
        0 => String::new(),
        refused => format!("; {refused} refused"),
    };
    format!("Plan: {} to create, {} to change, {} to drop, {migrations}{refused}.", sum.create, sum.change, sum.drop)
}

fn draw(text: &mut Text, line: &Line) {
    let Line { glyph, tone, what, mark, aside, notes } = line;
    let mut what = what.iter();
    text.add(*tone, format_args!("  {glyph} {}", what.next().map(String::as_str).unwrap_or_default()));
    if let Some(mark) = mark {
        text.add(Tone::Change, format_args!(" {mark}"));
    }
    if let Some(aside) = aside {
        text.add(Tone::Faint, format_args!("  {aside}"));
    }
    text.end();
    for more in what {
        text.line(Tone::Plain, format_args!("      {more}"));
    }
    for note in notes {
        text.add(Tone::Faint, "      ").lines(Tone::Faint, "      ", note);
    }
}

/// Something worth knowing.
pub(super) fn notice(text: &mut Text, notice: &Notice) {
    text.add(Tone::Change, "note: ").lines(Tone::Plain, "      ", &notice.what);
    if let Some(help) = &notice.help {
        text.add(Tone::Hint, "      help: ").lines(Tone::Plain, "            ", help);
    }
}

/// What stops a run before its first write, each as an error of its own.
pub(in crate::cli) fn refusals(plan: &Plan) -> Text {
    let mut text = Text::new();
    for Refusal { kind, what, differences, recipe, .. } in &plan.refusals {
        text.add(Tone::Bad, format_args!("error[{}]", kind.code())).add(Tone::Strong, ": ");
        text.lines(Tone::Strong, "  | ", what);
        for difference in differences {
            text.add(Tone::Faint, "  = differs: ").lines(Tone::Plain, "    ", difference);
        }
        for line in recipe {
            text.add(Tone::Hint, "help: ").lines(Tone::Plain, "      ", line);
        }
    }
    text.add(Tone::Bad, "error").line(Tone::Strong, ": refused before the first write: nothing was done");
    text
}

fn refused(text: &mut Text, refusal: &Refusal) {
    let glyph = refusal_glyph(refusal.kind);
    text.add(Tone::Bad, format_args!("  {glyph} {}", refusal.what))
        .line(Tone::Faint, format_args!("  [{}]", refusal.kind.code()));
    for difference in &refusal.differences {
        text.line(Tone::Plain, format_args!("      differs: {difference}"));
    }
    for line in &refusal.recipe {
        text.add(Tone::Hint, "      help: ").lines(Tone::Plain, "            ", line);
    }
}

/// Glyph of a refusal: here and not ours, or impossible.
pub(super) const fn refusal_glyph(kind: ErrorKind) -> char {
    if matches!(kind, ErrorKind::NotOwned) { '?' } else { '!' }
}

/// A step by itself, where no heading names its table.
pub(super) fn step(text: &mut Text, step: &Step) {
    let (glyph, tone) = look(step);
    text.line(tone, format_args!("  {glyph} {step}"));
    if let Step::CreateTable { schema } = step {
        made(schema).iter().for_each(|line| {
            text.line(Tone::Faint, format_args!("      {line}"));
        });
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
pub(super) mod tests;
