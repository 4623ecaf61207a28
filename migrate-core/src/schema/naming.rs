//! How the names in the code become those of an environment's tables, and back; knows no table's shape and no environment.

use std::collections::BTreeMap;

use super::name::{NameError, Prefix, TableName, check};

/// What stands for the name in the code.
const NAME: &str = "{name}";
/// The management table, as the code would call it.
const MANAGEMENT: TableName = TableName::checked("migrations");

/// Why a way of naming is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NamingError {
    /// A template says once where the name stands, and nothing else in braces.
    #[error("the template `{template}` must have `{{name}}` exactly once, and no other braces")]
    Template {
        /// The template.
        template: String,
    },
    /// A name or a part of one that DynamoDB does not take.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Two names in the code would mean one table.
    #[error("`{first}` and `{second}` would both be the table `{physical}`")]
    Twice {
        /// A name in the code.
        first: String,
        /// Another one.
        second: String,
        /// The one name in the database.
        physical: TableName,
    },
}

/// How an environment names its tables: a prefix or a template for all, and explicit names for those that were made elsewhere.
///
/// ```
/// use migrate_core::schema::{Naming, TableName};
/// let name = |name: &'static str| TableName::new(name).unwrap();
/// let prod = Naming::template("prod-{name}-v1")?.with_table(name("orders"), name("LegacyOrders-ABC123"))?;
/// assert_eq!(prod.physical(&name("customers"))?.as_str(), "prod-customers-v1");
/// assert_eq!(prod.physical(&name("orders"))?.as_str(), "LegacyOrders-ABC123");
/// assert_eq!(prod.logical(&name("LegacyOrders-ABC123")), "orders");
/// # Ok::<(), migrate_core::schema::NamingError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Naming {
    prefix: String,
    suffix: String,
    management: Option<TableName>,
    tables: BTreeMap<TableName, TableName>,
}

impl From<Prefix> for Naming {
    fn from(prefix: Prefix) -> Self {
        Self { prefix: prefix.as_str().to_owned(), ..Self::default() }
    }
}

impl Naming {
    /// A template such as `prod-{name}` or `{name}-prod`; the length is judged with each name.
    ///
    /// # Errors
    /// Without `{name}`, with two of them, or with a character that DynamoDB does not take.
    pub fn template(template: &str) -> Result<Self, NamingError> {
        let whole = || NamingError::Template { template: template.to_owned() };
        let (prefix, suffix) = template.split_once(NAME).ok_or_else(whole)?;
        for part in [prefix, suffix] {
            if part.contains(['{', '}']) {
                return Err(whole());
            }
            check("template", part, 0, 255)?;
        }
        Ok(Self { prefix: prefix.to_owned(), suffix: suffix.to_owned(), ..Self::default() })
    }

    /// Names one table explicitly, whatever the template says.
    ///
    /// # Errors
    /// Another table has that name already.
    pub fn with_table(mut self, logical: TableName, physical: TableName) -> Result<Self, NamingError> {
        let same = |(other, name): &(&TableName, &TableName)| **name == physical && **other != logical;
        if let Some((first, _)) = self.tables.iter().find(same) {
            return Err(NamingError::Twice { first: first.to_string(), second: logical.to_string(), physical });
        }
        self.tables.insert(logical, physical);
        Ok(self)
    }

    /// Names the management table explicitly. Otherwise it is called as a table `migrations` would be.
    #[must_use]
    pub fn with_management_table(self, physical: TableName) -> Self {
        Self { management: Some(physical), ..self }
    }

    /// The name that a declared table has in this environment.
    ///
    /// # Errors
    /// The whole is longer or shorter than DynamoDB takes.
    pub fn physical(&self, logical: &TableName) -> Result<TableName, NameError> {
        match self.tables.get(logical) {
            Some(physical) => Ok(physical.clone()),
            None if self.prefix.is_empty() && self.suffix.is_empty() => Ok(logical.clone()),
            None => TableName::new(self.text(logical)),
        }
    }

    /// The same as text, for a table that need not be there.
    pub(crate) fn text(&self, logical: &TableName) -> String {
        let explicit = self.tables.get(logical).map(ToString::to_string);
        explicit.unwrap_or_else(|| format!("{}{logical}{}", self.prefix, self.suffix))
    }

    /// The name that the code uses; a table that no name in the code can mean keeps its own.
    pub fn logical<'a>(&'a self, physical: &'a TableName) -> &'a str {
        if let Some((logical, _)) = self.tables.iter().find(|(_, name)| *name == physical) {
            return logical.as_str();
        }
        let inner = physical.as_str().strip_prefix(self.prefix.as_str()).and_then(|rest| rest.strip_suffix(self.suffix.as_str()));
        inner.filter(|inner| inner.len() >= 3 && !self.tables.contains_key(*inner)).unwrap_or(physical.as_str())
    }

    /// The name of the management table.
    ///
    /// # Errors
    /// As [`physical`](Self::physical).
    pub fn management_table(&self) -> Result<TableName, NameError> {
        self.management.clone().map_or_else(|| self.physical(&MANAGEMENT), Ok)
    }

    /// Whether these names in the code mean as many tables, and none of them the management table.
    ///
    /// # Errors
    /// The first two names that mean one table, or a name that DynamoDB does not take.
    pub fn check<'a>(&self, logical: impl IntoIterator<Item = &'a TableName>) -> Result<(), NamingError> {
        let mut seen: BTreeMap<TableName, String> = BTreeMap::new();
        seen.insert(self.management_table()?, "the table that keeps the history".to_owned());
        for name in logical {
            let physical = self.physical(name)?;
            match seen.get(&physical) {
                Some(first) if first != name.as_str() => {
                    return Err(NamingError::Twice { first: first.clone(), second: name.to_string(), physical });
                }
                Some(_) => {}
                None => {
                    seen.insert(physical, name.to_string());
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "naming_fuzz.rs"]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &'static str) -> TableName {
        TableName::new(name).unwrap()
    }

    fn legacy() -> Naming {
        Naming::template("prod-{name}.v1").unwrap().with_table(name("orders"), name("LegacyOrders")).unwrap()
    }

    #[test]
    fn a_template_has_the_name_once_and_nothing_else_in_braces() {
        for template in ["prod-", "", "{name}-{name}", "{env}-{name}", "prod-{Name}", "{name", "{name}}"] {
            let refused = Naming::template(template).unwrap_err();
            assert!(matches!(&refused, NamingError::Template { .. }), "{template}: {refused}");
            assert!(refused.to_string().contains("`{name}` exactly once"), "{refused}");
        }
        for template in ["a/{name}", "{name} ", "arn:aws:x/{name}"] {
            assert!(matches!(Naming::template(template), Err(NamingError::Name(NameError::Character { .. }))), "{template}");
        }
    }

    #[test]
    fn there_and_back() {
        for (logical, physical) in [("customers", "prod-customers.v1"), ("orders", "LegacyOrders")] {
            assert_eq!(legacy().physical(&name(logical)).unwrap(), name(physical));
            assert_eq!(legacy().logical(&name(physical)), logical);
        }
        // No name in the code means these: `orders` is elsewhere, and the others do not fit the template.
        for physical in ["prod-orders.v1", "prod-customers", "customers.v1", "prod-.v1"] {
            assert_eq!(legacy().logical(&name(physical)), physical);
        }
        let dev = Naming::from(Prefix::new("dev-").unwrap());
        assert_eq!((dev.physical(&name("orders")).unwrap(), dev.logical(&name("dev-orders"))), (name("dev-orders"), "orders"));
        assert!(Naming::template(&format!("{}{{name}}", "x".repeat(250))).unwrap().physical(&name("orders")).is_err());
    }

    #[test]
    fn the_management_table_follows_the_template_unless_it_is_named() {
        assert_eq!(legacy().management_table().unwrap(), name("prod-migrations.v1"));
        let named = legacy().with_management_table(name("ShopHistory-1"));
        assert_eq!(named.management_table().unwrap(), name("ShopHistory-1"));
        assert!(named.check([&name("migrations")]).is_ok(), "the name is free then");
    }

    #[test]
    fn two_names_in_the_code_are_two_tables() {
        let twice = legacy().with_table(name("invoices"), name("LegacyOrders")).unwrap_err();
        assert_eq!(twice.to_string(), "`orders` and `invoices` would both be the table `LegacyOrders`");
        let clash = legacy().with_table(name("invoices"), name("prod-customers.v1")).unwrap();
        let twice = clash.check([&name("customers"), &name("invoices")]).unwrap_err();
        assert_eq!(twice.to_string(), "`customers` and `invoices` would both be the table `prod-customers.v1`");
        assert!(legacy().check([&name("orders"), &name("orders"), &name("customers")]).is_ok());
        let history = legacy().with_table(name("invoices"), name("prod-migrations.v1")).unwrap();
        assert!(history.check([&name("invoices")]).unwrap_err().to_string().contains("keeps the history"));
    }
}
