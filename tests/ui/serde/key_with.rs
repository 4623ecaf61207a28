use migrate_core::Table;
use serde::{Deserialize, Serialize};

migrate_core::migrations!();

mod seconds {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(*value as u64)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
        u64::deserialize(from).map(|value| value as f64)
    }
}

#[derive(Serialize, Deserialize, Table)]
#[table(name = "customers", ttl = expires_at)]
struct Customer {
    #[table(partition_key)]
    id: String,
    #[table(sort_key)]
    #[serde(with = "seconds")]
    created_at: f64,
    #[serde(with = "seconds")]
    expires_at: f64,
}

fn main() {}
