//! All conditions of the library's writes, by the constants that hold them. A new one must come in here, and with it a scenario that needs it.

use std::fs;
use std::path::{Path, PathBuf};

use migrate_tests::blank::Condition;
use serde_json::Value;

/// Parts are told apart by what follows the name.
pub const NEVER_HELD: Condition = Condition { name: "NEVER_HELD", of: takes_lock, is: |part| part == "attribute_not_exists(pk)" };
pub const GIVEN_BACK_EPOCH: Condition =
    Condition { name: "GIVEN_BACK: epoch", of: given_back, is: |part| part == "epoch = :seen" };
pub const GIVEN_BACK_RELEASED: Condition =
    Condition { name: "GIVEN_BACK: released", of: given_back, is: |part| part == "released = :true" };
pub const STOOD_STILL_EPOCH: Condition =
    Condition { name: "STOOD_STILL: epoch", of: stood_still, is: |part| part == "epoch = :seen" };
pub const STOOD_STILL_BEAT: Condition =
    Condition { name: "STOOD_STILL: beat", of: stood_still, is: |part| part == "beat = :beat_seen" };
pub const STILL_HELD_EPOCH: Condition = Condition { name: "STILL_HELD: epoch", of: forced, is: |part| part == "epoch = :seen" };
pub const STILL_HELD_RELEASED: Condition =
    Condition { name: "STILL_HELD: released", of: forced, is: |part| part == "NOT released = :true" };
pub const STILL_OURS_BEAT: Condition = Condition {
    name: "STILL_OURS of a beat",
    of: |of, write| updates(of, write, "SET beat"),
    is: |part| part == "epoch = :epoch",
};
pub const STILL_OURS_RELEASE: Condition = Condition {
    name: "STILL_OURS of giving back",
    of: |of, write| updates(of, write, "SET released"),
    is: |part| part == "epoch = :epoch",
};
pub const EPOCH_HOLDS: Condition =
    Condition { name: "EPOCH_HOLDS", of: |of, _| of == "ConditionCheck", is: |part| part == "epoch = :epoch" };
pub const PLACE_IS_FREE: Condition =
    Condition { name: "PLACE_IS_FREE", of: |of, _| of == "Put", is: |part| part == "attribute_not_exists(pk)" };
pub const NOTHING_REMEMBERED: Condition = Condition {
    name: "NOTHING_REMEMBERED",
    of: |of, write| of == "PutItem" && write["Item"]["sk"]["S"] == "environment",
    is: |part| part == "attribute_not_exists(pk)",
};
pub const ITEM_IS_THERE: Condition =
    Condition { name: "ITEM_IS_THERE", of: by_item, is: |part| part.starts_with("attribute_exists(") };
pub const ITEM_IS_NEW: Condition = Condition {
    name: "ITEM_IS_NEW",
    of: |of, write| of == "PutItem" && by_item(of, write),
    is: |part| part.starts_with("attribute_not_exists("),
};
/// Of statements and of writes one by one, but for the keys in statements.
pub const STILL_AS_GIVEN: Condition = Condition {
    name: "STILL_AS_GIVEN",
    of: by_item,
    is: |part| part.contains('=') && !["\"id\"", "\"pk\"", "\"sk\""].iter().any(|key| part.starts_with(key)),
};
pub const STILL_ABSENT: Condition = Condition {
    name: "STILL_ABSENT",
    of: |of, write| of != "PutItem" && by_item(of, write),
    is: |part| part.ends_with(" IS MISSING") || part.starts_with("attribute_not_exists("),
};

/// The constants, with their texts.
const CONSTANTS: [(&str, &str); 14] = [
    ("NEVER_HELD", "attribute_not_exists(pk)"),
    ("GIVEN_BACK", "epoch = :seen AND released = :true"),
    ("STOOD_STILL", "epoch = :seen AND beat = :beat_seen"),
    ("STILL_HELD", "epoch = :seen AND NOT released = :true"),
    ("STILL_OURS", "epoch = :epoch"),
    ("EPOCH_HOLDS", "epoch = :epoch"),
    ("PLACE_IS_FREE", "attribute_not_exists(pk)"),
    ("NOTHING_REMEMBERED", "attribute_not_exists(pk)"),
    ("ITEM_IS_THERE", "attribute_exists"),
    ("ITEM_IS_NEW", "attribute_not_exists"),
    ("STILL_AS_GIVEN", "="),
    ("STILL_AS_GIVEN", "=?"),
    ("STILL_ABSENT", "attribute_not_exists"),
    ("STILL_ABSENT", " IS MISSING"),
];

fn takes_lock(of: &str, write: &Value) -> bool {
    of == "PutItem" && write["Item"]["sk"]["S"] == "lock"
}

fn given_back(of: &str, write: &Value) -> bool {
    takes_lock(of, write) && write["ExpressionAttributeValues"][":true"].is_object() && !forced(of, write)
}

fn forced(of: &str, write: &Value) -> bool {
    takes_lock(of, write) && write["ConditionExpression"].as_str().is_some_and(|text| text.contains("NOT released"))
}

fn stood_still(of: &str, write: &Value) -> bool {
    takes_lock(of, write) && write["ExpressionAttributeValues"][":beat_seen"].is_object()
}

fn updates(of: &str, write: &Value, how: &str) -> bool {
    of == "UpdateItem" && write["UpdateExpression"].as_str().is_some_and(|text| text.starts_with(how))
}

/// Writes of the application's items.
fn by_item(_: &str, write: &Value) -> bool {
    write["Statement"].is_string() || write["TableName"].as_str().is_some_and(|table| table.ends_with("customers"))
}

/// The library's sources without its tests, by path. The embedded engine reads expressions and makes none, and a filter only chooses what is read.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrate-core/src");
    let (mut folders, mut found): (Vec<PathBuf>, _) = (vec![root.clone()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            let name = path.strip_prefix(&root).expect("inside").to_string_lossy().replace('\\', "/");
            let skipped = ["tests", "_tests.rs", "tests.rs", "embedded", "testing", "transform/filter.rs"];
            if skipped.iter().any(|end| name.ends_with(end)) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = fs::read_to_string(path).expect("a source");
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default().to_owned();
                found.push((name, code));
            }
        }
    }
    assert!(found.len() > 100, "only {} files were found", found.len());
    found
}

fn is_condition(text: &str) -> bool {
    let compares = [" = :", " < :", " > :", " <= :", " >= :", " <> :", "attribute_exists", "attribute_not_exists", "IS MISSING"];
    let sets = ["SET ", "REMOVE ", "ADD ", "DELETE "].iter().any(|verb| text.starts_with(verb));
    ["=", "=?"].contains(&text) || (!sets && compares.iter().any(|how| text.contains(how)))
}

#[test]
fn every_condition_is_a_constant_that_has_its_scenario() {
    let (mut broken, mut seen) = (Vec::new(), vec![false; CONSTANTS.len()]);
    for (path, code) in sources() {
        for (number, line) in code.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with("//")) {
            let place = format!("{path}:{}", number + 1);
            if let Some((name, text)) = line.split_once("const ").and_then(|(_, rest)| rest.split_once(": &str = ")) {
                let text = text.trim_end_matches(';').trim_matches('"');
                match CONSTANTS.iter().position(|known| *known == (name, text)) {
                    Some(known) => seen[known] = true,
                    None if is_condition(text) => broken.push(format!("{place}: nothing shows that {name} is needed")),
                    None => {}
                }
            } else if !line.contains("key_condition_expression(")
                && line.split('"').skip(1).step_by(2).any(|text| text.len() > 2 && is_condition(text))
            {
                broken.push(format!("{place}: a condition that is no constant: {}", line.trim()));
            }
            if let Some((_, argument)) = line.split_once(".condition_expression(") {
                let argument = argument.split(')').next().unwrap_or_default();
                // `take` and the writes of items are handed theirs.
                let handed = ["condition", "self.condition"].contains(&argument);
                if !handed && !CONSTANTS.iter().any(|(name, _)| *name == argument) {
                    broken.push(format!("{place}: nothing shows that {argument} is needed"));
                }
            }
        }
    }
    let gone = CONSTANTS.iter().zip(&seen).filter(|(_, seen)| !**seen);
    broken.extend(gone.map(|((name, text), _)| format!("no constant {name} says `{text}` any more")));
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}
