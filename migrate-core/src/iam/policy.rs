//! A policy as data, and its texts as JSON and as HCL; knows no table.

use std::collections::BTreeSet;
use std::fmt::Write;

use serde::ser::{SerializeMap, SerializeStruct};
use serde::{Serialize, Serializer};

use super::action::Action;

/// Which account and region the resources are in. What is not known is `*`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Twelve digits.
    pub account: Option<String>,
    /// Such as `eu-west-1`.
    pub region: Option<String>,
}

impl Place {
    /// The ARN of what DynamoDB calls by `resource`, such as `table/orders`.
    pub(super) fn arn(&self, resource: &str) -> String {
        self.arn_in(self.region.as_deref(), resource)
    }

    /// The same in another region.
    pub(super) fn arn_in(&self, region: Option<&str>, resource: &str) -> String {
        let account = self.account.as_deref().unwrap_or("*");
        format!("arn:{}:dynamodb:{}:{account}:{resource}", self.partition(), region.unwrap_or("*"))
    }

    /// The part of AWS, by its region's name.
    /// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    pub(super) fn partition(&self) -> &'static str {
        match self.region.as_deref() {
            Some(region) if region.starts_with("cn-") => "aws-cn",
            Some(region) if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }

    pub(super) fn account(&self) -> &str {
        self.account.as_deref().unwrap_or("*")
    }
}

/// What is allowed on some resources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// What it is for, in letters and digits; unique in a policy.
    pub sid: String,
    /// The actions.
    pub actions: BTreeSet<Action>,
    /// The resources, as ARNs.
    pub resources: BTreeSet<String>,
    /// A key of the request and what it must be like, if the actions are allowed only then.
    pub only_if: Option<(&'static str, String)>,
}

impl Serialize for Statement {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("Sid", &self.sid)?;
        map.serialize_entry("Effect", "Allow")?;
        map.serialize_entry("Action", &self.actions.iter().map(|action| action.as_str()).collect::<Vec<_>>())?;
        map.serialize_entry("Resource", &self.resources)?;
        if let Some((key, value)) = &self.only_if {
            map.serialize_entry("Condition", &serde_json::json!({"StringLike": {*key: value}}))?;
        }
        map.end()
    }
}

/// A policy of IAM.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// What it allows.
    pub statements: Vec<Statement>,
}

/// A managed policy is this long at most, white space not counted.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
const MANAGED_POLICY: usize = 6_144;

impl Serialize for Policy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut policy = serializer.serialize_struct("Policy", 2)?;
        policy.serialize_field("Version", "2012-10-17")?;
        policy.serialize_field("Statement", &self.statements)?;
        policy.end()
    }
}

impl Policy {
    /// The policy's document, as IAM takes it.
    pub fn json(&self) -> String {
        serde_json::to_string_pretty(self).unwrap_or_default()
    }

    /// The same as a data source of Terraform.
    pub fn hcl(&self, name: &str) -> String {
        let mut text = format!("data \"aws_iam_policy_document\" {} {{\n", quoted(name));
        for (n, Statement { sid, actions, resources, only_if }) in self.statements.iter().enumerate() {
            let blank = if n > 0 { "\n" } else { "" };
            let _ = write!(text, "{blank}  statement {{\n    sid = {}\n", quoted(sid));
            let _ = writeln!(text, "    actions = {}", list(actions.iter().map(|action| action.as_str())));
            let _ = writeln!(text, "    resources = {}", list(resources.iter().map(String::as_str)));
            if let Some((key, value)) = only_if {
                let _ = writeln!(
                    text,
                    "    condition {{\n      test     = \"StringLike\"\n      variable = {}\n      values   = [{}]\n    }}",
                    quoted(key),
                    quoted(value)
                );
            }
            text.push_str("  }\n");
        }
        text.push_str("}\n");
        text
    }

    /// By how many characters it is too long for a managed policy, if it is: then it has to be split, or be an inline policy of a role.
    pub fn excess(&self) -> Option<usize> {
        let length = serde_json::to_string(self).unwrap_or_default().len();
        length.checked_sub(MANAGED_POLICY).filter(|excess| *excess > 0)
    }

    /// Both, where one role serves several sequences.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        for statement in other.statements {
            let same = |ours: &&mut Statement| ours.actions == statement.actions && ours.only_if == statement.only_if;
            match self.statements.iter_mut().find(same) {
                Some(ours) => ours.resources.extend(statement.resources),
                None => self.statements.push(statement),
            }
        }
        self.numbered()
    }

    /// Statements for one purpose are told apart by a number.
    pub(super) fn numbered(mut self) -> Self {
        let mut seen: Vec<String> = Vec::new();
        for statement in &mut self.statements {
            let purpose = statement.sid.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
            let before = seen.iter().filter(|other| **other == purpose).count();
            statement.sid = if before == 0 { purpose.clone() } else { format!("{purpose}{}", before + 1) };
            seen.push(purpose);
        }
        self
    }
}

fn list<'a>(texts: impl Iterator<Item = &'a str>) -> String {
    let lines: String = texts.map(|text| format!("      {},\n", quoted(text))).collect();
    format!("[\n{lines}    ]")
}

/// A text of HCL, in which nothing is computed.
/// <https://developer.hashicorp.com/terraform/language/expressions/strings>
fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${").replace("%{", "%%{");
    format!("\"{text}\"")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::{Application, Role};
    use super::*;
    use crate::schema::{Encryption, KeyElement, KinesisStream, PrimaryKey, ScalarType, Setting, TableName, TableSchema};

    fn table(name: &'static str) -> TableSchema {
        let key = PrimaryKey { partition: KeyElement::new("id", ScalarType::S), sort: None };
        TableSchema::new(TableName::new(name).unwrap(), key)
    }

    fn policy(role: Role, table: TableSchema, place: &Place) -> Policy {
        let management = TableName::new("migrations").unwrap();
        let tables: BTreeMap<TableName, TableSchema> = [(table.name.clone(), table)].into();
        let application = Application {
            management: &management,
            makes_history: true,
            tables: &tables,
            dropped: BTreeSet::new(),
            migrated: BTreeSet::new(),
        };
        application.policy(role, place)
    }

    fn here() -> Place {
        Place { account: Some("123456789012".to_owned()), region: Some("eu-west-1".to_owned()) }
    }

    #[test]
    fn who_only_looks_may_write_nothing() {
        let reads = |action: &Action| {
            let (_, name) = action.as_str().split_once(':').unwrap();
            ["Describe", "List", "Get", "Query", "Scan"].iter().any(|word| name.starts_with(word))
        };
        let mut all = table("orders");
        all.ttl = Setting::Off;
        all.tags.insert("team".to_owned(), Setting::Off);
        let policy = policy(Role::Plan, all, &here());
        assert!(policy.statements.iter().flat_map(|statement| &statement.actions).all(reads), "{}", policy.json());
    }

    #[test]
    fn each_role_may_what_the_one_before_it_may() {
        let allowed = |role| -> BTreeSet<(Action, String)> {
            let statements = policy(role, table("orders"), &here()).statements;
            let pairs = |statement: &Statement| {
                let resources = statement.resources.clone();
                let pair = move |action: &Action| resources.iter().map(|arn| (*action, arn.clone())).collect::<Vec<_>>();
                statement.actions.iter().flat_map(pair).collect::<Vec<_>>()
            };
            statements.iter().flat_map(pairs).collect()
        };
        assert!(allowed(Role::Plan).is_subset(&allowed(Role::Up)) && allowed(Role::Up).is_subset(&allowed(Role::Drop)));
        let drops = |role| allowed(role).iter().any(|(action, _)| *action == Action::DeleteTable);
        assert_eq!([Role::Plan, Role::Up, Role::Drop].map(drops), [false, false, true]);
    }

    #[test]
    fn as_json_and_as_hcl() {
        let policy = policy(Role::Plan, table("orders"), &Place::default());
        assert_eq!(
            policy.json(),
            r#"{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadHistory",
      "Effect": "Allow",
      "Action": [
        "dynamodb:DescribeTable",
        "dynamodb:Query",
        "dynamodb:Scan",
        "dynamodb:GetItem"
      ],
      "Resource": [
        "arn:aws:dynamodb:*:*:table/migrations"
      ]
    },
    {
      "Sid": "ReadTables",
      "Effect": "Allow",
      "Action": [
        "dynamodb:DescribeTable",
        "dynamodb:Scan"
      ],
      "Resource": [
        "arn:aws:dynamodb:*:*:table/orders"
      ]
    }
  ]
}"#
        );
        assert_eq!(
            policy.hcl("migrate_plan"),
            r#"data "aws_iam_policy_document" "migrate_plan" {
  statement {
    sid = "ReadHistory"
    actions = [
      "dynamodb:DescribeTable",
      "dynamodb:Query",
      "dynamodb:Scan",
      "dynamodb:GetItem",
    ]
    resources = [
      "arn:aws:dynamodb:*:*:table/migrations",
    ]
  }

  statement {
    sid = "ReadTables"
    actions = [
      "dynamodb:DescribeTable",
      "dynamodb:Scan",
    ]
    resources = [
      "arn:aws:dynamodb:*:*:table/orders",
    ]
  }
}
"#
        );
    }

    #[test]
    fn what_dynamodb_asks_on_its_own_behalf_is_allowed_under_its_condition() {
        let mut table = table("orders");
        table.replicas = Setting::Set(["us-east-1".to_owned()].into());
        table.encryption = Some(Encryption::Customer("arn:aws:kms:eu-west-1:123456789012:key/k".to_owned()));
        let arn = "arn:aws:kinesis:eu-west-1:123456789012:stream/${a}\"".to_owned();
        table.kinesis_stream = Setting::Set(KinesisStream { arn, precision: None });
        let policy = policy(Role::Up, table, &here());
        let hcl = policy.hcl("it");
        // Nothing in a text is computed, and none ends early.
        assert!(hcl.contains(r#"stream/$${a}\"""#), "{hcl}");
        assert!(hcl.contains("variable = \"kms:ViaService\"\n      values   = [\"dynamodb.*.amazonaws.com\"]"), "{hcl}");
        let role = "arn:aws:iam::123456789012:role/aws-service-role/replication.dynamodb";
        for resource in ["arn:aws:dynamodb:us-east-1:123456789012:table/orders", role] {
            assert!(hcl.contains(resource), "{hcl}");
        }
        let with_condition = policy.statements.iter().filter(|statement| statement.only_if.is_some()).count();
        assert_eq!(with_condition, 3);
        assert!(policy.json().contains(r#""StringLike": {"#));
    }

    #[test]
    fn other_parts_of_aws_have_arns_of_their_own() {
        let arn = |region: &str| Place { account: None, region: Some(region.to_owned()) }.arn("table/t");
        assert_eq!(arn("cn-north-1"), "arn:aws-cn:dynamodb:cn-north-1:*:table/t");
        assert_eq!(arn("us-gov-west-1"), "arn:aws-us-gov:dynamodb:us-gov-west-1:*:table/t");
    }

    #[test]
    fn several_sequences_make_one_policy_that_may_be_too_long() {
        let of = |name| policy(Role::Up, table(name), &here());
        let both = of("orders").and(of("users"));
        let sids: BTreeSet<&String> = both.statements.iter().map(|statement| &statement.sid).collect();
        assert_eq!(sids.len(), both.statements.len());
        assert!(both.json().contains("table/orders\",\n        \"arn:aws:dynamodb:eu-west-1:123456789012:table/users\""));
        assert_eq!(both.excess(), None);
        let many = (0..200).map(|n| of(String::leak(format!("table-{n}")))).fold(Policy::default(), Policy::and);
        assert!(many.excess().is_some_and(|excess| excess > 10_000));
    }
}
