use migrate_core::Table;
use serde::{Deserialize, Serialize};

migrate_core::migrations!();

#[derive(Serialize, Deserialize, Table)]
#[serde(transparent)]
#[table(name = "transparent")]
struct Transparent {
    #[table(partition_key)]
    id: String,
}

#[derive(Clone, Serialize, Deserialize, Table)]
#[serde(from = "String", into = "String")]
#[table(name = "other-type")]
struct OtherType {
    #[table(partition_key)]
    id: String,
}

impl From<String> for OtherType {
    fn from(id: String) -> Self {
        Self { id }
    }
}

impl From<OtherType> for String {
    fn from(other: OtherType) -> Self {
        other.id
    }
}

#[derive(Serialize, Deserialize, Table)]
#[serde(rename_all(serialize = "camelCase", deserialize = "snake_case"))]
#[table(name = "split")]
struct Split {
    #[table(partition_key)]
    id: String,
}

fn main() {}
