//! Where and why an item does not fit a type, told without any value of the item; knows no table.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::aws::wire::Unreadable;

/// A step into an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Segment {
    /// An attribute, or a field that the type names.
    Name(String),
    /// A key of a map that the type does not name: it may be data.
    Hidden,
    /// A place in a list or a set.
    Index(usize),
}

#[derive(Debug)]
enum Problem {
    Type { expected: String },
    Value { expected: String },
    Missing { field: &'static str },
    Duplicate { field: &'static str },
    UnknownField,
    UnknownVariant { expected: &'static [&'static str] },
    Refused,
    Unreadable(&'static str),
}

/// Why an item does not fit.
#[derive(Debug)]
pub(super) struct Misfit {
    /// From the inside out.
    path: Vec<Segment>,
    /// DynamoDB's letters for what is stored there.
    stored: Option<&'static str>,
    problem: Problem,
}

impl Misfit {
    fn new(problem: Problem) -> Self {
        Self { path: Vec::new(), stored: None, problem }
    }

    /// What is stored is no value.
    pub(super) fn unreadable(unreadable: &Unreadable) -> Self {
        Self::new(Problem::Unreadable(unreadable.0))
    }

    /// The same, told from one step further out.
    pub(super) fn under(mut self, segment: Segment, stored: &'static str) -> Self {
        self.path.push(segment);
        self.stored.get_or_insert(stored);
        self
    }

    fn path(&self, last: Option<&str>) -> String {
        let mut path = String::new();
        let last = last.map(|field| Segment::Name(field.to_owned()));
        for segment in self.path.iter().rev().chain(&last) {
            let dot = if path.is_empty() { "" } else { "." };
            match segment {
                Segment::Name(name) => path.extend([dot, &name.escape_debug().to_string()]),
                Segment::Hidden => path.extend([dot, "*"]),
                Segment::Index(index) => path.push_str(&format!("[{index}]")),
            }
        }
        path
    }
}

// Whatever serde would put into a message of its own holds the value: only the expectation is taken from it.
impl de::Error for Misfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new(Problem::Refused)
    }

    fn invalid_type(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Problem::Type { expected: expected.to_string() })
    }

    fn invalid_value(_: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(Problem::Value { expected: expected.to_string() })
    }

    fn invalid_length(_: usize, expected: &dyn Expected) -> Self {
        Self::new(Problem::Value { expected: expected.to_string() })
    }

    fn unknown_variant(_: &str, expected: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownVariant { expected })
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self::new(Problem::UnknownField)
    }

    fn missing_field(field: &'static str) -> Self {
        Self::new(Problem::Missing { field })
    }

    fn duplicate_field(field: &'static str) -> Self {
        Self::new(Problem::Duplicate { field })
    }
}

impl std::error::Error for Misfit {}

impl fmt::Display for Misfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path(None);
        let (place, stored) = match (path.is_empty(), self.stored) {
            (false, Some(stored)) => (format!("`{path}`"), stored),
            (_, _) => ("it".to_owned(), "a whole item"),
        };
        match &self.problem {
            Problem::Type { expected } => write!(f, "{place} is {stored}, expected {expected}"),
            Problem::Value { expected } => write!(f, "{place} is {stored} of a value that does not fit, expected {expected}"),
            Problem::Missing { field } => write!(f, "`{}` is missing", self.path(Some(field))),
            Problem::Duplicate { field } => write!(f, "`{}` is there under two names", self.path(Some(field))),
            Problem::UnknownField => write!(f, "{place} has an attribute that the type denies"),
            Problem::UnknownVariant { expected } => {
                write!(
                    f,
                    "{place} is {stored} of a variant that the type does not have, expected one of `{}`",
                    expected.join("`, `")
                )
            }
            Problem::Refused => write!(f, "{place} is {stored} that the type's own `Deserialize` refuses"),
            Problem::Unreadable(why) => write!(f, "{place} cannot be read: {why}"),
        }
    }
}
