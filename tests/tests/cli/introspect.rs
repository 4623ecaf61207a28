//! A live table as the struct that declares it, ready to go into a file.

use migrate_tests::process::Folder;

use super::{EMPTY, SHOP};

const CUSTOMERS: &str = r#"
/// Table `customers`.
#[derive(Clone, Debug, Serialize, Deserialize, Table)]
"#;

#[test]
fn a_table_is_written_as_it_is() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let ended = folder.run(SHOP, &["introspect", "customers"]).succeeds();
    assert!(ended.out.starts_with("// target: embedded engine"), "all of it is source: {}", ended.out);
    assert_eq!(ended.err, "");
    ended.prints(&[
        "use migrate_core::Table;\nuse serde::{Deserialize, Serialize};\n",
        CUSTOMERS,
        "#[table(name = \"customers\", billing = on_demand",
        "stream = off",
        "ttl = off",
        "deletion_protection = true",
        "global_index(\n    name = \"by-email\",\n    partition_key = email,\n    projection = keys_only,\n",
        "pub struct Customers {\n    #[table(partition_key)]\n    pub id: String,\n",
        "    #[serde(skip_serializing_if = \"Option::is_none\")]\n    pub email: Option<String>,\n",
    ]);
}

#[test]
fn a_binary_that_declares_nothing_can_do_it_too() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let ended = folder.run(EMPTY, &["introspect", "orders", "customers", "orders"]).succeeds();
    assert_eq!(ended.out.matches("pub struct").count(), 2, "{}", ended.out);
    assert_eq!(ended.out.matches("use migrate_core").count(), 1, "{}", ended.out);
    ended.prints(&[
        "pub struct Orders {",
        "    #[table(sort_key)]\n    pub number: i64,\n",
        "it is exact",
        "pub struct Customers {",
    ]);
}

#[test]
fn the_prefix_is_no_part_of_a_declaration() {
    let folder = Folder::default();
    folder.run(SHOP, &["up", "--prefix", "dev-"]).succeeds();
    for name in ["customers", "dev-customers"] {
        let ended = folder.run(SHOP, &["introspect", name, "--prefix", "dev-"]).succeeds();
        ended.prints(&["/// Table `dev-customers`.", "#[table(name = \"customers\"", "pub struct Customers {"]);
    }
    let whole = folder.run(SHOP, &["introspect", "dev-customers"]).succeeds();
    whole.prints(&["#[table(name = \"dev-customers\"", "pub struct DevCustomers {"]);
    folder.run(SHOP, &["introspect", "customers"]).exits(64).says(&["error[M0202]", "no table `customers`", "--prefix"]);
}

#[test]
fn it_is_data_too() {
    let folder = Folder::default();
    folder.run(SHOP, &[]).succeeds();
    let json = folder.run(SHOP, &["introspect", "customers", "--format", "json"]).succeeds().json();
    assert_eq!(json["tables"][0]["schema"]["name"], "customers", "{json}");
    assert!(json["source"].as_str().is_some_and(|source| source.contains("pub struct Customers {")), "{json}");
    assert_eq!(json["target"]["engine"], "embedded", "{json}");
}

#[test]
fn nonsense_is_told_and_nothing_is_made() {
    let folder = Folder::default();
    let refused = |arguments: &[&str], parts: &[&str]| {
        folder.run(SHOP, &[&["introspect"], arguments].concat()).exits(64).says(parts);
    };
    refused(&[], &["<NAME>"]);
    refused(&["customers"], &["error[M0202]", "no table `customers`", "help:"]);
    refused(&["arn:aws:dynamodb:eu-west-1:123456789012:table/customers"], &["error[M0107]", "another account"]);
    refused(&["ab"], &["error[M0107]", "`ab`"]);
    refused(&["customers", "--prefix", "a/"], &["error[M0107]", "--prefix"]);
    refused(&["customers", "--target", "aws", "--db", "x.db"], &["error[M0201]"]);
    assert!(!folder.path(".migrate").exists(), "it only reads");
}
