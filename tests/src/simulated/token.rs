//! The words of expressions and of PartiQL; it never knows what they say.

/// A word or a sign.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// `SET`, `name`, `#name`, `:value`.
    Word(String),
    /// `"name"`, its doubled quotes made single.
    Quoted(String),
    /// `'text'`
    Text(String),
    Number(String),
    Sign(&'static str),
}

const SIGNS: [&str; 19] = ["<=", ">=", "<>", "!=", "=", "<", ">", ",", "(", ")", "{", "}", "[", "]", "?", ":", ".", "+", "-"];

/// Splits a text, in which `placeholders` such as `:v` may stand.
pub(super) fn tokens(text: &str, placeholders: bool) -> Result<Vec<Token>, String> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = match first {
            '"' => quoted(rest, '"').map(|(text, length)| (Token::Quoted(text), length))?,
            '\'' => quoted(rest, '\'').map(|(text, length)| (Token::Text(text), length))?,
            '0'..='9' => {
                let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.')).unwrap_or(rest.len());
                (Token::Number(rest[..length].to_owned()), length)
            }
            _ => word(rest, placeholders).or_else(|| sign(rest)).ok_or_else(|| format!("unexpected `{first}`"))?,
        };
        found.push(token);
        rest = rest[length..].trim_start();
    }
    Ok(found)
}

fn word(rest: &str, placeholders: bool) -> Option<(Token, usize)> {
    let marked = placeholders && rest.starts_with(['#', ':']);
    let name = &rest[usize::from(marked)..];
    let length = name.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(name.len());
    let length = if length == 0 { return None } else { length + usize::from(marked) };
    Some((Token::Word(rest[..length].to_owned()), length))
}

fn sign(rest: &str) -> Option<(Token, usize)> {
    let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign))?;
    Some((Token::Sign(sign), sign.len()))
}

fn quoted(rest: &str, quote: char) -> Result<(String, usize), String> {
    let mut text = String::new();
    let mut characters = rest.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if character != quote {
            text.push(character);
        } else if characters.peek().is_some_and(|(_, next)| *next == quote) {
            text.push(quote);
            characters.next();
        } else {
            return Ok((text, at + 1));
        }
    }
    Err(format!("a {quote} is not closed"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_is_split_into_words() {
        let text = r#"UPDATE "a ""b"".c" SET "ä"=? WHERE x<>'it''s' AND #n<=:v1 , {'k': ?}"#;
        let word = |text: &str| Token::Word(text.to_owned());
        let expected = vec![
            word("UPDATE"),
            Token::Quoted("a \"b\".c".to_owned()),
            word("SET"),
            Token::Quoted("ä".to_owned()),
            Token::Sign("="),
            Token::Sign("?"),
            word("WHERE"),
            word("x"),
            Token::Sign("<>"),
            Token::Text("it's".to_owned()),
            word("AND"),
            word("#n"),
            Token::Sign("<="),
            word(":v1"),
            Token::Sign(","),
            Token::Sign("{"),
            Token::Text("k".to_owned()),
            Token::Sign(":"),
            Token::Sign("?"),
            Token::Sign("}"),
        ];
        assert_eq!(tokens(text, true), Ok(expected));
        assert_eq!(tokens("{'a':true", false).unwrap()[2..], [Token::Sign(":"), word("true")]);
        assert!(tokens(r#"UPDATE "a"#, false).is_err());
    }
}
