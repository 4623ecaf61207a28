//! What is lost only by consent, named on the command line; and what DynamoDB does not take now.

use migrate_tests::process::Folder;
use serde_json::Value;

use super::{SHOP, STREAMED, UNSTREAMED};

fn streamed() -> Folder {
    let folder = Folder::default();
    folder.run(STREAMED, &["up"]).succeeds();
    folder
}

const ACCEPT: [&str; 2] = ["--accept", "entries:H104"];

fn with<'a>(verb: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [verb, &ACCEPT, more].concat()
}

#[test]
fn a_hazard_is_refused_until_it_is_accepted_by_name() {
    let folder = streamed();
    let needed = ["H104, table `entries`", "`migrate up --accept entries:H104` once", "#[table(accept(H104))]"];
    folder.run(UNSTREAMED, &["up"]).exits(4).says(&["error[M0301]", needed[0], needed[1], needed[2]]);
    folder.run(UNSTREAMED, &["plan"]).exits(4).prints(&["refused: `up` would stop", needed[0], needed[1]]);
    folder.run(UNSTREAMED, &["up", "--yes"]).exits(4).says(&needed);
    folder.run(UNSTREAMED, &["check"]).exits(2).prints(&["drift[M0301]: H104"]);
    // Of another table, or another hazard, is no consent.
    folder.run(UNSTREAMED, &["up", "--accept", "entries:H105"]).exits(4).says(&needed);
    // It is never taken from the environment.
    let environment = [("MIGRATE_ACCEPT", "entries:H104"), ("MIGRATE_YES", "true")];
    folder.run_with(UNSTREAMED, &["up"], &environment).exits(4).says(&needed);

    let accepted = folder.run(UNSTREAMED, &with(&["plan"], &[])).succeeds();
    accepted.prints(&["table entries\n", "  ~ stream: new_image → off (H104 accepted)\n      H104: its stream ends"]);
}

#[test]
fn what_dynamodb_does_not_take_now_is_planned_as_such() {
    let folder = streamed();
    // Time to live goes by one attribute: off in one run, on in the next.
    let waits = "… set entries, time to live: off → ends";
    folder.run(UNSTREAMED, &with(&["plan"], &[])).succeeds().prints(&["~ time to live: expires → off", waits, "not now"]);
    folder.run(UNSTREAMED, &with(&["plan"], &["--detailed-exitcode"])).exits(2);
    // This engine takes the second change at once, and each step is planned against what is there.
    folder.run(UNSTREAMED, &with(&["up"], &[])).succeeds().says(&["time to live: expires → off", "time to live: off → ends"]);
    folder.run(UNSTREAMED, &["check"]).succeeds();
}

#[test]
fn a_document_says_the_same() {
    let folder = streamed();
    let plan = folder.run(UNSTREAMED, &with(&["plan"], &["--format", "json"])).succeeds().json();
    let plan = &plan["sequences"][0];
    let stream = &plan["expand"][0];
    assert_eq!((&stream["step"], &stream["table"]), (&Value::from("set"), &Value::from("entries")), "{plan:#}");
    assert_eq!(stream["change"]["setting"], "stream");
    assert_eq!((&stream["change"]["from"]["set"], &stream["change"]["to"]), (&Value::from("new_image"), &Value::from("off")));
    let ttl = &plan["expand"][1];
    assert_eq!((&ttl["change"]["from"]["set"], &ttl["change"]["to"]), (&Value::from("expires"), &Value::from("off")));
    assert_eq!(ttl["reason"], "time to live goes by one attribute");
    assert_eq!(ttl.get("estimate"), None, "a local engine costs nothing");
    assert_eq!(plan["estimate"], Value::Null);
    assert_eq!(plan["not_now"][0]["change"]["to"]["set"], "ends");
    assert!(plan["not_now"][0]["reason"].as_str().is_some_and(|reason| reason.contains("up to an hour")));
    assert_eq!(plan["expand"][0]["accepted"][0]["hazard"], "H104");
    assert!(plan["expand"][0]["accepted"][0]["what"].as_str().is_some_and(|what| what.starts_with("its stream ends")));
    assert_eq!((&plan["summary"]["change"], &plan["unknown"]), (&Value::from(2), &Value::Array(Vec::new())));

    let up = folder.run(UNSTREAMED, &with(&["up"], &["--format", "json"])).succeeds().json();
    let up = &up["sequences"][0];
    assert_eq!((up["steps"].as_array().map(Vec::len), &up["not_now"]), (Some(3), &Value::Array(Vec::new())), "{up:#}");
}

#[test]
fn consent_that_makes_no_sense_is_a_slip() {
    let folder = Folder::default();
    for verb in ["plan", "up"] {
        let slip = |accept: &str, parts: &[&str]| {
            folder.run(SHOP, &[verb, "--accept", accept]).exits(64).says(&["error[M0202]", "help: "]).says(parts);
        };
        slip("orders", &["`--accept orders`", "--accept TABLE:HAZARD"]);
        slip("orders:H199", &["there is no hazard `H199`", "H104  The stream is switched off", "docs/hazards.md"]);
        slip("order:H104", &["no table `order`", "`customers`", "`orders`"]);
        folder.run(SHOP, &[verb, "--accept", "orders:H101"]).exits(64).says(&["error[M0202]", "`--drop orders`"]);
        folder.run(SHOP, &[verb, "--accept", "orders:H102"]).exits(64).says(&["error[M0202]", "`--drop orders/INDEX`"]);
    }
    folder.run(SHOP, &["--accept", "orders:H104", "plan"]).exits(64).says(&["`--accept` stands before `plan`"]);
    folder.run(SHOP, &["up", "--no-backup", "--accept", "orders:H104"]).succeeds();
}
