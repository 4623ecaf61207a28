//! The policy that `iam` prints, held against what is really asked: no call that it does not allow, no action that nothing asks for.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use migrate_core::iam::{Action, Place, Policy, Role};
use migrate_core::migration::Version;
use migrate_core::migrator::{DryRun, Options, RollbackOptions};
use migrate_core::plan::Resolution;
use migrate_core::registry::Sequence;
use migrate_core::schema::{KeyElement, PrimaryKey, ScalarType, TableSchema};
use migrate_core::{Failure, Table};
use migrate_tests::engine::TestEngine;
use migrate_tests::model::{Model, Quirks};
use migrate_tests::scenario::{Customers, customers, migration, migrator, put_customer, rollback, sequence, table_name};
use migrate_tests::seam::{Call, Recorder, Verdict};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::case::Drop;
use crate::cases;
use crate::play::{Stand, play};

/// What only `migrate_core::testing` asks, and what DynamoDB asks of the caller on its own behalf: no request of a run bears its name.
const NOT_OF_A_RUN: [Action; 15] = [
    Action::ListTables,
    Action::CreateTableReplica,
    Action::DeleteTableReplica,
    Action::BatchWriteItem,
    Action::DescribeStream,
    Action::DescribeStreamSummary,
    Action::PutRecords,
    Action::ListStreams,
    Action::CreateGrant,
    Action::DescribeKey,
    Action::Decrypt,
    Action::Encrypt,
    Action::ReEncrypt,
    Action::GenerateDataKey,
    Action::CreateServiceLinkedRole,
];

type Asked = (String, String);

/// What IAM is asked for a call: actions, each with its resource.
fn asked(call: &Call) -> Vec<Asked> {
    let body = call.json();
    let of = |action: &str, resource: &str| {
        let arn = if resource.starts_with("arn:") {
            resource.to_owned()
        } else {
            format!("arn:aws:dynamodb:eu-central-1:123456789012:table/{resource}")
        };
        (format!("dynamodb:{action}"), arn)
    };
    let table = ["TableName", "ResourceArn", "BackupArn"].iter().find_map(|key| body[key].as_str());
    match (call.operation.as_str(), table) {
        ("TransactWriteItems", _) => {
            let parts = body["TransactItems"].as_array().expect("items").iter().filter_map(Value::as_object).flatten();
            let action =
                |part: &str| if part == "ConditionCheck" { "ConditionCheckItem".to_owned() } else { format!("{part}Item") };
            parts.map(|(part, item)| of(&action(part), item["TableName"].as_str().expect("a table"))).collect()
        }
        ("BatchExecuteStatement", _) => {
            let statements = body["Statements"].as_array().expect("statements").iter();
            let action = |text: &str| {
                let action = match text.split_whitespace().next() {
                    Some("INSERT") => "PartiQLInsert",
                    Some("UPDATE") => "PartiQLUpdate",
                    Some("DELETE") => "PartiQLDelete",
                    word => panic!("{word:?}"),
                };
                of(action, text.split('"').nth(1).expect("a table"))
            };
            statements.map(|statement| action(statement["Statement"].as_str().expect("a text"))).collect()
        }
        // It has no resource.
        ("ListBackups", _) => vec![("dynamodb:ListBackups".to_owned(), "*".to_owned())],
        (operation, Some(table)) => match body["IndexName"].as_str() {
            Some(index) => vec![of(operation, &format!("{table}/index/{index}"))],
            None => vec![of(operation, table)],
        },
        (operation, None) => panic!("{operation} of no table: {body}"),
    }
}

/// Whether a policy allows it: a small part of what IAM does, over the document that is printed.
fn allows(policy: &Value, (action, resource): &Asked) -> bool {
    let statements = policy["Statement"].as_array().expect("statements");
    let texts = |statement: &Value, key: &str| -> Vec<String> {
        statement[key].as_array().expect("a list").iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
    };
    statements.iter().any(|statement| {
        texts(statement, "Action").contains(action)
            && texts(statement, "Resource").iter().any(|pattern| matches(pattern, resource))
    })
}

/// `*` is any text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text
            .strip_prefix(before)
            .is_some_and(|rest| rest.char_indices().map(|(at, _)| at).chain([rest.len()]).any(|at| matches(after, &rest[at..]))),
    }
}

/// Everything that was asked and is not allowed; and what was asked is noted.
fn beyond(policy: &Policy, calls: &[Call], used: &mut BTreeSet<String>) -> Vec<Asked> {
    let policy: Value = serde_json::from_str(&policy.json()).expect("a document");
    let all: Vec<Asked> = calls.iter().flat_map(asked).collect();
    used.extend(all.iter().map(|(action, _)| action.clone()));
    all.into_iter().filter(|asked| !allows(&policy, asked)).collect()
}

/// Every row of the settings' table, with the policy of what it declares.
async fn settings(used: &mut BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for at_creation in [false, true] {
        for case in cases::all() {
            let model = Model::with(Quirks::default());
            let recorder = Recorder::of(&model.client());
            let stand = Stand { heard_by: Some(recorder.clone()), ..Stand::of_model(&model) };
            let mut declared = vec![case.base.clone()];
            for stage in &case.stages {
                let mut next = declared.last().expect("a declaration").clone();
                (stage.declare)(&mut next);
                declared.push(next);
                if matches!(stage.drop, Some(Drop::Table)) {
                    declared.push(declared.last().expect("a declaration").clone().named(table_name("others")));
                }
            }
            play(&stand, &case, at_creation).await;
            let policies = declared
                .into_iter()
                .map(|table| stand.migrator(stand.engine.client(), [table]).policy(Role::Drop, &Place::default()));
            let policy = policies.fold(Policy::default(), Policy::and);
            wrong.extend(beyond(&policy, &recorder.calls(), used).into_iter().map(|asked| format!("{}: {asked:?}", case.name)));
        }
    }
    wrong
}

#[derive(Serialize, Deserialize)]
struct Email {
    email: String,
}

#[derive(Deserialize)]
struct Customer {
    id: String,
    email: String,
}

/// A customer by another key.
#[derive(Serialize, Deserialize)]
struct Account {
    name: String,
}

impl Table for Account {
    fn schema() -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("name", ScalarType::S), sort: None };
        TableSchema::new(table_name("accounts"), key)
    }
}

/// Items are changed, copied, deleted and put aside.
fn verbs() -> Sequence {
    let all = migration(1, "all", |cx| {
        Box::pin(async move {
            let emails = || cx.table::<Customers>().of::<Email>();
            emails()
                .dead_letter()
                .allow_failures(1)
                .try_update(|item| match item.email.as_str() {
                    "bad" => Err(Failure::msg("it is bad")),
                    email => {
                        item.email = email.to_lowercase();
                        Ok(())
                    }
                })
                .await?;
            let whole = cx.table::<Customers>().of::<Customer>();
            whole.copy_to(|customer| Account { name: format!("{} {}", customer.id, customer.email) }).await?;
            emails().delete_where(|item| item.email == "old").await?;
            Ok(())
        })
    });
    let back = rollback(1, |cx| {
        Box::pin(async move {
            cx.table::<Customers>().of::<Email>().update(|item| item.email = item.email.to_uppercase()).await?;
            cx.table::<Account>().of::<Account>().delete_where(|_| true).await?;
            cx.table::<Account>().put_all([Account { name: "was here".to_owned() }]).await?;
            Ok(())
        })
    });
    sequence([customers(), Account::schema()], [all]).with_rollbacks([&*back])
}

/// Leaves the lock as somebody has it who hangs, and says its epoch.
async fn held(engine: &TestEngine) -> u64 {
    let edit = engine.client().update_item().table_name(engine.table("migrations"));
    let edit = edit.key("pk", AttributeValue::S("shop".to_owned())).key("sk", AttributeValue::S("lock".to_owned()));
    let edit = edit.update_expression("SET released = :no").expression_attribute_values(":no", AttributeValue::Bool(false));
    let edit = edit.return_values(ReturnValue::AllNew).send().await.expect("an edit of the lock");
    edit.attributes.expect("the lock")["epoch"].as_n().expect("a number").parse().expect("an epoch")
}

/// Every verb of migrations and of people, once with statements and once where they are forbidden.
async fn runs(used: &mut BTreeSet<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for forbidden in [false, true] {
        let engine = TestEngine::embedded();
        let recorder = Recorder::of(&engine.client()).failing(move |call| match call.operation.as_str() {
            "BatchExecuteStatement" if forbidden => Verdict::Error {
                status: 400,
                error_type: "AccessDeniedException".to_owned(),
                message: "not authorized".to_owned(),
            },
            _ => Verdict::Pass,
        });
        migrator(&engine, engine.client(), sequence([customers(), Account::schema()], []))
            .up(Options::default())
            .await
            .expect("tables");
        for (id, email) in [("1", "A@example.com"), ("2", "old"), ("3", "bad")] {
            put_customer(&engine.client(), &engine.table("customers"), id, email).await;
        }
        let migrator = migrator(&engine, recorder.attach(&engine.client()), verbs());
        let mut told = |role: Role, what: &str| {
            let asked = beyond(&migrator.policy(role, &Place::default()), &recorder.calls(), used);
            recorder.reset();
            wrong.extend(asked.into_iter().map(|asked| format!("{what}: {asked:?}")));
        };
        migrator.plan(Options::default()).await.expect("a plan");
        migrator.dry_run(Options::default(), DryRun { items: None, show: 1 }).await.expect("a try");
        migrator.status().await.expect("a status");
        migrator.history().await.expect("a history");
        told(Role::Plan, "what writes nothing");
        migrator.up(Options::default()).await.expect("a run");
        told(Role::Up, "up");
        put_customer(&engine.client(), &engine.table("customers"), "3", "Good").await;
        let again = migrator.retry_dead_letters(Version::new(1), Options::default().lock_wait).await.expect("another try");
        assert_eq!(again.counts.changed, 1, "{again:?}");
        migrator.pause().await.expect("a pause");
        migrator.resume().await.expect("no pause");
        told(Role::Up, "people's verbs");
        migrator.rollback(Version::new(0), RollbackOptions::default()).await.expect("a rollback");
        told(Role::Up, "rollback");
        let applied = Resolution::Applied { version: Version::new(1) };
        migrator.resolve(&applied, "by hand", Options::default().lock_wait).await.expect("a resolution");
        told(Role::Up, "resolve");
        migrator.unlock(held(&engine).await, "it hangs").await.expect("the lock");
        told(Role::Up, "unlock");
        migrator.plan_baseline(Version::new(1)).await.expect("a plan");
        migrator.lock().await.expect("a lock");
        told(Role::Plan, "what writes nothing of the rest");
    }
    wrong
}

#[tokio::test(start_paused = true)]
async fn nothing_is_asked_that_the_policy_does_not_allow_and_it_allows_nothing_that_is_not_asked() {
    let mut used = BTreeSet::new();
    let mut wrong = settings(&mut used).await;
    wrong.extend(runs(&mut used).await);
    assert!(wrong.is_empty(), "asked for, and not allowed:\n{}", wrong.join("\n"));
    let idle = Action::ALL.iter().filter(|action| !NOT_OF_A_RUN.contains(action) && !used.contains(action.as_str()));
    let idle: Vec<_> = idle.collect();
    assert!(idle.is_empty(), "in the list, and never asked for: {idle:?}");
}
