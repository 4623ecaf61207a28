//! Names that DynamoDB takes, checked once; knows no table.

use std::borrow::{Borrow, Cow};
use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a name is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Shorter or longer than DynamoDB takes.
    #[error("the {what} `{name}` has {length} characters; DynamoDB takes {min} to {max}")]
    Length {
        /// `table name`, `index name`, …
        what: &'static str,
        /// The name.
        name: String,
        /// Its length.
        length: usize,
        /// The fewest characters.
        min: usize,
        /// The most characters.
        max: usize,
    },
    /// A character outside `[a-zA-Z0-9_.-]`.
    #[error("the {what} `{name}` has the character {character:?}; DynamoDB takes letters, digits, `_`, `.` and `-`{}",
        if matches!(character, ':' | '/') { " (an ARN could point at another account)" } else { "" })]
    Character {
        /// `table name`, `index name`, …
        what: &'static str,
        /// The name.
        name: String,
        /// The first character that is refused.
        character: char,
    },
}

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
pub(super) fn check(what: &'static str, name: &str, min: usize, max: usize) -> Result<(), NameError> {
    if let Some(character) = name.chars().find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))) {
        return Err(NameError::Character { what, name: name.to_owned(), character });
    }
    if !(min..=max).contains(&name.len()) {
        return Err(NameError::Length { what, name: name.to_owned(), length: name.len(), min, max });
    }
    Ok(())
}

/// Whether a sequence may be called so: its name becomes part of keys and of lock names.
#[cfg(feature = "aws")]
pub(crate) fn is_sequence_name(name: &str) -> bool {
    check("sequence name", name, 1, 255).is_ok()
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $type(Cow<'static, str>);

        impl $type {
            /// Checks a name against DynamoDB's rules: 3 to 255 of `[a-zA-Z0-9_.-]`.
            pub fn new(name: impl Into<Cow<'static, str>>) -> Result<Self, NameError> {
                let name = name.into();
                check($what, &name, 3, 255).map(|()| Self(name))
            }

            /// A name that the macros have checked.
            pub(crate) const fn checked(name: &'static str) -> Self {
                Self(Cow::Borrowed(name))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $type {
            type Error = NameError;
            fn try_from(name: String) -> Result<Self, NameError> {
                Self::new(name)
            }
        }

        impl From<$type> for String {
            fn from(name: $type) -> String {
                name.0.into_owned()
            }
        }

        impl Borrow<str> for $type {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

name! {
    /// A table's name, logical (as declared) or physical (with the prefix of an environment).
    ///
    /// ```
    /// use migrate_core::schema::TableName;
    /// assert!(TableName::new("customers").is_ok());
    /// let arn = "arn:aws:dynamodb:eu-west-1:123456789012:table/customers";
    /// assert!(TableName::new(arn).unwrap_err().to_string().contains("another account"));
    /// ```
    TableName, "table name"
}
name! {
    /// An index's name.
    IndexName, "index name"
}

/// The prefix that an environment puts before every table's name; may be empty.
///
/// ```
/// use migrate_core::schema::{Prefix, TableName};
/// let staging = Prefix::new("staging-")?;
/// assert_eq!(staging.physical(&TableName::new("orders")?)?.as_str(), "staging-orders");
/// # Ok::<(), migrate_core::schema::NameError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix(String);

impl Prefix {
    /// Checks the characters; the length is judged with each name it is put before.
    pub fn new(prefix: impl Into<String>) -> Result<Self, NameError> {
        let prefix = prefix.into();
        check("prefix", &prefix, 0, 255).map(|()| Self(prefix))
    }

    /// The name that a declared table has in this environment.
    pub fn physical(&self, logical: &TableName) -> Result<TableName, NameError> {
        if self.0.is_empty() { Ok(logical.clone()) } else { TableName::new(format!("{}{logical}", self.0)) }
    }

    /// The prefix as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
