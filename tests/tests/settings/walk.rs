//! Any legal table, then any other declaration of it: `up` gets there by legal calls, and what is not declared survives.

use crate::generate::{Tape, table};
use crate::play::Stand;
use crate::seen;
use crate::wanted::{Fact, satisfied, unmanaged, wanted};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use migrate_core::Migrator;
use migrate_core::migration::Version;
use migrate_core::migrator::{Options, Outcome};
use migrate_core::plan::Droppable;
use migrate_core::schema::{IndexName, Naming, Prefix, Setting, TableSchema};
use migrate_tests::model::{Model, Quirks};
use migrate_tests::scenario::{sequence, table_name};
use migrate_tests::seam::Recorder;
use proptest::prelude::*;
use serde_json::json;
use std::time::Duration;

const MONTH: Duration = Duration::from_secs(31 * 24 * 3600);

struct Walk {
    model: Model,
    stand: Stand,
    table: String,
}

impl Walk {
    fn new(tape: &mut Tape<'_>) -> Self {
        let model = Model::with(if tape.chance(8) { Quirks::default() } else { Quirks::instant() });
        let stand = Stand::of_model(&model);
        let table = stand.engine.table("customers");
        Self { model, stand, table }
    }

    async fn facts(&self, asked: &[Fact]) -> Vec<Fact> {
        let asked: Vec<(&str, &str)> = asked.iter().map(|(what, words)| (what.as_str(), words.as_str())).collect();
        seen::facts(&self.stand.engine.client(), &self.table, &asked).await
    }

    /// Made by somebody else, whose history is elsewhere.
    async fn make_by_hand(&self, declared: &TableSchema) {
        let naming = Naming::from(Prefix::new(self.stand.engine.prefix()).unwrap());
        let naming = naming.with_management_table(table_name("elsewhere"));
        let theirs = Migrator::builder(sequence([declared.clone()], []), self.stand.engine.client()).naming(naming);
        theirs.beat_on_callers_runtime().build().unwrap().up(Options::default()).await.unwrap();
    }

    /// What the code does not know of, and what somebody may be at just now.
    async fn meddle(&self, tape: &mut Tape<'_>) {
        self.model.edit(|state| {
            let table = state.tables.get_mut(&self.table).unwrap();
            table.description["VectorIndexes"] = json!([{ "IndexName": "v" }]);
            table.tags.insert("theirs".to_owned(), "as it was".to_owned());
        });
        let client = self.stand.engine.client();
        let described = client.describe_table().table_name(&self.table).send().await.unwrap().table.unwrap();
        let update = client.update_table().table_name(&self.table);
        let on_demand = described
            .billing_mode_summary()
            .is_some_and(|it| it.billing_mode().is_some_and(|it| it.as_str() == "PAY_PER_REQUEST"));
        match tape.below(5) {
            1 => {
                let on = described.deletion_protection_enabled().unwrap_or_default();
                update.deletion_protection_enabled(!on).send().await.unwrap();
            }
            2 if on_demand => {
                let key = KeySchemaElement::builder().attribute_name("hand").key_type(KeyType::Hash).build().unwrap();
                let action = CreateGlobalSecondaryIndexAction::builder().index_name("hand-made").key_schema(key);
                let all = Projection::builder().projection_type(ProjectionType::All).build();
                let create = GlobalSecondaryIndexUpdate::builder().create(action.projection(all).build().unwrap()).build();
                let hand = AttributeDefinition::builder().attribute_name("hand").attribute_type(ScalarAttributeType::S);
                let mut attributes = described.attribute_definitions().to_vec();
                attributes.push(hand.build().unwrap());
                update.set_attribute_definitions(Some(attributes)).global_secondary_index_updates(create).send().await.unwrap();
            }
            3 => {
                if let Some(index) = described.global_secondary_indexes().first() {
                    let action = aws_sdk_dynamodb::types::DeleteGlobalSecondaryIndexAction::builder();
                    let delete = action.index_name(index.index_name().unwrap()).build().unwrap();
                    let delete = GlobalSecondaryIndexUpdate::builder().delete(delete).build();
                    update.global_secondary_index_updates(delete).send().await.unwrap();
                }
            }
            _ => {}
        }
    }

    /// Runs `up` until nothing has to wait, with consent to drop these indexes while they are there.
    async fn up(&self, declared: &TableSchema, dropped: &[IndexName]) -> Result<(), TestCaseError> {
        for _ in 0..5 {
            self.model.clock().advance(MONTH);
            let live = self.model.table(&self.table);
            let live = live["description"]["GlobalSecondaryIndexes"].as_array().cloned().unwrap_or_default();
            let there =
                |index: &&IndexName| live.iter().any(|it| it["IndexName"] == index.as_str() && it["IndexStatus"] != "DELETING");
            let table = table_name(&self.table);
            let consent = dropped.iter().filter(there).map(|index| Droppable::Index(table.clone(), index.clone())).collect();
            let report = self.stand.up([declared.clone()], Options { consent, ..Options::default() }).await;
            let report = report.map_err(|error| TestCaseError::fail(format!("{error:?}; {:?}", self.model.violations())))?;
            prop_assert_eq!(&report.unsupported, &[]);
            if report.not_now.is_empty() {
                return Ok(());
            }
        }
        Err(TestCaseError::fail("always something is not now"))
    }

    /// As declared; and a second run writes nothing.
    async fn arrived(&self, declared: &TableSchema) -> Result<(), TestCaseError> {
        let wanted = wanted(declared);
        for ((fact, wanted), (_, seen)) in wanted.iter().zip(self.facts(&wanted).await) {
            prop_assert!(satisfied(fact, wanted, &seen), "{fact} is {seen} instead of {wanted}");
        }
        let recorder = Recorder::of(&self.stand.engine.client());
        let again = self.stand.migrator(recorder.attach(&self.stand.engine.client()), [declared.clone()]);
        let again = again.up(Options::default()).await.map_err(|error| TestCaseError::fail(format!("{error:?}")))?;
        prop_assert_eq!(again.outcome, Outcome::NothingToDo, "{:?}", again.steps);
        prop_assert_eq!(recorder.writes().len(), 0);
        prop_assert_eq!(self.model.violations(), Vec::<String>::new());
        Ok(())
    }
}

async fn walk(bytes: &[u8]) -> Result<(), TestCaseError> {
    let tape = &mut Tape(bytes.iter());
    let walk = Walk::new(tape);
    let (first, mut second) = (table(tape), table(tape));
    (second.key, second.local_indexes) = (first.key.clone(), first.local_indexes.clone());
    if first.replicas.value().is_some() && second.stream != first.stream && second.replicas.is_unmanaged() {
        // Refused otherwise: replicas live by that stream.
        second.replicas = Setting::Off;
    }
    let by_hand = tape.chance(4);
    if by_hand {
        walk.make_by_hand(&first).await;
    } else {
        walk.up(&first, &[]).await?;
        walk.arrived(&first).await?;
    }
    walk.model.clock().advance(MONTH);
    let left = unmanaged(&second);
    walk.meddle(tape).await;
    let before = walk.facts(&left).await;
    if by_hand {
        let migrator = walk.stand.migrator(walk.stand.engine.client(), [second.clone()]);
        let refused = migrator.up(Options::default()).await.expect_err("a table of somebody else's");
        prop_assert_eq!(refused.kind(), migrate_core::ErrorKind::NotOwned, "{:?}", refused);
        migrator.baseline(Version::new(0), Duration::from_secs(5)).await.expect("adopted");
    }
    let undeclared = first.global_indexes.keys().filter(|index| !second.global_indexes.contains_key(*index));
    let dropped: Vec<IndexName> = undeclared.filter(|_| tape.chance(8)).cloned().collect();
    walk.up(&second, &dropped).await?;
    walk.arrived(&second).await?;
    prop_assert_eq!(walk.facts(&left).await, before, "what is not declared survives");
    prop_assert_eq!(&walk.model.table(&walk.table)["description"]["VectorIndexes"][0]["IndexName"], "v");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, max_shrink_iters: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn from_any_table_to_any_declaration_of_it(bytes in proptest::collection::vec(any::<u8>(), 300)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(walk(&bytes))?;
    }
}
