//! Reading and changing JSON by member names; it never knows what a member means.

use serde_json::Value;

/// A member that is there and not null.
pub(super) fn given<'a>(value: &'a Value, member: &str) -> Option<&'a Value> {
    value.get(member).filter(|value| !value.is_null())
}

pub(super) fn text<'a>(value: &'a Value, member: &str) -> Option<&'a str> {
    given(value, member)?.as_str()
}

pub(super) fn number(value: &Value, member: &str) -> Option<i64> {
    given(value, member)?.as_i64()
}

pub(super) fn flag(value: &Value, member: &str) -> Option<bool> {
    given(value, member)?.as_bool()
}

/// The elements of a member that is a list; none if it is missing.
pub(super) fn list<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a Value> + use<'a> {
    given(value, member).and_then(Value::as_array).into_iter().flatten()
}

/// The strings of a member that is a list.
pub(super) fn texts<'a>(value: &'a Value, member: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    list(value, member).filter_map(Value::as_str)
}

/// The names of all members that are not null.
pub(super) fn members(value: &Value) -> impl Iterator<Item = &str> {
    let members = value.as_object().into_iter().flatten();
    members.filter(|(_, value)| !value.is_null()).map(|(name, _)| name.as_str())
}

/// The element of a list whose member has this text.
pub(super) fn find<'a>(value: &'a Value, member: &str, by: &str, wanted: &str) -> Option<&'a Value> {
    list(value, member).find(|element| text(element, by) == Some(wanted))
}

/// [`find`], to change it.
pub(super) fn find_mut<'a>(value: &'a mut Value, member: &str, by: &str, wanted: &str) -> Option<&'a mut Value> {
    let elements = value.get_mut(member)?.as_array_mut()?;
    elements.iter_mut().find(|element| text(element, by) == Some(wanted))
}

/// Adds to a list, which is made if it is missing.
pub(super) fn push(value: &mut Value, member: &str, element: Value) {
    match value.get_mut(member).and_then(Value::as_array_mut) {
        Some(elements) => elements.push(element),
        None => value[member] = Value::Array(vec![element]),
    }
}

/// Takes away the elements of a list whose member has this text, and the list with its last one.
pub(super) fn drop_from(value: &mut Value, member: &str, by: &str, unwanted: &str) {
    if let Some(elements) = value.get_mut(member).and_then(Value::as_array_mut) {
        elements.retain(|element| text(element, by) != Some(unwanted));
        if elements.is_empty() {
            unset(value, member);
        }
    }
}

/// Takes a member away.
pub(super) fn unset(value: &mut Value, member: &str) {
    if let Some(members) = value.as_object_mut() {
        members.remove(member);
    }
}

/// Sets a member, or takes it away.
pub(super) fn put(value: &mut Value, member: &str, wanted: Option<Value>) {
    match wanted {
        Some(wanted) => value[member] = wanted,
        None => unset(value, member),
    }
}
