//! JSON read in one pass and in place, strictly and without recursion; it never knows what the text is about.

use std::borrow::Cow;

use super::body::Unreadable;

const CUT: Unreadable = Unreadable("the text ends too early");
const NOT_JSON: Unreadable = Unreadable("this is no JSON");

/// Bytes at which a string does not simply go on: its end, an escape, and what must be escaped.
const STOPS: [bool; 256] = {
    let mut stops = [false; 256];
    let mut byte = 0;
    while byte < 0x20 {
        stops[byte] = true;
        byte += 1;
    }
    stops[b'"' as usize] = true;
    stops[b'\\' as usize] = true;
    stops
};

/// A place in a text.
pub(super) struct Reader<'a> {
    text: &'a str,
    at: usize,
    /// What closes the objects and arrays around the place, while a value is skipped.
    open: Vec<u8>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, open: Vec::new() }
    }

    /// Nothing but white space may be left.
    pub(super) fn end(mut self) -> Result<(), Unreadable> {
        match self.peek() {
            None => Ok(()),
            Some(_) => Err(Unreadable("something stands behind the answer")),
        }
    }

    /// Reads an object: `each` is told a name, and reads its value.
    pub(super) fn members(
        &mut self,
        mut each: impl FnMut(&mut Self, Cow<'a, str>) -> Result<(), Unreadable>,
    ) -> Result<(), Unreadable> {
        self.expect(b'{')?;
        if self.eat(b'}') {
            return Ok(());
        }
        loop {
            let name = self.string()?;
            self.expect(b':')?;
            each(self, name)?;
            if !self.eat(b',') {
                return self.expect(b'}');
            }
        }
    }

    /// Reads an array: `each` reads an element.
    pub(super) fn elements(&mut self, mut each: impl FnMut(&mut Self) -> Result<(), Unreadable>) -> Result<(), Unreadable> {
        self.expect(b'[')?;
        if self.eat(b']') {
            return Ok(());
        }
        loop {
            each(self)?;
            if !self.eat(b',') {
                return self.expect(b']');
            }
        }
    }

    /// Reads an array whose elements `read` reads.
    pub(super) fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Result<T, Unreadable>) -> Result<Vec<T>, Unreadable> {
        let mut list = Vec::new();
        self.elements(|reader| {
            list.push(read(reader)?);
            Ok(())
        })?;
        Ok(list)
    }

    /// Reads a string; it is copied only where something in it is escaped.
    pub(super) fn string(&mut self) -> Result<Cow<'a, str>, Unreadable> {
        let (raw, escaped) = self.quoted()?;
        if escaped { unescape(raw).map(Cow::Owned) } else { Ok(Cow::Borrowed(raw)) }
    }

    /// Reads a string as it is written, without its quotes.
    pub(super) fn raw_string(&mut self) -> Result<&'a str, Unreadable> {
        self.quoted().map(|(raw, _)| raw)
    }

    pub(super) fn boolean(&mut self) -> Result<bool, Unreadable> {
        match self.peek() {
            Some(b't') => self.word("true").map(|()| true),
            Some(b'f') => self.word("false").map(|()| false),
            _ => Err(Unreadable("neither true nor false")),
        }
    }

    /// Reads a number as it is written.
    pub(super) fn number(&mut self) -> Result<&'a str, Unreadable> {
        self.white();
        let start = self.at;
        self.digits_and_signs()?;
        Ok(&self.text[start..self.at])
    }

    /// Whether a null follows; it is read then.
    pub(super) fn null(&mut self) -> Result<bool, Unreadable> {
        match self.peek() {
            Some(b'n') => self.word("null").map(|()| true),
            _ => Ok(false),
        }
    }

    /// Reads any value and gives its text.
    pub(super) fn skip(&mut self) -> Result<&'a str, Unreadable> {
        self.white();
        let start = self.at;
        self.open.clear();
        loop {
            match self.peek().ok_or(CUT)? {
                b'{' => {
                    self.at += 1;
                    if !self.eat(b'}') {
                        self.open.push(b'}');
                        self.name()?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    if !self.eat(b']') {
                        self.open.push(b']');
                        continue;
                    }
                }
                b'"' => drop(self.quoted()?),
                b't' => self.word("true")?,
                b'f' => self.word("false")?,
                b'n' => self.word("null")?,
                _ => self.digits_and_signs()?,
            }
            loop {
                let Some(&close) = self.open.last() else { return Ok(&self.text[start..self.at]) };
                if self.eat(b',') {
                    if close == b'}' {
                        self.name()?;
                    }
                    break;
                }
                self.expect(close)?;
                self.open.pop();
            }
        }
    }

    fn name(&mut self) -> Result<(), Unreadable> {
        self.quoted()?;
        self.expect(b':')
    }

    /// What stands between quotes, and whether something in it is escaped.
    fn quoted(&mut self) -> Result<(&'a str, bool), Unreadable> {
        self.expect(b'"')?;
        let (start, mut escaped) = (self.at, false);
        loop {
            self.at += self.rest().iter().position(|byte| STOPS[usize::from(*byte)]).ok_or(CUT)?;
            match self.rest() {
                [b'"', ..] => {
                    let raw = &self.text[start..self.at];
                    self.at += 1;
                    return Ok((raw, escaped));
                }
                [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', ..] => self.at += 2,
                [b'\\', b'u', digits @ ..] if digits.len() >= 4 && digits[..4].iter().all(u8::is_ascii_hexdigit) => self.at += 6,
                _ => return Err(NOT_JSON),
            }
            escaped = true;
        }
    }

    fn digits_and_signs(&mut self) -> Result<(), Unreadable> {
        self.here(|byte| byte == b'-');
        if self.here(|byte| byte == b'0') == 0 {
            self.digits()?;
        }
        if self.here(|byte| byte == b'.') > 0 {
            self.digits()?;
        }
        if self.here(|byte| byte == b'e' || byte == b'E') > 0 {
            self.here(|byte| byte == b'+' || byte == b'-');
            self.digits()?;
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Unreadable> {
        let digits = self.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.at += digits;
        if digits == 0 { Err(NOT_JSON) } else { Ok(()) }
    }

    /// Goes over one such byte, if it is there.
    fn here(&mut self, is: impl Fn(u8) -> bool) -> usize {
        let found = usize::from(self.rest().first().is_some_and(|byte| is(*byte)));
        self.at += found;
        found
    }

    fn word(&mut self, word: &str) -> Result<(), Unreadable> {
        if !self.rest().starts_with(word.as_bytes()) {
            return Err(NOT_JSON);
        }
        self.at += word.len();
        Ok(())
    }

    fn rest(&self) -> &'a [u8] {
        &self.text.as_bytes()[self.at..]
    }

    fn white(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.rest().first() {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> Option<u8> {
        self.white();
        self.rest().first().copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), Unreadable> {
        match self.peek() {
            Some(found) if found == byte => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(NOT_JSON),
            None => Err(CUT),
        }
    }
}

/// Of a string whose escapes are well formed.
fn unescape(raw: &str) -> Result<String, Unreadable> {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some((plain, behind)) = rest.split_once('\\') {
        out.push_str(plain);
        let (letter, behind) = behind.split_at_checked(1).ok_or(NOT_JSON)?;
        rest = behind;
        out.push(match letter {
            "b" => '\u{8}',
            "f" => '\u{c}',
            "n" => '\n',
            "r" => '\r',
            "t" => '\t',
            "u" => character(&mut rest)?,
            other => other.chars().next().ok_or(NOT_JSON)?,
        });
    }
    out.push_str(rest);
    Ok(out)
}

/// The character behind `\u`; one beyond the first 65,536 is written as two.
fn character(rest: &mut &str) -> Result<char, Unreadable> {
    const ALONE: Unreadable = Unreadable("half a character");
    let first = unit(rest)?;
    if !(0xd800..0xe000).contains(&first) {
        return char::from_u32(u32::from(first)).ok_or(ALONE);
    }
    *rest = rest.strip_prefix("\\u").ok_or(ALONE)?;
    let pair = [first, unit(rest)?];
    char::decode_utf16(pair).next().and_then(Result::ok).ok_or(ALONE)
}

fn unit(rest: &mut &str) -> Result<u16, Unreadable> {
    let (digits, behind) = rest.split_at_checked(4).ok_or(NOT_JSON)?;
    *rest = behind;
    u16::from_str_radix(digits, 16).map_err(|_| NOT_JSON)
}
