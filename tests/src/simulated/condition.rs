//! Conditions on an item; it never knows how they were written.

use std::cmp::Ordering;

use serde_json::Value;

use super::value::{Item, begins_with, order, same};

/// What stands on one side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Operand {
    Path(String),
    Value(Value),
}

impl Operand {
    pub(super) fn of<'a>(&'a self, item: &'a Item) -> Option<&'a Value> {
        match self {
            Self::Path(name) => item.get(name),
            Self::Value(value) => Some(value),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Less,
    NotGreater,
    Greater,
    NotLess,
}

/// What must hold.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Not(Box<Condition>),
    Exists(String),
    Missing(String),
    Compare(Operand, Comparison, Operand),
    BeginsWith(Operand, Operand),
}

impl Condition {
    /// Of an item; a missing one has no attributes.
    pub(super) fn holds(&self, item: &Item) -> bool {
        match self {
            Self::And(all) => all.iter().all(|one| one.holds(item)),
            Self::Or(any) => any.iter().any(|one| one.holds(item)),
            Self::Not(one) => !one.holds(item),
            Self::Exists(name) => item.contains_key(name),
            Self::Missing(name) => !item.contains_key(name),
            Self::BeginsWith(value, start) => match (value.of(item), start.of(item)) {
                (Some(value), Some(start)) => begins_with(value, start),
                _ => false,
            },
            Self::Compare(left, comparison, right) => {
                let (Some(left), Some(right)) = (left.of(item), right.of(item)) else {
                    return *comparison == Comparison::NotEqual;
                };
                let ordered = |wanted: &[Ordering]| order(left, right).is_some_and(|order| wanted.contains(&order));
                match comparison {
                    Comparison::Equal => same(left, right),
                    Comparison::NotEqual => !same(left, right),
                    Comparison::Less => ordered(&[Ordering::Less]),
                    Comparison::NotGreater => ordered(&[Ordering::Less, Ordering::Equal]),
                    Comparison::Greater => ordered(&[Ordering::Greater]),
                    Comparison::NotLess => ordered(&[Ordering::Greater, Ordering::Equal]),
                }
            }
        }
    }

    /// The conditions that must all hold.
    pub(super) fn parts(self) -> Vec<Self> {
        match self {
            Self::And(all) => all.into_iter().flat_map(Self::parts).collect(),
            one
            @ (Self::Or(_) | Self::Not(_) | Self::Exists(_) | Self::Missing(_) | Self::Compare(..) | Self::BeginsWith(..)) => {
                vec![one]
            }
        }
    }

    /// The value that an attribute must be equal to by this condition.
    pub(super) fn equality(&self) -> Option<(&str, &Value)> {
        match self {
            Self::Compare(Operand::Path(name), Comparison::Equal, Operand::Value(value))
            | Self::Compare(Operand::Value(value), Comparison::Equal, Operand::Path(name)) => Some((name, value)),
            _ => None,
        }
    }
}
