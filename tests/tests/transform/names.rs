//! Tables that no sequence declares: nobody has judged their names before a migration names them.

use migrate_core::schema::{KeyElement, Prefix, PrimaryKey, ScalarType, TableName, TableSchema};
use migrate_core::{ErrorKind, MigrationContext, Table};
use migrate_tests::engine::TestEngine;
use migrate_tests::seam::Recorder;

/// As long as a name may be, without a prefix.
struct Long;

impl Table for Long {
    fn schema() -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        TableSchema::new(TableName::new("x".repeat(255)).expect("a name"), key)
    }
}

#[tokio::test]
async fn a_name_that_the_prefix_makes_too_long_is_refused_before_the_first_request() {
    let client = TestEngine::embedded().client();
    let recorder = Recorder::of(&client);
    let cx = MigrationContext::detached(recorder.attach(&client), Prefix::new("staging-").expect("a prefix"));
    for done in [cx.items::<Long>().update(|_| {}).await, cx.items::<Long>().for_each(|_| Ok(())).await] {
        let error = done.expect_err("it is too long");
        assert_eq!(error.kind(), ErrorKind::InvalidName, "{error:?}");
        assert!(error.to_string().contains("263 characters") && !error.help().is_empty(), "{error:?}");
    }
    assert_eq!(recorder.operations(), Vec::<String>::new());
}
