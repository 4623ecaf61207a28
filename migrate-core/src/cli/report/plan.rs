//! A plan in lines, one glyph each; it never knows how it was made.

use super::text::{Text, Tone};
use super::words::count;
use crate::error::ErrorKind;
use crate::plan::{Action, Effect, Plan, PlannedMigration, Refusal};
use crate::schema::{Setting, TableSchema};
use crate::step::Step;

/// What would be done, what stops it, what waits; the last line counts.
pub(in crate::cli) fn plan(plan: &Plan) -> Text {
    let mut text = Text::new();
    if let Some(ahead) = &plan.ahead {
        text.append(&super::up::ahead(ahead));
    }
    for refusal in &plan.refusals {
        refused(&mut text, refusal);
    }
    for part in &plan.records {
        text.line(Tone::Change, format_args!("  ~ record what an earlier run left open: {part}"));
    }
    plan.expand.iter().for_each(|planned| step(&mut text, &planned.step));
    for migration in plan.due() {
        due(&mut text, migration);
    }
    plan.contract.iter().for_each(|planned| step(&mut text, &planned.step));
    for migration in plan.migrations.iter().filter(|migration| migration.action == Action::Wait) {
        let until = if migration.after_deploy { "until the new code is deployed" } else { "for an earlier one or behind --to" };
        text.line(Tone::Faint, format_args!("  … {} waits {until}", migration.migration));
    }
    for later in &plan.later {
        text.line(Tone::Faint, format_args!("  … {}: in another phase", later.step));
    }
    for notice in &plan.notices {
        text.add(Tone::Change, "note: ").lines(Tone::Plain, "      ", &notice.what);
        if let Some(help) = &notice.help {
            text.add(Tone::Hint, "      help: ").lines(Tone::Plain, "            ", help);
        }
    }
    let sum = plan.summary();
    let migrations = count(sum.migrations, "migration", "migrations");
    text.line(
        Tone::Strong,
        format_args!("Plan: {} to create, {} to change, {} to drop, {migrations}.", sum.create, sum.change, sum.drop),
    );
    text
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
    let glyph = if refusal.kind == ErrorKind::NotOwned { '?' } else { '!' };
    text.add(Tone::Bad, format_args!("  {glyph} {}", refusal.what))
        .line(Tone::Faint, format_args!("  [{}]", refusal.kind.code()));
    for difference in &refusal.differences {
        text.line(Tone::Plain, format_args!("      differs: {difference}"));
    }
    for line in &refusal.recipe {
        text.add(Tone::Hint, "      help: ").lines(Tone::Plain, "            ", line);
    }
}

pub(super) fn step(text: &mut Text, step: &Step) {
    let (glyph, tone) = match Effect::of(step) {
        Effect::Create => ('+', Tone::Good),
        Effect::Change => ('~', Tone::Change),
        Effect::Drop => ('-', Tone::Bad),
        Effect::Wait => ('…', Tone::Faint),
    };
    text.line(tone, format_args!("  {glyph} {step}"));
    if let Step::CreateTable { schema } = step {
        details(schema).iter().for_each(|line| {
            text.line(Tone::Faint, format_args!("      {line}"));
        });
    }
}

/// What a new table gets besides its key.
fn details(schema: &TableSchema) -> Vec<String> {
    let global = schema.global_indexes.iter().map(|(name, index)| format!("global index {name} {index}"));
    let local = schema.local_indexes.iter().map(|(name, index)| format!("local index {name} {index}"));
    let mut lines: Vec<String> = global.chain(local).collect();
    let billing = schema.billing.map(|billing| format!("billing {billing}"));
    let stream = match &schema.stream {
        Setting::Set(view) => Some(format!("stream {view}")),
        Setting::Off | Setting::Unmanaged => None,
    };
    let protected = schema.deletion_protection.unwrap_or_default().then(|| "deletion protection".to_owned());
    let settings: Vec<String> = billing.into_iter().chain(stream).chain(protected).collect();
    if !settings.is_empty() {
        lines.push(settings.join(", "));
    }
    lines
}

fn due(text: &mut Text, planned: &PlannedMigration) {
    let PlannedMigration { migration, description, action, .. } = planned;
    text.add(Tone::Hint, format_args!("  > {migration}"));
    match action {
        Action::Run | Action::Wait => {}
        Action::RunAgain => {
            text.add(Tone::Change, " (again: an earlier run began it)");
        }
        Action::Skip => {
            text.add(Tone::Faint, " (only recorded: the database is fresh)");
        }
    }
    if !description.is_empty() {
        text.add(Tone::Faint, format_args!("  {description}"));
    }
    text.end();
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::history::Freshness;
    use crate::migration::{MigrationId, Version};
    use crate::plan::{Ahead, Notice};
    use crate::schema::{KeyElement, PrimaryKey, ScalarType, StreamView, TableName};

    pub(in super::super) fn id(number: u32, name: &str) -> MigrationId {
        MigrationId { version: Version::new(number), name: name.to_owned() }
    }

    pub(in super::super) fn empty() -> Plan {
        Plan {
            sequence: "shop".to_owned(),
            freshness: Freshness::Settled,
            first_run: false,
            records: Vec::new(),
            expand: Vec::new(),
            migrations: Vec::new(),
            contract: Vec::new(),
            later: Vec::new(),
            not_now: Vec::new(),
            unknown: Vec::new(),
            hazards: Vec::new(),
            refusals: Vec::new(),
            notices: Vec::new(),
            ahead: None,
        }
    }

    fn name(name: &'static str) -> TableName {
        TableName::new(name).unwrap()
    }

    pub(in super::super) fn planned(number: u32, name: &str, action: Action) -> PlannedMigration {
        let after_deploy = action == Action::Wait;
        PlannedMigration { migration: id(number, name), description: format!("Does {number}."), action, after_deploy }
    }

    #[test]
    fn every_kind_of_line() {
        let key = PrimaryKey { partition: KeyElement { name: "id".to_owned(), scalar: ScalarType::S }, sort: None };
        let mut orders = TableSchema::new(name("orders"), key).with_creation_defaults();
        orders.stream = Setting::Set(StreamView::KeysOnly);
        let mut not_ours = Refusal::new(ErrorKind::NotOwned, "table `users` is here, but no record says that it is ours");
        not_ours.differences = vec![crate::diff::Change::DeletionProtection { live: false, declared: true }];
        let plan = Plan {
            expand: vec![
                Step::CreateTable { schema: orders },
                Step::EnableTtl { table: name("old"), attribute: "expires".to_owned() },
                Step::AwaitTable { table: name("busy") },
            ],
            migrations: vec![
                planned(1, "load", Action::Run),
                planned(2, "split", Action::RunAgain),
                planned(3, "fix", Action::Skip),
                planned(4, "clean", Action::Wait),
            ],
            contract: vec![Step::DropTable { table: name("gone"), table_id: None }],
            later: vec![Step::DropTable { table: name("later"), table_id: None }],
            refusals: vec![
                Refusal::new(ErrorKind::ImpossibleInPlace, "table `a`: its key differs").help("copy it\nthen drop it"),
                not_ours.help("adopt it"),
            ],
            notices: vec![Notice::new("table `x` is no longer declared", "--drop x")],
            ..empty()
        };
        assert_eq!(
            super::plan(&plan).to_string(),
            "  ! table `a`: its key differs  [M0302]
      help: copy it
            then drop it
  ? table `users` is here, but no record says that it is ours  [M0303]
      differs: deletion protection: off → on
      help: adopt it
  + create table orders (id S)
      billing on_demand, stream keys_only, deletion protection
  ~ switch time to live of old on, by expires
  … wait for table busy and its indexes
  > 0001 load  Does 1.
  > 0002 split (again: an earlier run began it)  Does 2.
  > 0003 fix (only recorded: the database is fresh)  Does 3.
  - drop table gone
  … 0004 clean waits until the new code is deployed
  … drop table later: in another phase
note: table `x` is no longer declared
      help: --drop x
Plan: 1 to create, 1 to change, 1 to drop, 3 migrations.
"
        );
    }

    #[test]
    fn refusals_are_errors_each() {
        let mut not_ours = Refusal::new(ErrorKind::NotOwned, "table `users` is here").help("adopt it");
        not_ours.differences = vec![crate::diff::Change::DeletionProtection { live: false, declared: true }];
        let refusals = vec![Refusal::new(ErrorKind::ImpossibleInPlace, "table `a`: its key differs").help("copy it"), not_ours];
        assert_eq!(
            super::refusals(&Plan { refusals, ..empty() }).to_string(),
            "error[M0302]: table `a`: its key differs
help: copy it
error[M0303]: table `users` is here
  = differs: deletion protection: off → on
help: adopt it
error: refused before the first write: nothing was done
"
        );
    }

    #[test]
    fn the_last_line_counts_one_in_the_singular() {
        let plan = Plan { migrations: vec![planned(1, "load", Action::Run)], ..empty() };
        assert!(super::plan(&plan).to_string().ends_with("Plan: 0 to create, 0 to change, 0 to drop, 1 migration.\n"));
    }

    #[test]
    fn a_newer_database_is_said_loudly() {
        let ahead = Ahead { database: Version::new(9), binary: Some(Version::new(7)) };
        let text = super::plan(&Plan { ahead: Some(ahead), ..empty() }).to_string();
        assert!(text.starts_with("WARNING: the database is ahead"), "{text}");
    }
}
