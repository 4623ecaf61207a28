//! Plays a row on an engine: `up` after each edit, and then all that a user may rely on; it never knows which setting it is.

use crate::case::{Case, Drop, Stage};
use crate::seen;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeValue, Tag};
use migrate_core::migrator::{Options, Outcome, Report};
use migrate_core::plan::Droppable;
use migrate_core::schema::{Hazard, Prefix, TableSchema};
use migrate_core::step::Step;
use migrate_core::{Error, Migrator};
use migrate_tests::engine::TestEngine;
use migrate_tests::model::{Injection, Model};
use migrate_tests::scenario::{index_name, sequence, table_name, words};
use migrate_tests::seam::Recorder;
use std::time::Duration;

/// No `up` may take longer, so that nothing polls for ever.
const LIMIT: Duration = Duration::from_secs(120);
const HOUR: Duration = Duration::from_secs(3600);

/// What became of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// The live table shows it.
    Proved,
    /// It was so already.
    NothingToDo,
    /// The report says that the engine cannot, and why.
    Unheld(String),
    /// What must never be.
    Wrong(String),
}

/// An engine, and the model where it is one: that has every capability, and a clock.
#[derive(Clone)]
pub struct Stand {
    pub engine: TestEngine,
    pub model: Option<Model>,
    /// What the model refuses anew in each run.
    pub faults: Vec<Injection>,
    /// What hears the calls of each `up`.
    pub heard_by: Option<Recorder>,
}

impl Stand {
    pub fn of_model(model: &Model) -> Self {
        Self { engine: TestEngine::over("model", model.client()), model: Some(model.clone()), faults: Vec::new(), heard_by: None }
    }

    pub fn migrator(&self, client: Client, tables: impl IntoIterator<Item = TableSchema>) -> Migrator {
        let prefix = Prefix::new(self.engine.prefix()).expect("a prefix");
        let builder = Migrator::builder(sequence(tables, []), client).prefix(prefix).beat_on_callers_runtime();
        let builder = if self.model.is_some() { builder } else { builder.local_engine() };
        builder.build().expect("a migrator")
    }

    /// Runs `up`, whose errors the caller looks at.
    pub async fn up(&self, tables: impl IntoIterator<Item = TableSchema>, options: Options) -> Result<Report, Error> {
        if let Some(model) = &self.model {
            model.quirk(|quirks| quirks.injections.clone_from(&self.faults));
        }
        let client = self.engine.client();
        let client = self.heard_by.as_ref().map_or_else(|| client.clone(), |recorder| recorder.attach(&client));
        self.migrator(client, tables).up(options).await
    }

    /// Runs `up`, which ends well and in time, or is wrong.
    async fn up_in_time(&self, tables: Vec<TableSchema>, options: Options) -> Result<Report, String> {
        match tokio::time::timeout(LIMIT, self.up(tables.clone(), options.clone())).await {
            Ok(ended) => ended.map_err(|error| format!("{error:?}")),
            Err(_) => {
                let plan = self.migrator(self.engine.client(), tables).plan(options).await;
                let left = plan.map(|plan| plan.expand.iter().map(|it| it.step.to_string()).collect::<Vec<_>>());
                Err(format!("`up` does not end: {left:?}"))
            }
        }
    }

    /// Time passes where it can be made to.
    pub fn wait(&self, by: Duration) {
        if let Some(model) = &self.model {
            model.clock().advance(by);
        }
    }
}

/// Plays all stages of a row, the first of them with the table's making if that is wanted.
pub async fn play(stand: &Stand, case: &Case, at_creation: bool) -> Vec<(&'static str, Held)> {
    let mut declared = case.base.clone();
    let mut held = Vec::new();
    let at_creation = at_creation && case.stages[0].drop.is_none();
    let skip = usize::from(at_creation);
    if at_creation {
        (case.stages[0].declare)(&mut declared);
    }
    let made = stand.up_in_time(vec![declared.clone()], Options::default()).await;
    prepare(stand, case).await;
    stand.wait(31 * 24 * HOUR);
    let told = match made {
        Err(error) => Held::Wrong(format!("the table was not made: {error}")),
        Ok(report) if at_creation => after(stand, &case.stages[0], &declared, &report).await,
        Ok(_) => Held::NothingToDo,
    };
    if at_creation || matches!(told, Held::Wrong(_)) {
        held.push((case.stages[0].word, told));
    }
    for stage in &case.stages[skip..] {
        (stage.declare)(&mut declared);
        held.push((stage.word, play_stage(stand, stage, &mut declared).await));
        // Limits by the day and by the month are tested elsewhere.
        stand.wait(31 * 24 * HOUR);
    }
    held
}

/// Somebody else's tag, where the engine has tags, and an item, where the row wants one.
async fn prepare(stand: &Stand, case: &Case) {
    let (client, table) = (stand.engine.client(), stand.engine.table("customers"));
    if let Some(model) = &stand.model {
        let theirs = ("theirs".to_owned(), "as it was".to_owned());
        model.edit(|state| state.tables.get_mut(&table).into_iter().for_each(|table| table.tags.extend([theirs.clone()])));
    }
    let described = client.describe_table().table_name(&table).send().await.ok().and_then(|answer| answer.table);
    if let Some(arn) = described.and_then(|table| table.table_arn).filter(|_| stand.model.is_none()) {
        let tag = Tag::builder().key("theirs").value("as it was").build().expect("a tag");
        drop(client.tag_resource().resource_arn(arn).tags(tag).send().await);
    }
    if case.items {
        let put = client.put_item().table_name(table).item("id", AttributeValue::S("1".to_owned()));
        let past = AttributeValue::N("1".to_owned());
        put.item("expires", past.clone()).item("until", past).send().await.expect("a put");
    }
}

async fn play_stage(stand: &Stand, stage: &Stage, declared: &mut TableSchema) -> Held {
    let mut options = Options::default();
    let name = table_name(&stand.engine.table("customers"));
    let tables: Vec<TableSchema> = match stage.drop {
        Some(Drop::Table) => {
            options.consent.insert(Droppable::Table(name));
            vec![declared.clone().named(table_name("others"))]
        }
        Some(Drop::Index(index)) => {
            options.consent.insert(Droppable::Index(name, index_name(index)));
            vec![declared.clone()]
        }
        None => vec![declared.clone()],
    };
    if let Some(hazard) = stage.hazard {
        match refused_without(stand, &tables, hazard).await {
            Err(wrong) => return Held::Wrong(wrong),
            // Nothing is at stake where nothing was held before.
            Ok(()) => options.accept.extend([(table_name(&stand.engine.table("customers")), hazard)]),
        }
    }
    let mut report = None;
    for run in 1..=stage.runs {
        let last = run == stage.runs;
        let now = match stand.up_in_time(tables.clone(), options.clone()).await {
            Ok(report) => report,
            Err(error) => return Held::Wrong(error),
        };
        if stand.model.is_some() && now.not_now.is_empty() != last {
            return Held::Wrong(format!("run {run} of {}: not now: {:?}", stage.runs, now.not_now));
        }
        stand.wait(HOUR);
        report = Some(now);
    }
    let report = report.expect("a run");
    match stage.drop {
        Some(Drop::Table) => facts(stand, stage, false).await.err().map_or(Held::Proved, Held::Wrong),
        Some(Drop::Index(_)) | None => after(stand, stage, declared, &report).await,
    }
}

/// Without the hazard's name nothing is written.
async fn refused_without(stand: &Stand, tables: &[TableSchema], hazard: Hazard) -> Result<(), String> {
    let recorder = Recorder::of(&stand.engine.client());
    let migrator = stand.migrator(recorder.attach(&stand.engine.client()), tables.to_vec());
    let plan = migrator.plan(Options::default()).await.map_err(|error| format!("{error:?}"))?;
    if plan.refusals.is_empty() {
        // An engine that does not show the setting has nothing to lose.
        return if stand.model.is_some() { Err(format!("{hazard} is not asked for")) } else { Ok(()) };
    }
    let error = migrator.up(Options::default()).await.err().ok_or_else(|| format!("done without {hazard}"))?;
    if !format!("{error:?} {:?}", plan.refusals).contains(hazard.code()) {
        return Err(format!("refused without a word of {hazard}: {error:?}"));
    }
    let writes = recorder.writes();
    if writes.is_empty() { Ok(()) } else { Err(format!("refused only after {writes:?}")) }
}

/// All that holds after an `up` that ended well.
async fn after(stand: &Stand, stage: &Stage, declared: &TableSchema, report: &Report) -> Held {
    if !report.unsupported.is_empty() {
        let reasons = report.unsupported.iter().map(|(step, reason)| format!("{step}: {reason}"));
        return Held::Unheld(reasons.collect::<Vec<_>>().join("; "));
    }
    let checks = async {
        // Of what the engine cannot tell nothing was done, and nothing is claimed.
        facts(stand, stage, report.outcome == Outcome::NothingToDo && stand.model.is_none()).await?;
        recorded(stand, declared, &report.steps).await?;
        again(stand, declared).await
    };
    match checks.await {
        Err(wrong) => Held::Wrong(wrong),
        Ok(()) if report.outcome == Outcome::NothingToDo => Held::NothingToDo,
        Ok(()) => Held::Proved,
    }
}

/// The live table is as the row says.
async fn facts(stand: &Stand, stage: &Stage, unread: bool) -> Result<(), String> {
    let seen = seen::facts(&stand.engine.client(), &stand.engine.table("customers"), stage.shows).await;
    let wrong: Vec<String> = stage
        .shows
        .iter()
        .zip(&seen)
        .filter(|((_, wanted), (_, seen))| wanted != seen && !(unread && seen.starts_with(seen::UNREAD)))
        .map(|((fact, wanted), (_, seen))| format!("{fact} is {seen} instead of {wanted}"))
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(wrong.join("; ")) }
}

/// Every change is begun and done in the history.
async fn recorded(stand: &Stand, declared: &TableSchema, steps: &[Step]) -> Result<(), String> {
    let history = stand.migrator(stand.engine.client(), [declared.clone()]).history().await;
    let history = words(&history.map_err(|error| format!("{error:?}"))?);
    for step in steps.iter().filter(|step| !matches!(step, Step::CreateTable { .. } | Step::AwaitTable { .. })) {
        for word in ["begun", "done"] {
            if !history.contains(&format!("{word}: {step}")) {
                return Err(format!("the history has no «{word}: {step}»: {history:#?}"));
            }
        }
    }
    Ok(())
}

/// A second run finds nothing to do, and writes nothing.
async fn again(stand: &Stand, declared: &TableSchema) -> Result<(), String> {
    let recorder = Recorder::of(&stand.engine.client());
    let migrator = stand.migrator(recorder.attach(&stand.engine.client()), [declared.clone()]);
    let report = migrator.up(Options::default()).await.map_err(|error| format!("the second run: {error:?}"))?;
    let writes: Vec<String> = recorder.writes().into_iter().map(|call| call.operation).collect();
    if report.outcome == Outcome::NothingToDo && writes.is_empty() {
        return Ok(());
    }
    Err(format!("a second run is not idle: {:?}, {:?}, {writes:?}", report.outcome, report.steps))
}
