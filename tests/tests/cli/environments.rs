//! The file of environments: found, read, chosen by name, and never the wrong one.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, CreateGlobalSecondaryIndexAction, GlobalSecondaryIndexUpdate, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use migrate_core::embedded::Engine;
use migrate_tests::process::{Ended, Folder};
use migrate_tests::server::{Server, error};

use super::{AWS, SHOP};

const KEY: [(&str, &str); 3] =
    [("AWS_ACCESS_KEY_ID", "AKIACANARY"), ("AWS_SECRET_ACCESS_KEY", "CANARY-secret"), ("AWS_EC2_METADATA_DISABLED", "true")];

/// An environment on this machine, and one on AWS.
const FILE: &str = r#"
[env.local]
db = "data/local.db"
names = "local-{name}-x"

[env.local.tables.orders]
name = "LegacyOrders-ABC123"
stream = "new_image"

[env.prod]
target = "aws"
account = "123456789012"
region = "eu-west-1"
names = "prod-{name}"
"#;

fn folder(file: &str) -> Folder {
    let folder = Folder::default();
    folder.write("migrate.toml", file);
    folder
}

#[test]
fn an_environment_names_its_database_its_tables_and_their_settings() {
    let folder = folder(FILE);
    let first = folder.run(SHOP, &["up", "--env", "local"]).succeeds();
    first.prints(&["environment: local (migrate.toml)", "local-customers-x", "LegacyOrders-ABC123", "stream new_image"]);
    assert!(folder.path("data/local.db").is_file() && !folder.db().exists());
    let status = folder.run(SHOP, &["status", "--env", "local"]).succeeds();
    status.prints(&["history in table local-migrations-x", "environment `local`", "next: migrate plan --env local"]);
    folder.run_with(SHOP, &["plan"], &[("MIGRATE_ENV", "local")]).succeeds().prints(&["Plan: 0 to create, 0 to change"]);
    let document = folder.run(SHOP, &["status", "--env", "local", "--format", "json"]).succeeds().json();
    assert_eq!(document["environment"], "local");
    assert_eq!(document["sequences"][0]["environment"]["name"], "local");
}

#[test]
fn without_its_name_nothing_of_the_file_counts() {
    for file in [FILE, "garbage [", "[env.prod]\ntarget = \"aws\"\n"] {
        let folder = folder(file);
        folder.run(SHOP, &["up"]).succeeds().prints(&["create table customers"]).hides("environment");
    }
}

#[test]
fn a_table_that_is_made_elsewhere_in_one_environment() {
    let folder = folder(
        "[env.cloud]\ndb = \"a.db\"\nmanagement = \"verify\"\n[env.cloud.tables.orders]\nschema = \"verify\"\n[env.local]\ndb = \"b.db\"",
    );
    let refused = folder.run(SHOP, &["up", "--env", "cloud"]).exits(4);
    refused
        .says(&["error[M0308]", "`orders` is made elsewhere", "is not there", "key (customer S, number N)"])
        .says(&["`migrations`, where the history is kept", "create-table --table-name migrations"]);
    folder.run(SHOP, &["plan", "--env", "cloud"]).exits(4).prints(&["M0308", "`orders` is made elsewhere"]);
    folder.run(SHOP, &["up", "--env", "local"]).succeeds().prints(&["create table orders"]);
}

#[test]
fn the_file_is_found_above_but_not_outside_of_the_project() {
    let folder = folder(FILE);
    folder.write("Cargo.lock", "");
    folder.write("crates/shop/x", "");
    let below = folder.path("crates/shop");
    let inside = |folder: &Folder| folder.run_in("crates/shop", SHOP, &["plan", "--env", "local"]);
    inside(&folder).succeeds().prints(&["environment: local (", "local.db"]);
    assert!(!below.join("data").exists(), "its paths are relative to the file");
    folder.write("crates/Cargo.lock", "");
    inside(&folder).exits(64).says(&["error[M0203]", "no migrate.toml", "`.git`", "--config"]);
    folder.run_in("crates/shop", SHOP, &["plan", "--env", "local", "--config", "../../migrate.toml"]).succeeds();
}

#[test]
fn an_environment_that_is_not_there() {
    let folder = folder(FILE);
    folder.run(SHOP, &["plan", "--env", "porod"]).exits(64).says(&["error[M0203]", "`porod`", "it has `local`, `prod`"]);
    folder.run(SHOP, &["plan", "--config", "migrate.toml"]).exits(64).says(&["error[M0203]", "--env", "`local`, `prod`"]);
    folder.run(SHOP, &["plan", "--env", "prod", "--config", "other.toml"]).exits(64).says(&["error[M0203]", "other.toml"]);
    let nothing = Folder::default();
    let ended = nothing.run(SHOP, &["up", "--env", "prod"]).exits(64);
    ended.says(&["error[M0203]", "no migrate.toml", "[env.prod]", "account = ", "names = \"prod-{name}\""]);
    assert!(!nothing.path(".migrate").exists(), "nothing is made");
}

#[test]
fn a_mistake_is_told_with_its_line_and_its_mend() {
    for (file, parts) in [
        ("[env.prod", &["line 1", "unclosed table"][..]),
        ("\u{0}\u{1b}[2J", &["line 1"]),
        ("[env.prod]\nacount = \"1\"", &["line 2", "`acount`", "`account`", "help:"]),
        ("[enviroment.prod]", &["line 1", "`enviroment`", "`env`"]),
        ("[env.prod]\naccount = 123456789012", &["line 2", "integer", "in quotes"]),
        ("[env.prod]\n\naccount = \"1234\"", &["line 3", "`1234` is no account", "12 digits"]),
        ("[env.prod]\nregion = \"Ireland\"", &["line 2", "`Ireland` is no region", "eu-west-1"]),
        ("[env.prod]\ntarget = \"amazon\"", &["line 2", "`amazon`", "`embedded` or `aws`"]),
        ("[env.prod]\nendpoint_url = \"localhost:8000\"", &["line 2", "no address", "http://"]),
        ("[env.prod]\ndb = \"x.db\"\naccount = \"123456789012\"", &["line 3", "`account` and `db`", "help:"]),
        ("[env.prod]\nnames = \"prod-\"", &["line 2", "`{name}` exactly once", "prod-{name}"]),
        ("[env.prod]\nnames = \"{name}-{name}\"", &["line 2", "`{name}` exactly once"]),
        ("[env.prod]\nnames = \"a/{name}\"", &["line 2", "'/'"]),
        ("[env.prod]\nmanagement_table = \"x\"", &["line 2", "3 to 255"]),
        ("[env.prod.tables.orders]\nnmae = \"Legacy\"", &["line 2", "`nmae`", "name and settings"]),
        ("[env.prod.tables.orders]\nname = \"arn:aws:x\"", &["line 2", "another account"]),
        ("[env.prod.tables.orders]\nstream = \"new\"", &["line 2", "`new`", "`new_image`"]),
        (
            "[env.prod.tables.orders]\nname = \"customers\"",
            &["`customers` and `orders` would both be the table `customers`", "help:"],
        ),
        (
            "[env.prod.tables.orders]\nname = \"Legacy\"\n[env.prod.tables.customers]\nname = \"Legacy\"",
            &["line 1", "`customers` and `orders` would both be the table `Legacy`"],
        ),
        ("\n[env.prod.tables.order]\nname = \"Legacy\"", &["line 2", "`order`", "`customers`, `orders`", "help:"]),
        (
            "[env.prod.tables.orders]\nbilling = { provisioned = { read = 0, write = 1 } }",
            &["table orders", "at least 1", "this environment"],
        ),
        ("[env.prod.tables.orders]\naccept = [\"H104\"]", &["line 2", "never by a file", "`--accept`"]),
        ("[env.prod.tables.orders]\nresource_policy = \"none.json\"", &["line 2", "none.json cannot be read", "beside this one"]),
        ("[env.prod.tables.orders]\nresource_policy = \"migrate.toml\"", &["line 2", "is no JSON"]),
        ("[env.prod.tables.orders]\nencryption = \"alias/x\"", &["line 2", "`alias/x`", "`aws_owned`"]),
        ("[env.prod.tables.orders]\nschema = \"verified\"", &["line 2", "`verified`", "`verify`"]),
        ("[env.prod]\nmanagement = \"x\"", &["line 2", "`manage` or `verify`"]),
        ("[env.prod.tables.customers.indexes.by-emial]\ncontributor_insights = \"on\"", &["`by-emial`", "`by-email`", "help:"]),
        ("[env.prod.tables.customers.indexes.by-email]\nkey = \"id\"", &["line 2", "`key`", "`billing`"]),
        ("[env.prod.tables.orders]\npoint_in_time_recovery = { days = 36 }", &["table orders", "36 days", "this environment"]),
        ("[env.prod.gates]\nconfrim = true", &["line 2", "`confrim`", "`confirm`"]),
        ("[env.prod]\n[env.\"a b\"]", &["line 2", "`a b`", "help:"]),
        // A mistake elsewhere is found before that environment is needed.
        ("[env.prod]\n[env.staging]\nnames = \"x\"", &["line 3", "`{name}` exactly once"]),
    ] {
        let folder = folder(file);
        let ended = folder.run(SHOP, &["up", "--env", "prod"]).exits(64).hides("\u{1b}");
        ended.says(&["error[M0203]"]).says(parts);
    }
}

#[test]
fn what_is_typed_counts_before_the_file_and_the_file_before_variables() {
    let folder = folder(FILE);
    let elsewhere = [("MIGRATE_DB", "variable.db"), ("MIGRATE_TARGET", "aws"), ("AWS_REGION", "us-east-1"), ("CI", "true")];
    folder.run_with(SHOP, &["plan", "--env", "local"], &elsewhere).succeeds().prints(&["data/local.db"]);
    folder.run_with(SHOP, &["plan", "--env", "local", "--db", "typed.db"], &elsewhere).succeeds().prints(&["typed.db"]);
}

#[test]
fn a_pinned_binary_refuses_an_environment_elsewhere() {
    folder(FILE).run(AWS, &["plan", "--env", "local"]).exits(64).says(&["error[M0201]", "`target in migrate.toml`", "pins"]);
}

#[test]
fn where_others_work_too_an_environment_that_nobody_named_is_told() {
    let server = Server::start(|operation| account_of(operation, "123456789012"));
    // An address of this machine that does not look like one.
    let url = server.url().replace("127.0.0.1", "127.1");
    let status = ["status", "--endpoint-url", &url, "--region", "eu-west-1"];
    let ended = folder(FILE).run_with(SHOP, &status, &KEY).succeeds();
    ended.says(&["note: migrate.toml has the environments local, prod, and none is named (`--env`)"]);
    let ended = folder(FILE).run_with(SHOP, &["status", "--endpoint-url", &server.url(), "--region", "eu-west-1"], &KEY);
    ended.succeeds().hides("note:");
}

#[test]
fn the_example_of_the_readme_is_true() {
    let readme = include_str!("../../../README.md");
    let (_, section) = readme.split_once("## Environments").expect("the section");
    let (_, example) = section.split_once("```toml\n").expect("the example");
    let (example, _) = example.split_once("```").expect("its end");
    let folder = folder(example);
    folder.write("policies/orders-prod.json", r#"{"Version": "2012-10-17", "Statement": []}"#);
    let server = Server::start(|operation| account_of(operation, "123456789012"));
    let url = server.url();
    let environment = [&KEY[..], &[("AWS_ENDPOINT_URL", url.as_str())]].concat();
    let plan = folder.run_with(SHOP, &["plan", "--env", "prod"], &environment).succeeds();
    plan.prints(&[
        "environment: prod (migrate.toml)",
        "account 123456789012",
        "create table prod-customers",
        "create table LegacyOrders-ABC123",
        "provisioned(read = 50, write = 20)",
        "kms(arn:aws:kms:eu-west-1:123456789012:key/1234abcd)",
        "arn:aws:kinesis:eu-west-1:123456789012:stream/orders",
        "on(days = 14)",
        "a policy of 39 bytes",
        "contributor insights of index by-email throttled_keys",
    ]);
    // Its gate: without a terminal it needs `--yes`.
    folder.run_with(SHOP, &["up", "--env", "prod"], &environment).exits(4).says(&["`prod` wants a confirmation"]);
    folder.run_with(SHOP, &["plan", "--env", "staging"], &environment).exits(64).says(&["account 111122223333"]);
    // Every key that is taken is explained.
    folder.write("migrate.toml", "[env.prod]\nx = 1");
    let refused = folder.run(SHOP, &["plan", "--env", "prod"]).exits(64);
    let (_, keys) = refused.err.split_once("expected one of ").expect("the keys that are taken");
    let keys: Vec<&str> = keys.lines().next().expect("a line").split(", ").map(|key| key.trim_matches('`')).collect();
    assert!(keys.len() > 8, "{keys:?}");
    for key in keys {
        assert!(section.contains(&format!("`{key}")), "`{key}` is not explained");
    }
}

#[test]
fn what_contradicts_the_environment_is_refused() {
    let folder = folder(FILE);
    for (arguments, environment, parts) in [
        (&["--region", "us-east-1"][..], &[][..], &["region eu-west-1", "`--region` says us-east-1"][..]),
        (&[], &[("MIGRATE_REGION", "us-east-1")], &["`MIGRATE_REGION` says us-east-1"]),
        (&["--prefix", "x-"], &[], &["its own `names`", "`--prefix`"]),
        (&[], &[("MIGRATE_PREFIX", "x-")], &["its own `names`", "`MIGRATE_PREFIX`"]),
        (&["--target", "embedded"], &[], &["is on AWS", "embedded engine"]),
        (&["--db", "x.db"], &[], &["is on AWS", "embedded engine"]),
    ] {
        let arguments = [&["up", "--env", "prod"], arguments].concat();
        folder.run_with(SHOP, &arguments, environment).exits(64).says(&["error[M0204]", "`prod`", "help:"]).says(parts);
    }
    assert!(!folder.path(".migrate").exists() && !folder.path("x.db").exists(), "nothing is made");
}

/// STS as it answers for an account; DynamoDB, in which there is nothing.
fn account_of(operation: &str, account: &str) -> (u16, String) {
    match operation {
        "" => {
            let who = format!("<UserId>x</UserId><Account>{account}</Account><Arn>arn:aws:iam::{account}:user/ops</Arn>");
            let xmlns = "https://sts.amazonaws.com/doc/2011-06-15/";
            let body = format!("<GetCallerIdentityResult>{who}</GetCallerIdentityResult>");
            (200, format!("<GetCallerIdentityResponse xmlns=\"{xmlns}\">{body}</GetCallerIdentityResponse>"))
        }
        _ => error("ResourceNotFoundException", "Requested resource not found"),
    }
}

fn on(server: &Server, variable: &str, verb: &str) -> Ended {
    let url = server.url();
    let environment = [&KEY[..], &[(variable, url.as_str())]].concat();
    folder(FILE).run_with(SHOP, &[verb, "--env", "prod"], &environment).hides("CANARY")
}

#[test]
fn the_account_is_verified_before_anything_is_asked_of_the_database() {
    let ours = Server::start(|operation| account_of(operation, "123456789012"));
    let ended = on(&ours, "AWS_ENDPOINT_URL", "status").succeeds();
    ended.prints(&["environment: prod", "account 123456789012", "region eu-west-1", "prod-migrations", "nothing was ever run"]);
    assert_eq!(ours.operations(), ["", "Query"], "STS first");

    let other = Server::start(|operation| account_of(operation, "999999999999"));
    let nobody = Server::start(|_| (403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>".to_owned()));
    for variable in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"] {
        for verb in ["up", "plan", "status", "check", "history", "lock"] {
            let ended = on(&other, variable, verb).exits(64);
            ended.says(&["error[M0204]", "is account 123456789012", "are of account 999999999999", "help:"]);
        }
        on(&nobody, variable, "up").exits(64).says(&["error[M0204]", "cannot be found out", "sts:GetCallerIdentity"]);
    }
    for server in [other, nobody] {
        assert!(server.operations().iter().all(String::is_empty), "DynamoDB was asked: {:?}", server.operations());
    }
}

#[test]
fn another_environment_of_the_same_table_is_refused() {
    let both = "[env.one]\ndb = \"same.db\"\n[env.two]\ndb = \"same.db\"\n";
    let folder = folder(both);
    folder.run(SHOP, &["up", "--env", "one"]).succeeds();
    for verb in ["up", "plan", "check", "status", "history", "lock"] {
        let ended = folder.run(SHOP, &[verb, "--env", "two"]).exits(4);
        ended.says(&["error[M0307]", "`migrations` belongs to environment `one`", "this run is for `two`", "help:"]);
    }
    for verb in ["up", "plan", "check"] {
        let ended = folder.run(SHOP, &[verb, "--db", "same.db"]).exits(4);
        ended.says(&["error[M0307]", "environment `one`", "names none", "--env one"]);
    }
    folder.run(SHOP, &["status", "--db", "same.db"]).succeeds().prints(&["environment `one`"]);
    folder.run(SHOP, &["check", "--env", "one"]).succeeds();
}

#[test]
fn a_gate_wants_a_confirmation() {
    let folder = folder("[env.prod]\ndb = \"prod.db\"\n[env.prod.gates]\nconfirm = true\n");
    let ended = folder.run(SHOP, &["up", "--env", "prod"]).exits(4).prints(&["create table customers"]);
    ended.says(&["error[M0301]", "`prod` wants a confirmation", "--yes"]);
    folder.run(SHOP, &["baseline", "--env", "prod", "1"]).exits(4).says(&["error[M0301]", "--yes"]);
    folder.run_with(SHOP, &["up", "--env", "prod"], &[("MIGRATE_YES", "true")]).exits(4);
    folder.run(SHOP, &["up", "--env", "prod", "--yes"]).succeeds();
    // Nothing to do needs none.
    folder.run(SHOP, &["up", "--env", "prod"]).succeeds().prints(&["Nothing to do"]);
}

#[tokio::test]
async fn a_gate_lets_nothing_be_dropped() {
    let gates = |allow: &str| format!("[env.prod]\ndb = \"prod.db\"\n[env.prod.gates]\nallow_drop = {allow}\n");
    let folder = folder(&gates("false"));
    folder.run(SHOP, &["up", "--env", "prod"]).succeeds();
    let client = Engine::open(folder.path("prod.db")).expect("an engine").client();
    let key = KeySchemaElement::builder().attribute_name("day").key_type(KeyType::Hash).build().expect("a key");
    let day = AttributeDefinition::builder().attribute_name("day").attribute_type(ScalarAttributeType::S).build();
    let all = Projection::builder().projection_type(ProjectionType::All).build();
    let index = CreateGlobalSecondaryIndexAction::builder().index_name("by-day").key_schema(key).projection(all).build();
    let index = GlobalSecondaryIndexUpdate::builder().create(index.expect("an index")).build();
    let change = client.update_table().table_name("orders").attribute_definitions(day.expect("an attribute"));
    change.global_secondary_index_updates(index).send().await.expect("an index");

    let drop = ["up", "--env", "prod", "--drop", "orders/by-day", "--yes"];
    folder.run(SHOP, &drop).exits(4).says(&["error[M0301]", "allows no drops", "by-day", "allow_drop = true"]);
    folder.write("migrate.toml", gates("true"));
    folder.run(SHOP, &drop).succeeds().prints(&["drop"]);
}
