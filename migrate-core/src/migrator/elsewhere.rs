//! A management table that somebody else makes: it is never made here, and where it is not there, it is said how to make it.

use super::builder::Migrator;
use super::observe::Look;
use crate::error::ErrorKind;
use crate::plan::{Plan, Refusal};
use crate::schema::Management;

impl Migrator {
    /// Refuses a plan that has something to write and nowhere to keep its history.
    pub(super) fn with_history(&self, mut plan: Plan, look: &Look) -> Plan {
        if !look.managed && !plan.is_empty() {
            plan.refusals.extend(self.no_history());
        }
        plan
    }

    /// The refusal for a management table that is not there and must not be made here.
    pub(super) fn no_history(&self) -> Option<Refusal> {
        let table = &self.management.name;
        let what = format!("table `{table}`, where the history is kept, is made elsewhere (`schema = verify`), and is not there");
        let refusal = Refusal::new(ErrorKind::MadeElsewhere, what)
            .of(table)
            .help(format!(
                "make it with key (pk S, sk S), on demand or with capacity of your choice: `aws dynamodb create-table --table-name {table} \
                 --attribute-definitions AttributeName=pk,AttributeType=S AttributeName=sk,AttributeType=S \
                 --key-schema AttributeName=pk,KeyType=HASH AttributeName=sk,KeyType=RANGE \
                 --billing-mode PAY_PER_REQUEST --deletion-protection-enabled`"
            ))
            .help(format!(
                "in Terraform: an `aws_dynamodb_table` with `name = \"{table}\"`, `billing_mode = \"PAY_PER_REQUEST\"`, `hash_key = \"pk\"`, \
                 `range_key = \"sk\"`, and an `attribute` of type \"S\" for each"
            ))
            .help("or let it be made here: `management = \"manage\"` in `[env.NAME]` of migrate.toml (in a program: `Builder::management`)");
        match self.makes_history {
            Management::Manage => None,
            Management::Verify => Some(refusal),
        }
    }
}
