//! The verbs that write: each makes a rule of the user's function, and hands it to the engine.

use super::engine::{Job, Kind, Source, run};
use super::error::Trouble;
use super::given::Given;
use super::rule::{self, Reads, Rule};
use super::shape::Shape;
use super::target::Target;
use crate::aws::wire::Attributes;
use crate::error::{Error, Failure};
use crate::history::Counts;

/// `update` and `try_update`.
pub(super) async fn update<S: Shape>(
    target: &Target<'_>,
    function: impl Fn(&mut S::Value) -> Result<(), Failure> + Send + Sync,
) -> Result<Counts, Error> {
    let name = target.cx.place("update", &target.place.table);
    let mark = target.mark(&name);
    go(target, name, &rule::update::<S>(target.rule_terms(mark.as_ref()), function)).await
}

/// `transform` and `try_transform`.
pub(super) async fn transform<Old: Shape, New: Shape>(
    target: &Target<'_>,
    function: impl Fn(Old::Value) -> Result<New::Value, Failure> + Send + Sync,
) -> Result<Counts, Error> {
    let name = target.cx.place("transform", &target.place.table);
    let mark = target.mark(&name);
    go(target, name, &rule::transform::<Old, New>(target.rule_terms(mark.as_ref()), function)).await
}

pub(super) async fn delete_where<T>(
    target: &Target<'_>,
    decode: impl Fn(&Attributes<'_>) -> Result<(T, Given), Trouble> + Send + Sync,
    goes: impl Fn(&T) -> bool + Send + Sync,
) -> Result<Counts, Error> {
    let name = target.cx.place("delete", &target.place.table);
    let rule = rule::reading(target.rule_terms(None), decode, |value| Ok(if goes(&value) { Reads::Delete } else { Reads::Leave }));
    go(target, name, &rule).await
}

async fn go(target: &Target<'_>, name: String, rule: &Rule<'_>) -> Result<Counts, Error> {
    run(&Job { target, name, kind: Kind::Writes, rule, into: &target.place }, Source::Scan).await
}
