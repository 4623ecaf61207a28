//! Statements of PartiQL; it never knows a table.

use serde_json::{Value, json};

use super::condition::Condition;
use super::parser::{Dialect, Parser};
use super::token::Token;
use super::update::{Change, changes};
use super::value::Item;

/// What a statement wants.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Statement {
    Update { changes: Vec<Change>, condition: Condition },
    Delete { condition: Condition },
    Insert { item: Item },
}

/// The name of the table that a statement writes to.
pub(super) fn table(statement: &str) -> Option<String> {
    let mut parser = Parser::new(statement, Dialect::PartiQl { parameters: &[] }).ok()?;
    let _ = parser.skip_word("UPDATE")
        || ((parser.skip_word("DELETE") || parser.skip_word("SELECT")) && {
            while parser.peek().is_some() && !parser.skip_word("FROM") {
                parser.next();
            }
            true
        })
        || (parser.skip_word("INSERT") && parser.skip_word("INTO"));
    parser.path().ok()
}

/// Reads a statement with its parameters.
pub(super) fn parse(statement: &str, parameters: &[Value]) -> Result<Statement, String> {
    let mut parser = Parser::new(statement, Dialect::PartiQl { parameters })?;
    let parsed = if parser.skip_word("UPDATE") {
        parser.path()?;
        let changes = changes(&mut parser)?;
        parser.word("WHERE")?;
        Statement::Update { changes, condition: parser.condition()? }
    } else if parser.skip_word("DELETE") {
        parser.word("FROM")?;
        parser.path()?;
        parser.word("WHERE")?;
        Statement::Delete { condition: parser.condition()? }
    } else if parser.skip_word("INSERT") {
        parser.word("INTO")?;
        parser.path()?;
        parser.word("VALUE")?;
        // A parameter for the whole item is refused by the engines too.
        Statement::Insert { item: map(&mut parser)? }
    } else {
        return Err(parser.unexpected("UPDATE, DELETE or INSERT"));
    };
    parser.end()?;
    Ok(parsed)
}

/// A value, or a map of values.
fn literal(parser: &mut Parser<'_>) -> Result<Value, String> {
    match parser.value()? {
        Some(value) => Ok(value),
        None => Ok(json!({ "M": map(parser)? })),
    }
}

fn map(parser: &mut Parser<'_>) -> Result<Item, String> {
    parser.sign("{")?;
    let mut map = Item::new();
    while !parser.skip_sign("}") {
        if !map.is_empty() {
            parser.sign(",")?;
        }
        let name = match parser.next() {
            Some(Token::Text(name)) => name,
            token => return Err(format!("Syntax error: a name was expected, not {token:?}")),
        };
        parser.sign(":")?;
        let value = literal(parser)?;
        map.insert(name, value);
    }
    Ok(map)
}
