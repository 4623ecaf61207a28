//! A DynamoDB for benchmarks of whole processes: one table `items` of samples, null or simulated, on a port that it prints. It never knows
//! who measures.

use std::collections::BTreeMap;
use std::io::Read;
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::{AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType};
use migrate_core::embedded::Engine;
use migrate_tests::simulated::{Access, Face, Null, Simulated, SimulatedTable, sample};

const HELP: &str = "simulated-dynamodb [--mode null|simulated] [--table items] [--items 100000] [--item-size 300] [--port 0]
  null:      [--segments N --limit N]  pages to render beforehand
  simulated: [--partitions N --partition-read UNITS --partition-write UNITS] [--read UNITS] [--write UNITS] [--index-writes UNITS]
             [--latency-ms N] [--jitter-ms N] [--seed N]
It prints its port on a line of its own when it is ready, and ends with its standard input.";

/// What is said on the command line, by name.
struct Arguments(BTreeMap<String, String>);

impl Arguments {
    fn read() -> Result<Self, String> {
        let known: Vec<&str> = HELP.split(['[', ' ', ']']).filter_map(|word| word.strip_prefix("--")).collect();
        let (mut found, mut given) = (BTreeMap::new(), std::env::args().skip(1));
        while let Some(name) = given.next() {
            let name = name.strip_prefix("--").filter(|name| known.contains(name)).ok_or(format!("what is {name}?\n{HELP}"))?;
            let value = given.next().ok_or(format!("--{name} needs a value\n{HELP}"))?;
            found.insert(name.to_owned(), value);
        }
        Ok(Self(found))
    }

    fn get<T: std::str::FromStr>(&self, name: &str) -> Result<Option<T>, String> {
        let wrong = |value: &String| format!("--{name} cannot be {value}\n{HELP}");
        self.0.get(name).map(|value| value.parse().map_err(|_| wrong(value))).transpose()
    }

    fn or<T: std::str::FromStr>(&self, name: &str, otherwise: T) -> Result<T, String> {
        Ok(self.get(name)?.unwrap_or(otherwise))
    }
}

#[tokio::main]
async fn main() -> Result<(), String> {
    let arguments = Arguments::read()?;
    let table: String = arguments.or("table", "items".to_owned())?;
    let (items, size) = (arguments.or("items", 100_000_u64)?, arguments.or("item-size", 300_usize)?);
    let engine = Engine::memory().map_err(|error| error.to_string())?.client();
    create(&engine, &table).await?;
    let millis = |name: &str| Ok::<_, String>(Duration::from_millis(arguments.or(name, 0)?));
    let simulated = Simulated::over(&engine)
        .table(setup(&arguments, &table)?)
        .latency(millis("latency-ms")?, millis("jitter-ms")?, arguments.or("seed", 1)?)
        .start();
    let null = match arguments.or("mode", "simulated".to_owned())?.as_str() {
        "null" => {
            let null = Null::new(&table, items, size);
            if let Some(segments) = arguments.get("segments")? {
                null.render(segments, arguments.or("limit", 500)?);
            }
            Some(null)
        }
        "simulated" => {
            simulated.fill(&table, (0..items).map(|n| sample(n, size))).await;
            None
        }
        other => return Err(format!("what is --mode {other}?\n{HELP}")),
    };
    let face = Face::listen(&simulated, null, arguments.or("port", 0)?).await.map_err(|error| error.to_string())?;
    println!("{}", face.port());
    tokio::select! {
        ended = face.serve() => ended.map_err(|error| error.to_string()),
        _ = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new())) => Ok(()),
    }
}

fn setup(arguments: &Arguments, table: &str) -> Result<SimulatedTable, String> {
    let mut setup = SimulatedTable::new(table).index_writes(arguments.or("index-writes", 0.0)?);
    setup = match (arguments.get("read")?, arguments.get("write")?) {
        (Some(read), Some(write)) => setup.provisioned(read, write),
        (Some(read), None) => setup.capacity(Access::Read, read),
        (None, Some(write)) => setup.capacity(Access::Write, write),
        (None, None) => setup,
    };
    Ok(match arguments.get("partitions")? {
        // What a partition of DynamoDB gives.
        Some(count) => setup.partitions(count, arguments.or("partition-read", 3000.0)?, arguments.or("partition-write", 1000.0)?),
        None => setup,
    })
}

async fn create(engine: &Client, table: &str) -> Result<(), String> {
    let key = KeySchemaElement::builder().attribute_name("pk").key_type(KeyType::Hash).build();
    let definition = AttributeDefinition::builder().attribute_name("pk").attribute_type(ScalarAttributeType::S).build();
    let create = engine.create_table().table_name(table).billing_mode(BillingMode::PayPerRequest);
    let create = create.key_schema(key.map_err(|error| error.to_string())?);
    let create = create.attribute_definitions(definition.map_err(|error| error.to_string())?);
    create.send().await.map_err(|error| format!("{:?}", error.into_service_error()))?;
    Ok(())
}
