//! What differs between the state that a plan was saved for and another, each in a sentence; decides nothing.

use std::collections::BTreeSet;

use super::model::{Code, Found, Head, Past, Place, SavedPlan, Text};
use crate::history::Freshness;
use crate::schema::{TableName, TableSchema};
use crate::step::Step;

impl SavedPlan {
    /// What of the database's place and name differs: known before anything is asked of it.
    pub fn elsewhere(&self, sequence: &str, place: &Place) -> Vec<String> {
        let mut said = Vec::new();
        let mut compare = |what: &str, saved: Option<&str>, now: Option<&str>| {
            if saved != now {
                let [saved, now] =
                    [saved, now].map(|value| value.map_or_else(|| "none".to_owned(), |value| format!("`{value}`")));
                said.push(format!("{what}: the plan is for {saved}, and this is {now}"));
            }
        };
        compare("sequence", Some(&self.sequence), Some(sequence));
        compare("engine", Some(&self.place.engine), Some(&place.engine));
        compare("account", self.place.account.as_deref(), place.account.as_deref());
        compare("region", self.place.region.as_deref(), place.region.as_deref());
        compare("database", self.place.at.as_deref(), place.at.as_deref());
        said
    }

    /// What differs now; nothing if it may be carried out. What is to be done is compared only where nothing explains it.
    pub fn differences(&self, now: &Self) -> Vec<String> {
        let mut said = self.elsewhere(&now.sequence, &now.place);
        if self.environment != now.environment {
            said.push("the environment is another one".to_owned());
        }
        history(&self.history, &now.history, &mut said);
        code(&self.code, &now.code, &mut said);
        let names: BTreeSet<&TableName> = self.found.keys().chain(now.found.keys()).collect();
        for name in names {
            table(name, self.found.get(name), now.found.get(name), &mut said);
        }
        if self.request != now.request {
            said.push("something else is asked for".to_owned());
        }
        if said.is_empty() {
            self.work_differs(now, &mut said);
        }
        said
    }

    fn work_differs(&self, now: &Self, said: &mut Vec<String>) {
        if self.work.freshness != now.work.freshness {
            let words = |freshness| match freshness {
                Freshness::Fresh { up_to } => format!("fresh, up to migration {up_to}"),
                Freshness::Settled => "one that holds data".to_owned(),
            };
            said.push(format!("the database was {}, and is {}", words(self.work.freshness), words(now.work.freshness)));
        }
        let list = |steps: Vec<&Step>, what: &str| steps.iter().map(|step| format!("{what}: {step}")).collect::<Vec<_>>();
        said.extend(list(
            now.steps().filter(|step| !self.covers(step)).collect(),
            "it would be done now, and is not in the plan",
        ));
        said.extend(list(
            self.steps().filter(|step| !now.covers(step)).collect(),
            "it is in the plan, and would not be done now",
        ));
        if self.work.migrations != now.work.migrations {
            said.push("other migrations would be run now".to_owned());
        }
        let hazards = now.work.hazards.symmetric_difference(&self.work.hazards);
        said.extend(hazards.map(|(table, hazard)| format!("hazard {hazard} of table `{table}` is not what it was")));
    }
}

fn history(saved: &Past, now: &Past, said: &mut Vec<String>) {
    if saved.table != now.table {
        said.push(format!("the history is in table `{}`, and was in `{}`", now.table, saved.table));
    }
    let words =
        |head: &Option<Head>| head.as_ref().map_or_else(|| "empty".to_owned(), |head| format!("at record {}", head.number));
    if saved.head != now.head {
        let [saved, found] = [&saved.head, &now.head].map(words);
        let when = now.head.as_ref().map(|head| format!(", written {}", head.at)).unwrap_or_default();
        said.push(format!("the history was {saved}, and is {found}{when}"));
    }
}

fn code(saved: &Code, now: &Code, said: &mut Vec<String>) {
    let names: BTreeSet<&TableName> = saved.tables.keys().chain(now.tables.keys()).collect();
    for name in names {
        match (saved.tables.get(name), now.tables.get(name)) {
            (Some(saved), Some(now)) if saved != now => {
                said.push(format!("the code declares table `{name}` otherwise: {}", fields(saved, now).join(", ")));
            }
            (Some(_), None) => said.push(format!("the code no longer declares table `{name}`")),
            (None, Some(_)) => said.push(format!("the code declares table `{name}`, and did not")),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
    let find = |code: &Code, text: &Text| {
        code.migrations.iter().find(|other| other.migration.version == text.migration.version).cloned()
    };
    for text in &saved.migrations {
        let id = &text.migration;
        match find(now, text) {
            None => said.push(format!("the code no longer has migration {id}")),
            Some(other) if other.fingerprint != text.fingerprint || other.migration != *id => {
                said.push(format!("migration {id} was edited"));
            }
            Some(other) if other != *text => said.push(format!("migration {id} is marked otherwise")),
            Some(_) => {}
        }
    }
    let new = now.migrations.iter().filter(|text| find(saved, text).is_none());
    said.extend(new.map(|text| format!("the code has a new migration {}", text.migration)));
}

/// The parts of a declaration that differ, by name.
fn fields(saved: &TableSchema, now: &TableSchema) -> Vec<String> {
    let [saved, now] = [saved, now].map(|schema| serde_json::to_value(schema).unwrap_or_default());
    let keys =
        |value: &serde_json::Value| value.as_object().map(|map| map.keys().cloned().collect::<Vec<_>>()).unwrap_or_default();
    let all: BTreeSet<String> = keys(&saved).into_iter().chain(keys(&now)).collect();
    all.into_iter().filter(|key| saved.get(key) != now.get(key)).map(|key| key.replace('_', " ")).collect()
}

fn table(name: &TableName, saved: Option<&Found>, now: Option<&Found>, said: &mut Vec<String>) {
    let (saved, now) = match (saved, now) {
        (Some(saved), Some(now)) => (saved, now),
        (Some(_), None) => return said.push(format!("table `{name}` is gone")),
        (None, Some(_)) => return said.push(format!("table `{name}` is there, and was not")),
        (None, None) => return,
    };
    if saved.id != now.id {
        said.push(format!("table `{name}` was made again: it has another id"));
    }
    let words = |these: &Found, without: &Found| {
        let changed = these.differs.iter().filter(|change| !without.differs.contains(change));
        let changed: Vec<String> = changed.map(ToString::to_string).collect();
        if changed.is_empty() { "as declared".to_owned() } else { format!("«{}»", changed.join("», «")) }
    };
    if saved.differs != now.differs {
        said.push(format!("table `{name}` was found {}, and is {}", words(saved, now), words(now, saved)));
    }
    if saved.unknown != now.unknown {
        let list = |found: &Found| found.unknown.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let [saved, now] = [saved, now].map(list).map(|list| if list.is_empty() { "nothing".to_owned() } else { list });
        said.push(format!("of table `{name}`, {saved} could not be read, and now {now}: plan and run with the same rights"));
    }
}
