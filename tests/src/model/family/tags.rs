//! Tags, by the table's ARN; it never knows what they say.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html>

use super::super::json::{list, text, texts};
use super::super::refusal::Refusal;
use super::super::state::{State, Table};
use super::{by_arn, known};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const TAGS: usize = 50;

pub(in super::super) fn tag(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    known(request, "TagResource", &["ResourceArn", "Tags"])?;
    let name = by_arn(state, request)?;
    state.change(name, |state, table| {
        there(table)?;
        let tags = legal(request, &table.tags)?;
        if tags == table.tags {
            state.idle(format!("the tags of {name} are so already"));
        }
        table.tags = tags;
        Ok(Value::Null)
    })
}

pub(in super::super) fn untag(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    known(request, "UntagResource", &["ResourceArn", "TagKeys"])?;
    let name = by_arn(state, request)?;
    state.change(name, |state, table| {
        there(table)?;
        for key in texts(request, "TagKeys") {
            ours(key)?;
            if table.tags.remove(key).is_none() {
                state.idle(format!("{name} has no tag {key}"));
            }
        }
        Ok(Value::Null)
    })
}

/// By pages; what was changed a moment ago may not be seen yet.
pub(in super::super) fn list_tags(state: &mut State, request: &Value) -> Result<Value, Refusal> {
    known(request, "ListTagsOfResource", &["ResourceArn", "NextToken"])?;
    let table = state.table(by_arn(state, request)?)?;
    let start = text(request, "NextToken");
    let mut rest = table.tags.iter().filter(|(key, _)| start.is_none_or(|start| key.as_str() > start));
    let page: Vec<_> = rest.by_ref().take(state.quirks.tags_per_page).collect();
    let tags: Vec<_> = page.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    let mut answer = json!({ "Tags": tags });
    if let (Some((last, _)), Some(_)) = (page.last(), rest.next()) {
        answer["NextToken"] = json!(last);
    }
    Ok(answer)
}

/// The tags that a table would have.
pub(super) fn legal(request: &Value, live: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>, Refusal> {
    let mut new = BTreeMap::new();
    for tag in list(request, "Tags") {
        let (key, value) = (text(tag, "Key").unwrap_or_default(), text(tag, "Value").unwrap_or_default());
        ours(key)?;
        if !(1..=128).contains(&key.chars().count()) || value.chars().count() > 256 {
            return Err(Refusal::invalid(format!("a tag has a key of 1 to 128 and a value of up to 256 characters: {key}")));
        }
        if new.insert(key.to_owned(), value.to_owned()).is_some() {
            return Err(Refusal::invalid(format!("Duplicate tag key: {key}")));
        }
    }
    let mut all = live.clone();
    all.extend(new);
    let count = all.len();
    if count > TAGS {
        return Err(Refusal::validation(format!("Too many tags: {count}. A table has up to {TAGS}")));
    }
    Ok(all)
}

fn ours(key: &str) -> Result<(), Refusal> {
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(Refusal::validation(format!("Tag key {key}: the prefix aws: is reserved for system use")));
    }
    Ok(())
}

fn there(table: &Table) -> Result<(), Refusal> {
    match table.status() {
        "CREATING" | "DELETING" => table.must_be_active(),
        _ => Ok(()),
    }
}
