//! Attribute values of the SDK, as text and back; it never knows items or answers.

use std::collections::HashMap;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_smithy_types::base64;

use super::body::Unreadable;
use super::read::Reader;
use super::value::{DEEPEST, Value, tagged};
use super::write::push_string;

/// Writes an SDK value as DynamoDB's JSON behind what is there.
pub(crate) fn from_sdk(value: &AttributeValue, out: &mut String) {
    out.push('{');
    match value {
        AttributeValue::S(text) => {
            out.push_str("\"S\":");
            push_string(text, out);
        }
        AttributeValue::N(digits) => {
            out.push_str("\"N\":");
            push_string(digits, out);
        }
        AttributeValue::B(bytes) => {
            out.push_str("\"B\":");
            push_bytes(bytes, out);
        }
        AttributeValue::Bool(yes) => out.push_str(if *yes { "\"BOOL\":true" } else { "\"BOOL\":false" }),
        AttributeValue::Null(yes) => out.push_str(if *yes { "\"NULL\":true" } else { "\"NULL\":false" }),
        AttributeValue::M(map) => {
            out.push_str("\"M\":{");
            let mut members: Vec<_> = map.iter().collect();
            // One value has one text.
            members.sort_unstable_by_key(|(name, _)| *name);
            separated(members, out, |(name, value), out| {
                push_string(name, out);
                out.push(':');
                from_sdk(value, out);
            });
            out.push('}');
        }
        AttributeValue::L(list) => array("L", list, out, from_sdk),
        AttributeValue::Ss(list) => array("SS", list, out, |text, out| push_string(text, out)),
        AttributeValue::Ns(list) => array("NS", list, out, |digits, out| push_string(digits, out)),
        AttributeValue::Bs(list) => array("BS", list, out, push_bytes),
        // Of a type that the SDK does not know it keeps nothing. No engine takes this text for a value.
        _ => out.push_str("\"UNKNOWN\":true"),
    }
    out.push('}');
}

fn array<T>(tag: &str, list: &[T], out: &mut String, write: impl FnMut(&T, &mut String)) {
    push_string(tag, out);
    out.push_str(":[");
    separated(list, out, write);
    out.push(']');
}

fn separated<T>(list: impl IntoIterator<Item = T>, out: &mut String, mut write: impl FnMut(T, &mut String)) {
    for (n, element) in list.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write(element, out);
    }
}

fn push_bytes(bytes: &Blob, out: &mut String) {
    out.push('"');
    out.push_str(&base64::encode(bytes));
    out.push('"');
}

/// Reads DynamoDB's JSON as the SDK's value.
pub(crate) fn to_sdk(text: &str) -> Result<AttributeValue, Unreadable> {
    let mut reader = Reader::new(text);
    let value = read(&mut reader, 0)?;
    reader.end()?;
    Ok(value)
}

fn read(reader: &mut Reader<'_>, depth: u32) -> Result<AttributeValue, Unreadable> {
    if depth > DEEPEST {
        return Err(Unreadable("a value of too many levels"));
    }
    tagged(reader, |reader, tag| match tag {
        "NULL" => reader.boolean().map(AttributeValue::Null),
        "M" => {
            let mut map = HashMap::new();
            reader.members(|reader, name| {
                map.insert(name.into_owned(), read(reader, depth + 1)?);
                Ok(())
            })?;
            Ok(AttributeValue::M(map))
        }
        "L" => reader.list(|reader| read(reader, depth + 1)).map(AttributeValue::L),
        tag => Ok(match Value::read(reader, tag)? {
            Value::S(text) => AttributeValue::S(text.into_owned()),
            Value::N(digits) => AttributeValue::N(digits.into_owned()),
            Value::B(bytes) => AttributeValue::B(Blob::new(bytes)),
            Value::Bool(yes) => AttributeValue::Bool(yes),
            Value::Ss(list) => AttributeValue::Ss(list.into_iter().map(Into::into).collect()),
            Value::Ns(list) => AttributeValue::Ns(list.into_iter().map(Into::into).collect()),
            Value::Bs(list) => AttributeValue::Bs(list.into_iter().map(Blob::new).collect()),
            // The first three are read above; the SDK lets nobody else make its unknown value.
            Value::Null | Value::M(_) | Value::L(_) | Value::Unknown => return Err(Unreadable("a value of an unknown type")),
        }),
    })
}
