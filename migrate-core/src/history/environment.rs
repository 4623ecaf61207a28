//! The environment that a management table belongs to; knows neither how it was named nor where that is kept.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An environment by its name, with account and region where they are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Environment {
    /// What it is called, such as `prod`.
    pub name: String,
    /// The AWS account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// The region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
}

impl Environment {
    /// Whether both can be one environment: same name, and no known account or region that differs.
    pub fn is_same(&self, other: &Self) -> bool {
        let agree = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
        self.name == other.name && agree(&self.account, &other.account) && agree(&self.region, &other.region)
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name)?;
        let known = [("account", &self.account), ("region", &self.region)];
        let known: Vec<String> =
            known.into_iter().filter_map(|(what, value)| value.as_ref().map(|value| format!("{what} {value}"))).collect();
        if known.is_empty() { Ok(()) } else { write!(f, " ({})", known.join(", ")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(name: &str, account: Option<&str>, region: Option<&str>) -> Environment {
        Environment { name: name.to_owned(), account: account.map(str::to_owned), region: region.map(str::to_owned) }
    }

    #[test]
    fn what_is_not_known_contradicts_nothing() {
        let prod = environment("prod", Some("1"), Some("eu-west-1"));
        assert!(prod.is_same(&prod) && prod.is_same(&environment("prod", None, None)));
        assert!(environment("prod", None, Some("eu-west-1")).is_same(&prod));
        for other in [("staging", None, None), ("prod", Some("2"), None), ("prod", Some("1"), Some("us-east-1"))] {
            let other = environment(other.0, other.1, other.2);
            assert!(!prod.is_same(&other) && !other.is_same(&prod), "{other}");
        }
        assert_eq!(prod.to_string(), "`prod` (account 1, region eu-west-1)");
        assert_eq!(environment("dev", None, None).to_string(), "`dev`");
    }
}
