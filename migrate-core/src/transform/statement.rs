//! A write as one PartiQL statement with its conditions; knows no client and no answer.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html>

use super::change::Expected;
use super::task::{Effect, Task};
use crate::aws::wire::push_string;

/// Characters of a statement at most.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchStatementRequest.html>
const LONGEST: usize = 8_192;
/// An attribute is as it was given to the function.
const STILL_AS_GIVEN: &str = "=?";
/// An attribute that the item had not still is not there.
const STILL_ABSENT: &str = " IS MISSING";

/// The statement's request as JSON, or nothing where it must be written another way: it is too long, or an engine stumbles over a name.
pub(super) fn statement(table: &str, task: &Task) -> Option<String> {
    let mut writer = Writer { statement: String::with_capacity(256), parameters: String::with_capacity(512), fits: true };
    match &task.effect {
        Effect::Update(write) => {
            writer.verb("UPDATE ", table);
            for (name, value) in &write.change.set {
                writer.statement.push_str(" SET ");
                writer.equals(name, value);
            }
            for name in &write.change.remove {
                writer.statement.push_str(" REMOVE ");
                writer.name(name);
            }
            writer.conditions(task, &write.expected);
        }
        Effect::Delete(expected) => {
            writer.verb("DELETE FROM ", table);
            writer.conditions(task, expected);
        }
        Effect::Insert(item) => {
            writer.verb("INSERT INTO ", table);
            writer.statement.push_str(" VALUE {");
            for (at, (name, value)) in item.iter().enumerate() {
                writer.statement.push_str(if at == 0 { "'" } else { ",'" });
                writer.fits &= !name.starts_with(['#', ':']);
                writer.statement.push_str(&name.replace('\'', "''"));
                writer.statement.push_str("':?");
                writer.parameter(value);
            }
            writer.statement.push('}');
        }
        // PartiQL has no such thing.
        Effect::Replace { .. } => return None,
    }
    let Writer { statement, parameters, fits, .. } = writer;
    if !fits || statement.chars().count() > LONGEST {
        return None;
    }
    let mut request = String::with_capacity(statement.len() + parameters.len() + 96);
    request.push_str(r#"{"Statement":"#);
    push_string(&statement, &mut request);
    request.push_str(r#","Parameters":["#);
    request.push_str(&parameters);
    request.push_str(r#"],"ReturnValuesOnConditionCheckFailure":"ALL_OLD"}"#);
    Some(request)
}

struct Writer {
    statement: String,
    parameters: String,
    fits: bool,
}

impl Writer {
    fn verb(&mut self, verb: &str, table: &str) {
        self.statement.push_str(verb);
        self.name(table);
    }

    /// In double quotes any name will do, but for those that look like placeholders.
    fn name(&mut self, name: &str) {
        self.fits &= !name.starts_with(['#', ':']);
        self.statement.push('"');
        if name.contains('"') {
            self.statement.push_str(&name.replace('"', "\"\""));
        } else {
            self.statement.push_str(name);
        }
        self.statement.push('"');
    }

    fn equals(&mut self, name: &str, value: &str) {
        self.name(name);
        self.statement.push_str("=?");
        self.parameter(value);
    }

    fn parameter(&mut self, value: &str) {
        if !self.parameters.is_empty() {
            self.parameters.push(',');
        }
        self.parameters.push_str(value);
    }

    /// The key and what must be as it was. An item that is not there fails them: none is ever made.
    fn conditions(&mut self, task: &Task, expected: &Expected) {
        self.statement.push_str(" WHERE ");
        for (at, (name, value)) in task.key.iter().enumerate() {
            if at > 0 {
                self.statement.push_str(" AND ");
            }
            self.equals(name, value);
        }
        for (name, value) in expected {
            self.statement.push_str(" AND ");
            self.name(name);
            self.statement.push_str(if value.is_some() { STILL_AS_GIVEN } else { STILL_ABSENT });
            if let Some(value) = value {
                self.parameter(value);
            }
        }
    }
}

#[cfg(test)]
#[path = "statement_tests.rs"]
mod tests;
