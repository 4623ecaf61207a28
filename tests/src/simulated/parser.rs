//! Conditions and operands, in the language of expressions and in PartiQL; it never knows an item.

use serde_json::{Value, json};

use super::condition::{Comparison, Condition, Operand};
use super::token::{Token, tokens};
use super::value::Item;

/// What stands for names and values.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dialect<'a> {
    /// `#n` and `:v`.
    Expression { names: Option<&'a Item>, values: Option<&'a Item> },
    /// `"n"` and `?`.
    PartiQl { parameters: &'a [Value] },
}

/// Reads tokens one after the other.
#[derive(Debug)]
pub(super) struct Parser<'a> {
    tokens: Vec<Token>,
    at: usize,
    dialect: Dialect<'a>,
    /// How many `?` were read.
    parameters: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(text: &str, dialect: Dialect<'a>) -> Result<Self, String> {
        let placeholders = matches!(dialect, Dialect::Expression { .. });
        Ok(Self { tokens: tokens(text, placeholders)?, at: 0, dialect, parameters: 0 })
    }

    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    pub(super) fn next(&mut self) -> Option<Token> {
        self.at += 1;
        self.tokens.get(self.at - 1).cloned()
    }

    pub(super) fn skip_sign(&mut self, sign: &str) -> bool {
        let here = matches!(self.peek(), Some(Token::Sign(found)) if *found == sign);
        self.at += usize::from(here);
        here
    }

    pub(super) fn skip_word(&mut self, word: &str) -> bool {
        let here = matches!(self.peek(), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word));
        self.at += usize::from(here);
        here
    }

    pub(super) fn sign(&mut self, sign: &str) -> Result<(), String> {
        if self.skip_sign(sign) { Ok(()) } else { Err(self.unexpected(sign)) }
    }

    pub(super) fn word(&mut self, word: &str) -> Result<(), String> {
        if self.skip_word(word) { Ok(()) } else { Err(self.unexpected(word)) }
    }

    pub(super) fn unexpected(&self, wanted: &str) -> String {
        format!("Syntax error: `{wanted}` was expected, not {:?}", self.peek())
    }

    /// Nothing may follow, and no parameter may be left.
    pub(super) fn end(&self) -> Result<(), String> {
        if self.peek().is_some() {
            return Err(self.unexpected("the end"));
        }
        match self.dialect {
            Dialect::PartiQl { parameters } if parameters.len() != self.parameters => {
                Err("Number of parameters in request and statement don't match.".to_owned())
            }
            Dialect::PartiQl { .. } | Dialect::Expression { .. } => Ok(()),
        }
    }

    /// A name of an attribute.
    pub(super) fn path(&mut self) -> Result<String, String> {
        let token = self.next();
        let name = match (token, self.dialect) {
            (Some(Token::Quoted(name)), Dialect::PartiQl { .. }) => name,
            (Some(Token::Word(name)), Dialect::Expression { names, .. }) if name.starts_with('#') => {
                let found = names.and_then(|names| names.get(&name)).and_then(Value::as_str);
                found
                    .ok_or_else(|| format!("An expression attribute name used in the document path is not defined: {name}"))?
                    .to_owned()
            }
            (Some(Token::Word(name)), _) if !name.starts_with(['#', ':']) => name,
            (token, _) => return Err(format!("Syntax error: a name was expected, not {token:?}")),
        };
        match self.peek() {
            Some(Token::Sign("." | "[")) => Err("the simulation knows only attributes at the top".to_owned()),
            _ => Ok(name),
        }
    }

    /// A value, if one stands here.
    pub(super) fn value(&mut self) -> Result<Option<Value>, String> {
        let value = match (self.peek(), self.dialect) {
            (Some(Token::Sign("?")), Dialect::PartiQl { parameters }) => {
                self.parameters += 1;
                let missing = || "Number of parameters in request and statement don't match.".to_owned();
                parameters.get(self.parameters - 1).ok_or_else(missing)?.clone()
            }
            (Some(Token::Text(text)), Dialect::PartiQl { .. }) => json!({ "S": text }),
            (Some(Token::Number(text)), Dialect::PartiQl { .. }) => json!({ "N": text }),
            (Some(Token::Word(word)), Dialect::PartiQl { .. }) => match word.to_ascii_lowercase().as_str() {
                "true" => json!({ "BOOL": true }),
                "false" => json!({ "BOOL": false }),
                "null" => json!({ "NULL": true }),
                _ => return Ok(None),
            },
            (Some(Token::Word(name)), Dialect::Expression { values, .. }) if name.starts_with(':') => {
                let found = values.and_then(|values| values.get(name));
                found.ok_or_else(|| format!("An expression attribute value used in expression is not defined: {name}"))?.clone()
            }
            _ => return Ok(None),
        };
        self.at += 1;
        Ok(Some(value))
    }

    pub(super) fn operand(&mut self) -> Result<Operand, String> {
        match self.value()? {
            Some(value) => Ok(Operand::Value(value)),
            None => Ok(Operand::Path(self.path()?)),
        }
    }

    pub(super) fn condition(&mut self) -> Result<Condition, String> {
        let mut any = vec![self.all()?];
        while self.skip_word("OR") {
            any.push(self.all()?);
        }
        Ok(if any.len() == 1 { any.remove(0) } else { Condition::Or(any) })
    }

    fn all(&mut self) -> Result<Condition, String> {
        let mut all = vec![self.one()?];
        while self.skip_word("AND") {
            all.push(self.one()?);
        }
        Ok(if all.len() == 1 { all.remove(0) } else { Condition::And(all) })
    }

    fn one(&mut self) -> Result<Condition, String> {
        if self.skip_word("NOT") {
            return Ok(Condition::Not(Box::new(self.one()?)));
        }
        if self.skip_sign("(") {
            let inner = self.condition()?;
            self.sign(")")?;
            return Ok(inner);
        }
        if let Some(function) = self.function() {
            return self.call(&function);
        }
        let left = self.operand()?;
        if self.skip_word("IS") {
            return self.is(left);
        }
        if self.skip_word("BETWEEN") {
            let low = self.operand()?;
            self.word("AND")?;
            let high = self.operand()?;
            return Ok(Condition::And(vec![
                Condition::Compare(left.clone(), Comparison::NotLess, low),
                Condition::Compare(left, Comparison::NotGreater, high),
            ]));
        }
        let comparison = match self.next() {
            Some(Token::Sign("=")) => Comparison::Equal,
            Some(Token::Sign("<>" | "!=")) => Comparison::NotEqual,
            Some(Token::Sign("<")) => Comparison::Less,
            Some(Token::Sign("<=")) => Comparison::NotGreater,
            Some(Token::Sign(">")) => Comparison::Greater,
            Some(Token::Sign(">=")) => Comparison::NotLess,
            token => return Err(format!("Syntax error: a comparison was expected, not {token:?}")),
        };
        Ok(Condition::Compare(left, comparison, self.operand()?))
    }

    /// A name before an opening parenthesis.
    pub(super) fn function(&mut self) -> Option<String> {
        match (self.peek(), self.tokens.get(self.at + 1)) {
            (Some(Token::Word(name)), Some(Token::Sign("("))) => {
                let name = name.to_ascii_lowercase();
                self.at += 2;
                Some(name)
            }
            _ => None,
        }
    }

    fn call(&mut self, function: &str) -> Result<Condition, String> {
        let condition = match function {
            "attribute_exists" => Condition::Exists(self.path()?),
            "attribute_not_exists" => Condition::Missing(self.path()?),
            "begins_with" => {
                let value = self.operand()?;
                self.sign(",")?;
                Condition::BeginsWith(value, self.operand()?)
            }
            _ => return Err(format!("the simulation knows no function {function}")),
        };
        self.sign(")")?;
        Ok(condition)
    }

    fn is(&mut self, left: Operand) -> Result<Condition, String> {
        let not = self.skip_word("NOT");
        let Operand::Path(path) = left else { return Err(self.unexpected("a comparison")) };
        let condition = if self.skip_word("MISSING") {
            Condition::Missing(path)
        } else if self.skip_word("NULL") {
            Condition::Compare(Operand::Path(path), Comparison::Equal, Operand::Value(json!({ "NULL": true })))
        } else {
            return Err(self.unexpected("MISSING"));
        };
        Ok(if not { Condition::Not(Box::new(condition)) } else { condition })
    }
}
