//! The rows on the model of DynamoDB, which has every capability: all is proved, and no call is one that a careful client would not send.

use crate::case::plain;
use crate::cases;
use crate::play::{Held, Stand, play};
use migrate_core::ErrorKind;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::schema::{Aspect, Hazard, Setting, StreamView, TableSchema};
use migrate_tests::model::{Model, Policy, Quirks};
use migrate_tests::seam::{Recorder, Verdict};

/// Every row under these circumstances, with what is wrong.
pub async fn all_rows(quirks: &Quirks, at_creation: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    for case in cases::all() {
        let model = Model::with(quirks.clone());
        let stand = Stand { faults: quirks.injections.clone(), ..Stand::of_model(&model) };
        for (word, held) in play(&stand, &case, at_creation).await {
            let idle = case.stages.iter().any(|stage| stage.word == word && stage.idle);
            let wanted = if idle { Held::NothingToDo } else { Held::Proved };
            if held != wanted {
                wrong.push(format!("{}, {word}: {held:?}", case.name));
            }
        }
        // Tags are eventually consistent: nobody can know that those of a new table are there already.
        let late = |violation: &String| quirks.lag.is_empty() || !violation.starts_with("TagResource");
        wrong.extend(model.violations().into_iter().filter(late).map(|violation| format!("{}: {violation}", case.name)));
    }
    wrong
}

#[tokio::test(start_paused = true)]
async fn each_setting_is_set_changed_and_switched_off() {
    let wrong = all_rows(&Quirks::default(), false).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(start_paused = true)]
async fn each_setting_may_come_with_the_table_itself() {
    let wrong = all_rows(&Quirks::default(), true).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What somebody else does between the look and the call is seen: the run stops, and the next one goes on from there.
#[tokio::test(start_paused = true)]
async fn a_policy_that_somebody_else_changes_meanwhile_is_not_overwritten_unseen() {
    let model = Model::new();
    let stand = Stand::of_model(&model);
    let table = stand.engine.table("customers");
    let with = |action| TableSchema { resource_policy: cases::policy(action), ..plain() };
    stand.up([with("GetItem")], Options::default()).await.unwrap();

    let (meddler, name) = (model.clone(), table.clone());
    let recorder = Recorder::of(&stand.engine.client()).failing(move |call| {
        if call.operation == "PutResourcePolicy" {
            let theirs = r#"{"Version":"2012-10-17","Statement":[{"Action":"dynamodb:Scan"}]}"#.to_owned();
            let theirs = Policy { text: theirs, revision: "theirs".to_owned() };
            meddler.edit(|state| state.tables.get_mut(&name).unwrap().policy = Some(theirs));
        }
        Verdict::Pass
    });
    let meanwhile = stand.migrator(recorder.attach(&stand.engine.client()), [with("Query")]);
    let error = meanwhile.up(Options::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::StalePlan, "{error:?}");
    assert_eq!(model.table(&table)["policy"]["RevisionId"], "theirs");

    let report = stand.up([with("Query")], Options::default()).await.unwrap();
    assert_eq!(report.outcome, Outcome::Done);
    assert!(model.table(&table)["policy"]["Policy"].as_str().unwrap().contains("dynamodb:Query"));
    assert!(model.violations().is_empty(), "{:?}", model.violations());
}

/// A stream feeds the replicas: with them it goes, and without a word of them it is refused.
#[tokio::test(start_paused = true)]
async fn a_stream_is_switched_off_only_after_the_replicas_that_it_feeds() {
    let model = Model::new();
    let stand = Stand::of_model(&model);
    let global = |stream, replicas| {
        let mut table = TableSchema { stream, replicas, ..plain() };
        table.handling.accept.extend([Hazard::StreamOff, Hazard::ReplicaRemoved]);
        table
    };
    let on = Setting::Set(StreamView::NewAndOldImages);
    stand.up([global(on, Setting::Set(["eu-west-1".to_owned()].into()))], Options::default()).await.unwrap();
    model.forget();
    let error = stand.up([global(Setting::Off, Setting::Unmanaged)], Options::default()).await.unwrap_err();
    assert_eq!((error.kind(), model.changes()), (ErrorKind::ImpossibleInPlace, Vec::new()), "{error:?}");

    let report = stand.up([global(Setting::Off, Setting::Off)], Options::default()).await.unwrap();
    let order: Vec<_> = report.steps.iter().filter_map(migrate_core::step::Step::aspect).collect();
    assert_eq!((report.outcome, order), (Outcome::Done, vec![Aspect::Replicas, Aspect::Stream]));
    assert!(model.violations().is_empty(), "{:?}", model.violations());
}
