//! Changes of attributes, from an update expression or from PartiQL; it never knows conditions.

use serde_json::{Value, json};

use super::condition::Operand;
use super::key::Schema;
use super::parser::Parser;
use super::value::{Item, typed};

/// What an attribute becomes.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Formula {
    Operand(Operand),
    /// An attribute's own value where it has one.
    Or(String, Operand),
    /// `a + b`, or `a - b`.
    Sum(Box<Formula>, Box<Formula>, i128),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    Set(String, Formula),
    Remove(String),
}

impl Change {
    fn name(&self) -> &str {
        match self {
            Self::Set(name, _) | Self::Remove(name) => name,
        }
    }
}

/// `SET a = :x, b = :y REMOVE c`, and each verb again as in PartiQL.
pub(super) fn changes(parser: &mut Parser<'_>) -> Result<Vec<Change>, String> {
    let mut found = Vec::new();
    loop {
        if parser.skip_word("SET") {
            loop {
                let name = parser.path()?;
                parser.sign("=")?;
                found.push(Change::Set(name, formula(parser)?));
                if !parser.skip_sign(",") {
                    break;
                }
            }
        } else if parser.skip_word("REMOVE") {
            loop {
                found.push(Change::Remove(parser.path()?));
                if !parser.skip_sign(",") {
                    break;
                }
            }
        } else if found.is_empty() {
            return Err(parser.unexpected("SET"));
        } else {
            return Ok(found);
        }
    }
}

fn formula(parser: &mut Parser<'_>) -> Result<Formula, String> {
    let left = term(parser)?;
    for (sign, factor) in [("+", 1), ("-", -1)] {
        if parser.skip_sign(sign) {
            return Ok(Formula::Sum(Box::new(left), Box::new(term(parser)?), factor));
        }
    }
    Ok(left)
}

fn term(parser: &mut Parser<'_>) -> Result<Formula, String> {
    match parser.function().as_deref() {
        None => Ok(Formula::Operand(parser.operand()?)),
        Some("if_not_exists") => {
            let name = parser.path()?;
            parser.sign(",")?;
            let other = parser.operand()?;
            parser.sign(")")?;
            Ok(Formula::Or(name, other))
        }
        Some(function) => Err(format!("the simulation knows no function {function}")),
    }
}

/// The item after its changes.
pub(super) fn apply(changes: &[Change], schema: &Schema, old: &Item) -> Result<Item, String> {
    let mut item = old.clone();
    for (at, change) in changes.iter().enumerate() {
        let name = change.name();
        if schema.has(name) {
            return Err(format!("Cannot update attribute {name}. This attribute is part of the key"));
        }
        if changes[..at].iter().any(|earlier| earlier.name() == name) {
            return Err("Two document paths overlap with each other; must remove or rewrite one of these paths".to_owned());
        }
        match change {
            Change::Set(name, formula) => {
                let value = evaluate(formula, old)?;
                if let Some(wrong) = super::value::invalid(&value) {
                    return Err(wrong);
                }
                item.insert(name.clone(), value);
            }
            Change::Remove(name) => {
                item.remove(name);
            }
        }
    }
    Ok(item)
}

fn evaluate(formula: &Formula, item: &Item) -> Result<Value, String> {
    let missing = || "The provided expression refers to an attribute that does not exist in the item".to_owned();
    match formula {
        Formula::Operand(operand) => operand.of(item).cloned().ok_or_else(missing),
        Formula::Or(name, other) => item.get(name).or_else(|| other.of(item)).cloned().ok_or_else(missing),
        Formula::Sum(left, right, factor) => {
            let whole = |formula: &Formula| {
                let value = evaluate(formula, item)?;
                let number = typed(&value).filter(|(kind, _)| *kind == "N").and_then(|(_, inner)| inner.as_str()?.parse().ok());
                number.ok_or_else(|| "the simulation adds only whole numbers".to_owned())
            };
            let (left, right): (i128, i128) = (whole(left)?, whole(right)?);
            Ok(json!({ "N": (left + factor * right).to_string() }))
        }
    }
}
