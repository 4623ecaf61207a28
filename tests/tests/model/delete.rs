//! DeleteTable, ListTables, and tables that are made anew.

use super::*;

#[tokio::test]
async fn only_an_active_unprotected_table_is_deleted() {
    let model = Model::new();
    let client = model.once();
    let delete = || client.delete_table().table_name("tab").send();
    refused(delete().await, "ResourceNotFoundException", "tab");
    assert!(model.violations().is_empty());
    create(&client).deletion_protection_enabled(true).send().await.unwrap();
    refused(delete().await, IN_USE, "CREATING");
    while statuses(&client).await != "ACTIVE" {}
    refused(delete().await, INVALID, "protected");
    update(&client).deletion_protection_enabled(false).send().await.unwrap();
    while statuses(&client).await != "ACTIVE" {}
    assert_eq!(model.violations().len(), 2);
    delete().await.unwrap();
    assert_eq!(statuses(&client).await, "DELETING");
    refused(client.describe_table().table_name("tab").send().await, "ResourceNotFoundException", "tab");
}

#[tokio::test]
async fn a_name_is_free_when_its_table_is_gone() {
    let model = Model::with(Quirks { polls_creating: 0, polls_deleting: 2, ..Quirks::default() });
    let client = model.once();
    create(&client).send().await.unwrap();
    let first = describe(&client).await.table_id;
    client.delete_table().table_name("tab").send().await.unwrap();
    refused(create(&client).send().await, IN_USE, "exists");
    assert_eq!((statuses(&client).await, statuses(&client).await), ("DELETING".to_owned(), "DELETING".to_owned()));
    create(&client).send().await.unwrap();
    assert_ne!(describe(&client).await.table_id, first, "another table of the same name");
}

#[tokio::test]
async fn tables_are_listed_by_pages() {
    let model = instant();
    let client = model.once();
    for name in ["tab-b", "tab-a", "tab-c"] {
        create(&client).table_name(name).send().await.unwrap();
    }
    let page = client.list_tables().limit(2).send().await.unwrap();
    assert_eq!(page.table_names(), ["tab-a", "tab-b"]);
    let last = page.last_evaluated_table_name;
    let page = client.list_tables().limit(2).set_exclusive_start_table_name(last).send().await.unwrap();
    assert_eq!((page.table_names(), page.last_evaluated_table_name()), (&["tab-c".to_owned()][..], None));
    refused(client.list_tables().limit(0).send().await, INVALID, "limit");
}
