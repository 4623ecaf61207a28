//! What a table's items hold where a change would touch them: one scan for all questions, read and never written. It never knows what
//! follows from the answers.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::fault::explain;
use super::item_key::ItemKey;
use super::store::Item;
use crate::error::Error;
use crate::iam::Action;
use crate::schema::{IndexKey, IndexName, KeyElement, PrimaryKey, ScalarType, TableName};

/// As many items of an index are named.
const NAMED: usize = 10;
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html#limits-partition-sort-keys>
const PARTITION_BYTES: usize = 2048;
const SORT_BYTES: usize = 1024;
/// DynamoDB does not expire what is further back.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html>
const EXPIRES_WITHIN_SECONDS: i64 = 5 * 365 * 24 * 60 * 60;

/// What is to be found out about a table's items.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Questions {
    /// Which of them hold a time in this attribute?
    pub ttl: Option<String>,
    /// Which of them could not be in these indexes?
    pub indexes: BTreeMap<IndexName, IndexKey>,
}

impl Questions {
    pub(crate) fn is_empty(&self) -> bool {
        self.ttl.is_none() && self.indexes.is_empty()
    }
}

/// Items that could not be in an index.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Misfits {
    pub items: u64,
    /// The first of them, by key, each with what is wrong.
    pub named: Vec<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// Items with a number in the attribute, and those of them whose time is past.
    pub ttl: Option<(u64, u64)>,
    pub indexes: BTreeMap<IndexName, Misfits>,
}

/// Reads the whole table, of each item only what the questions are about; `None` where it has more than so many pages of 1 MB.
pub(crate) async fn probe(
    client: &Client,
    table: &TableName,
    key: &PrimaryKey,
    questions: &Questions,
    pages: Option<usize>,
) -> Result<Option<Answers>, Error> {
    let mut answers = Answers {
        ttl: questions.ttl.as_ref().map(|_| (0, 0)),
        indexes: questions.indexes.keys().map(|index| (index.clone(), Misfits::default())).collect(),
    };
    let of_indexes = questions.indexes.values().flat_map(IndexKey::attributes).map(|element| element.name.as_str());
    let of_key = key.attributes().map(|element| element.name.as_str());
    let mut names: Vec<&str> = of_key.chain(of_indexes).chain(questions.ttl.as_deref()).collect();
    names.sort_unstable();
    names.dedup();
    let aliases: Vec<String> = (0..names.len()).map(|n| format!("#a{n}")).collect();
    let now = Timestamp::now().as_second();
    let mut from = None;
    for read in 0.. {
        if pages.is_some_and(|most| read >= most) {
            break;
        }
        let page = client
            .scan()
            .table_name(table.as_str())
            .projection_expression(aliases.join(", "))
            .set_expression_attribute_names(Some(
                aliases.iter().cloned().zip(names.iter().map(|&name| name.to_owned())).collect(),
            ))
            .set_exclusive_start_key(from)
            .send()
            .await
            .map_err(|error| explain(Action::Scan, &format!("table `{table}`"), error))?;
        page.items().iter().for_each(|item| look(item, key, questions, now, &mut answers));
        from = page.last_evaluated_key;
        if from.is_none() {
            return Ok(Some(answers));
        }
    }
    Ok(None)
}

fn look(item: &Item, key: &PrimaryKey, questions: &Questions, now: i64, answers: &mut Answers) {
    let time = questions.ttl.as_ref().and_then(|attribute| item.get(attribute));
    if let (Some(AttributeValue::N(number)), Some((items, past))) = (time, &mut answers.ttl) {
        *items += 1;
        let seconds = number.parse::<f64>().unwrap_or(f64::MAX);
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 fit a double for ages")]
        let passed = seconds < now as f64 && seconds > (now - EXPIRES_WITHIN_SECONDS) as f64;
        *past += u64::from(passed);
    }
    for (index, of_index) in &questions.indexes {
        let Some(wrong) = misfit(item, of_index) else { continue };
        let Some(found) = answers.indexes.get_mut(index) else { continue };
        found.items += 1;
        if found.named.len() < NAMED {
            let key = ItemKey::of(key, item).map_or_else(|_| "an item without its key".to_owned(), |key| key.to_string());
            found.named.push(format!("{key}: {wrong}"));
        }
    }
}

/// Why DynamoDB would refuse the next write of an item beside an index. One that lacks a key attribute is left out on purpose, since an
/// index is sparse; but each that it has is judged by itself.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.OnlineOps.html#GSI.OnlineOps.Creating>
fn misfit(item: &Item, key: &IndexKey) -> Option<String> {
    let partition = key.partition.iter().map(|element| (element, PARTITION_BYTES));
    let sort = key.sort.iter().map(|element| (element, SORT_BYTES));
    partition.chain(sort).find_map(|(element, limit)| wrong(item.get(&element.name)?, element, limit))
}

fn wrong(value: &AttributeValue, KeyElement { name, scalar }: &KeyElement, limit: usize) -> Option<String> {
    let length = match (scalar, value) {
        (ScalarType::S, AttributeValue::S(text)) => text.len(),
        (ScalarType::B, AttributeValue::B(bytes)) => bytes.as_ref().len(),
        (ScalarType::N, AttributeValue::N(_)) => return None,
        (_, other) => return Some(format!("{name} is {}, and not {scalar}", letter(other))),
    };
    match length {
        0 => Some(format!("{name} is empty")),
        _ if length > limit => Some(format!("{name} has {length} bytes; an index takes {limit}")),
        _ => None,
    }
}

fn letter(value: &AttributeValue) -> &'static str {
    match value {
        AttributeValue::S(_) => "S",
        AttributeValue::N(_) => "N",
        AttributeValue::B(_) => "B",
        AttributeValue::Bool(_) => "BOOL",
        AttributeValue::Null(_) => "NULL",
        AttributeValue::M(_) => "M",
        AttributeValue::L(_) => "L",
        AttributeValue::Ss(_) => "SS",
        AttributeValue::Ns(_) => "NS",
        AttributeValue::Bs(_) => "BS",
        _ => "of another type",
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::primitives::Blob;

    use super::*;

    fn key(partition: &[(&str, ScalarType)], sort: &[(&str, ScalarType)]) -> IndexKey {
        let elements = |list: &[(&str, ScalarType)]| list.iter().map(|(name, scalar)| KeyElement::new(*name, *scalar)).collect();
        IndexKey { partition: elements(partition), sort: elements(sort) }
    }

    fn item(attributes: &[(&str, AttributeValue)]) -> Item {
        attributes.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    #[test]
    fn what_an_index_would_leave_out() {
        let by = key(&[("email", ScalarType::S)], &[("at", ScalarType::N)]);
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let one = || AttributeValue::N("1".to_owned());
        let found = |attributes: &[(&str, AttributeValue)]| misfit(&item(attributes), &by);
        assert_eq!(found(&[("email", text("a")), ("at", one())]), None);
        assert_eq!(found(&[("at", one())]), None, "sparse: it lacks `email`");
        assert_eq!(
            found(&[("email", AttributeValue::Null(true))]).as_deref(),
            Some("email is NULL, and not S"),
            "though it lacks `at`"
        );
        assert_eq!(found(&[("email", one()), ("at", one())]).as_deref(), Some("email is N, and not S"));
        assert_eq!(found(&[("email", AttributeValue::Null(true)), ("at", one())]).as_deref(), Some("email is NULL, and not S"));
        assert_eq!(found(&[("email", text("")), ("at", one())]).as_deref(), Some("email is empty"));
        let long = text(&"x".repeat(2049));
        assert_eq!(found(&[("email", long), ("at", one())]).as_deref(), Some("email has 2049 bytes; an index takes 2048"));
    }

    #[test]
    fn a_time_that_is_past_expires_unless_it_is_very_old() {
        let questions = Questions { ttl: Some("until".to_owned()), ..Questions::default() };
        let mut answers = Answers { ttl: Some((0, 0)), ..Answers::default() };
        let table = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        let now = 1_800_000_000;
        for time in ["1799999999", "1800000001", "1", "1e400", "-5"] {
            look(&item(&[("until", AttributeValue::N(time.to_owned()))]), &table, &questions, now, &mut answers);
        }
        look(&item(&[("until", AttributeValue::S("1".to_owned()))]), &table, &questions, now, &mut answers);
        assert_eq!(answers.ttl, Some((5, 1)));
    }

    #[test]
    fn each_type_has_its_letters() {
        let (texts, bytes) = (|| vec!["1".to_owned()], || Blob::new("1"));
        let all = [
            (AttributeValue::S(String::new()), "S"),
            (AttributeValue::N("1".to_owned()), "N"),
            (AttributeValue::B(bytes()), "B"),
            (AttributeValue::Bool(true), "BOOL"),
            (AttributeValue::Null(true), "NULL"),
            (AttributeValue::M(Item::new()), "M"),
            (AttributeValue::L(Vec::new()), "L"),
            (AttributeValue::Ss(texts()), "SS"),
            (AttributeValue::Ns(texts()), "NS"),
            (AttributeValue::Bs(vec![bytes()]), "BS"),
        ];
        for (value, letters) in all {
            assert_eq!(letter(&value), letters);
        }
    }
}
