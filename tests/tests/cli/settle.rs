//! Doubts that a person settles at the command line: what is refused until then, what is shown before, and what comes of it.

use aws_sdk_dynamodb::types::AttributeValue;
use migrate_tests::process::{Folder, edit_lock};

use super::{EDITED, SHOP};

const ASKING: &str = env!("CARGO_BIN_EXE_fixture-asking");

/// The letters are out, and the process is killed; its lease is over soon.
async fn killed() -> Folder {
    let folder = Folder::default();
    folder.write("wait", "");
    let running = folder.start(ASKING, &["up"]);
    folder.awaits("waiting").await;
    running.signal("KILL");
    assert_eq!(running.ended().await.code, None);
    let lease = [(":ms", AttributeValue::N("300".to_owned()))];
    edit_lock(&folder.client(), "asking", "SET lease_ms = :ms", &lease).await;
    std::fs::remove_file(folder.path("wait")).expect("a file");
    folder
}

#[tokio::test]
async fn one_that_asks_is_not_run_again_before_somebody_says_how_it_stands() {
    for (said, letters) in [("--applied", 1), ("--rolled-back", 2)] {
        let folder = killed().await;
        let refused = folder.run(ASKING, &["up"]).exits(5);
        refused.says(&[
            "error[M0409]",
            "migration 0001 send_letters was begun at 20",
            "`on_interrupt = ask`",
            "`migrate resolve --applied 1 --reason TEXT`",
            "`migrate resolve --rolled-back 1 --reason TEXT`",
        ]);
        folder.run(ASKING, &["plan"]).exits(5).prints(&["[M0409]", "(again: an earlier run began it)"]);
        folder.run(ASKING, &["check"]).exits(5).prints(&[
            "history[M0409]",
            "pending: migration 0001",
            "Unsettled: a person must say how a migration of asking stands",
        ]);
        folder.run(ASKING, &["status"]).succeeds().prints(&[
            "started (to be settled)",
            "nothing is done before a person says",
            "next: migrate resolve --applied 1 --reason TEXT  (or `resolve --rolled-back 1 --reason TEXT`",
        ]);
        assert_eq!(folder.read("sent").lines().count(), 1, "nothing ran meanwhile");
        let resolved = folder.run(ASKING, &["resolve", said, "1", "--reason", "the postman said so"]).succeeds();
        resolved.prints(&[
            "migration 0001 send_letters until now: it was begun and did not end",
            "the postman said so",
            "Recorded.",
        ]);
        folder.run(ASKING, &["up"]).succeeds().prints(&["0002 behind"]);
        assert_eq!(folder.read("sent").lines().count(), letters, "{said}");
        folder.run(ASKING, &["check"]).succeeds();
        folder.run(ASKING, &["history"]).succeeds().prints(&["0001 send_letters counts as", ": the postman said so"]);
    }
}

#[test]
fn what_follows_is_shown_and_told_to_machines() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    let shown = folder.run(SHOP, &["resolve", "--rolled-back", "2", "--reason", "taken back by hand"]).succeeds();
    shown.prints(&[
        "~ record: migration 0002 lowercase_emails counts as rolled back: taken back by hand",
        "> 0002 lowercase_emails: is run by the next `up`, from its beginning",
        "= 0003 forget_nothing: stays as it is, although it comes behind",
        "Resolve: 1 record; no table is changed by it, and nothing is run.",
        "Recorded.",
    ]);
    folder.run(SHOP, &["status"]).succeeds().prints(&["rolled back", "safe to run again: yes", "next: migrate up"]);
    folder.run(SHOP, &["check"]).exits(2).prints(&["pending: migration 0002"]);
    folder.run(SHOP, &["plan"]).succeeds().prints(&["> 0002 lowercase_emails (again: it was rolled back)"]);
    let again = ["resolve", "--applied", "2", "--reason", "it is there", "--yes", "--format", "json"];
    let json = folder.run(SHOP, &again).succeeds().json();
    let said = &json["sequences"][0];
    assert_eq!(said["recorded"]["event"], "resolved_applied", "{json}");
    assert_eq!((&said["recorded"]["reason"], &said["sequence"]), (&"it is there".into(), &"shop".into()), "{json}");
    assert_eq!((&said["no_longer"][0]["version"], &said["runs"]), (&2.into(), &serde_json::json!([])), "{json}");
    folder.run(SHOP, &["check"]).succeeds();
}

#[test]
fn what_cannot_be_said() {
    let folder = Folder::default();
    let why = ["--reason", "x"];
    let resolve = |arguments: &[&str]| folder.run(SHOP, &[&["resolve"], arguments, &why].concat());
    resolve(&["--applied", "1"]).exits(64).says(&["error[M0202]", "nothing was ever run here", "migrate baseline"]);
    folder.run(SHOP, &["up"]).succeeds();
    resolve(&["--applied", "1"]).exits(64).says(&["error[M0202]", "0001 first_customers is settled already"]);
    resolve(&["--rolled-back", "9"]).exits(64).says(&["error[M0202]", "there is no migration 9: there "]);
    resolve(&["--rebless", "2"]).exits(64).says(&["error[M0202]", "is not edited"]);
    resolve(&["--restored", "customers", "--at", "1"]).exits(64).says(&["did not come back from a backup"]);
    resolve(&["--restored", "a", "--at", "1"]).exits(64).says(&["error[M0107]"]);
    resolve(&[]).exits(64).says(&["required"]);
    resolve(&["--applied", "1", "--rebless", "1"]).exits(64).says(&["cannot be used with"]);
    folder.run(SHOP, &["resolve", "--applied", "1"]).exits(64).says(&["--reason"]);
    let both = env!("CARGO_BIN_EXE_fixture-both");
    folder.run(both, &["resolve", "--applied", "1", "--reason", "x"]).exits(64).says(&["`resolve` means one sequence"]);
    folder.run(both, &["unlock", "--epoch", "1", "--reason", "x"]).exits(64).says(&["`unlock` means one sequence"]);
}

#[test]
fn an_edited_text_is_accepted_for_this_database() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    folder.run(EDITED, &["check"]).exits(5).prints(&["[M0401]"]);
    folder.run(EDITED, &["up"]).succeeds().prints(&["`migrate resolve --rebless 2 --reason TEXT`"]);
    let said = folder.run(EDITED, &["resolve", "--rebless", "2", "--reason", "only trims"]).succeeds();
    said.prints(&["the text of migration 0002 lowercase_emails is accepted: only trims", "no migration runs for it"]);
    folder.run(EDITED, &["check"]).succeeds();
    // The old text is the edited one now.
    folder.run(SHOP, &["check"]).exits(5).prints(&["[M0401]"]);
}

/// The table of customers as it was, under another id.
async fn restore(folder: &Folder) {
    let client = folder.client();
    let items = client.scan().table_name("customers").send().await.expect("a scan").items.unwrap_or_default();
    let old = client.describe_table().table_name("customers").send().await.expect("a table").table.expect("a table");
    client.update_table().table_name("customers").deletion_protection_enabled(false).send().await.expect("a change");
    client.delete_table().table_name("customers").send().await.expect("gone");
    let elements = old.key_schema.unwrap_or_default();
    let is_key = |name: &str| elements.iter().any(|element| element.attribute_name == name);
    let defined = old.attribute_definitions.unwrap_or_default().into_iter().filter(|one| is_key(&one.attribute_name)).collect();
    let create = client.create_table().table_name("customers").billing_mode("PAY_PER_REQUEST".into());
    create.set_attribute_definitions(Some(defined)).set_key_schema(Some(elements)).send().await.expect("a table");
    for item in items {
        client.put_item().table_name("customers").set_item(Some(item)).send().await.expect("an item");
    }
}

#[tokio::test]
async fn a_table_that_came_back_is_ours_and_brought_up_to_date() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    restore(&folder).await;
    let refused = folder.run(SHOP, &["up"]).exits(4);
    refused.says(&[
        "error[M0303]",
        "table `customers` was made again",
        "`migrate resolve --restored customers --at N --reason TEXT`",
    ]);
    let said = folder.run(SHOP, &["resolve", "--restored", "customers", "--at", "1", "--reason", "the disk burned"]).succeeds();
    said.prints(&["table customers was restored as of migration 1: the disk burned", "> 0002 lowercase_emails: is run"]);
    folder.run(SHOP, &["status"]).succeeds().prints(&["0002    lowercase_emails  to run again", "next: migrate up"]);
    folder.run(SHOP, &["check"]).exits(2).prints(&["pending: migration 0002", "by-email"]);
    folder.run(SHOP, &["plan"]).succeeds().prints(&["(again: table customers was restored)", "create index by-email"]);
    folder.run(SHOP, &["up"]).succeeds().prints(&["0002 lowercase_emails", "create index"]).hides("0003 forget");
    folder.run(SHOP, &["check"]).succeeds();
}

#[tokio::test]
async fn the_lock_is_taken_away_by_its_epoch() {
    let folder = Folder::default();
    folder.run(SHOP, &["up"]).succeeds();
    let unlock = |epoch: &str| folder.run(SHOP, &["unlock", "--epoch", epoch, "--reason", "it hangs since noon"]);
    unlock("1").exits(64).says(&["error[M0202]", "nobody holds the lock: epoch 1 was given back"]);
    let values = [
        (":no", AttributeValue::Bool(false)),
        (":ms", AttributeValue::N("300".to_owned())),
        (":doing", AttributeValue::S("migration 0009 slow".to_owned())),
        (":caller", AttributeValue::S("arn:aws:iam::123456789012:user/berta".to_owned())),
    ];
    let update = "SET released = :no, lease_ms = :ms, doing = :doing, holder.caller = :caller";
    edit_lock(&folder.client(), "shop", update, &values).await;
    unlock("7").exits(3).says(&["error[M0501]", "has epoch 1, not 7", "user/berta", "migration 0009 slow", "--epoch 1"]);
    let taken = unlock("1").succeeds();
    taken.prints(&[
        "held since 20",
        "user/berta",
        "doing: migration 0009 slow",
        "Unlock: this holder",
        "The lock is free: epoch 1 was ended.",
    ]);
    folder.run(SHOP, &["lock"]).succeeds().prints(&["lock: free, epoch 2"]);
    folder
        .run(SHOP, &["history"])
        .succeeds()
        .prints(&["the lock was taken from arn:aws:iam::123456789012:user/berta", "it hangs since noon"]);
    folder.run(SHOP, &["unlock", "--epoch", "2"]).exits(64).says(&["--reason"]);
    folder.run(SHOP, &["unlock", "--reason", "x"]).exits(64).says(&["--epoch"]);
}

#[tokio::test]
async fn a_gate_wants_a_confirmation_here_too() {
    let folder = Folder::default();
    folder.write("migrate.toml", "[env.prod]\ndb = \"prod.db\"\n[env.prod.gates]\nconfirm = true\n");
    folder.run(SHOP, &["up", "--env", "prod", "--yes"]).succeeds();
    let say = ["resolve", "--rolled-back", "2", "--reason", "x", "--env", "prod"];
    folder.run(SHOP, &say).exits(4).prints(&["~ record: migration 0002"]).says(&["error[M0301]", "--yes"]);
    folder.run(SHOP, &["check", "--env", "prod"]).succeeds();
    folder.run_with(SHOP, &say, &[("MIGRATE_YES", "true")]).exits(4);
    folder.run(SHOP, &[&say[..], &["--yes"]].concat()).succeeds();
    folder.run(SHOP, &["check", "--env", "prod"]).exits(2);
}
