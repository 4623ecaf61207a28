//! From nothing to today.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::Client;
use migrate_core::embedded::Engine;
use migrate_core::migrator::{Options, Outcome};
use migrate_tests::seam::Recorder;
use quakes::tables::{Coordinates, Event, Region};
use serde::Deserialize;
use serde_json::Value;

use super::{Item, items, migrator, query, ran, today};

/// What USGS published.
fn features() -> Vec<Value> {
    let mut week: Value = serde_json::from_str(include_str!("../../data/earthquakes.json")).expect("JSON");
    serde_json::from_value(week["features"].take()).expect("a list")
}

#[tokio::test]
async fn everything_is_brought_there_and_nothing_is_done_twice() {
    let engine = Engine::memory().expect("an engine").client();
    let recorder = Recorder::of(&engine);
    let client = recorder.attach(&engine);
    let migrator = migrator(today(), &client);

    let report = migrator.up(Options::default()).await.expect("it goes through");
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(ran(&report), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert!(!recorder.writes().is_empty());

    let events = items(&client, "events", "id").await;
    let regions = items(&client, "regions", "region").await;
    events_hold_what_was_published(&events);
    regions_sum_up_the_events(&events, &regions);
    a_regions_events_are_found_in_order(&client).await;

    recorder.reset();
    let report = migrator.up(Options::default()).await.expect("it goes through again");
    assert_eq!(report.outcome, Outcome::NothingToDo);
    assert!(recorder.count() > 0);
    assert_eq!(recorder.writes().iter().map(|call| &call.operation).collect::<Vec<_>>(), [""; 0]);
}

fn events_hold_what_was_published(events: &BTreeMap<String, Item>) {
    let features = features();
    assert_eq!((features.len(), events.len()), (1707, 1707));
    for feature in &features {
        let (id, properties) = (feature["id"].as_str().expect("an id"), &feature["properties"]);
        let item = &events[id];

        let known = properties.as_object().expect("a map").iter().filter(|(_, value)| !value.is_null());
        let known = known.map(|(name, _)| name.as_str()).filter(|name| *name != "title");
        let expected: BTreeSet<&str> = known.chain(["id", "coordinates", "depth", "region"]).collect();
        assert_eq!(item.keys().map(String::as_str).collect::<BTreeSet<_>>(), expected, "{id}");

        let set = |name: &str| item[name].as_ss().expect(id).iter().map(String::as_str).collect::<BTreeSet<_>>();
        for name in ["ids", "sources", "types"] {
            let list = properties[name].as_str().expect("a list").trim_matches(',');
            assert_eq!(set(name), list.split(',').collect(), "{id}: {name}");
        }

        let event: Event = serde_dynamo::from_item(item.clone()).expect("today's type");
        let Coordinates { longitude, latitude } = event.coordinates;
        assert_eq!(serde_json::json!([longitude, latitude, event.depth]), floats(&feature["geometry"]["coordinates"]), "{id}");
        assert_eq!(Some(event.mag), properties["mag"].as_f64(), "{id}");
        assert_eq!(Some(event.time), properties["time"].as_u64(), "{id}");
        assert_eq!(Some(event.r#type.as_str()), properties["type"].as_str(), "{id}");
        assert!(event.place.contains(&event.region) || ["CA", "MX", "NV"].iter().any(|code| event.place.ends_with(code)), "{id}");
    }
}

fn floats(list: &Value) -> Value {
    list.as_array().expect("a list").iter().map(|number| Value::from(number.as_f64())).collect()
}

fn regions_sum_up_the_events(events: &BTreeMap<String, Item>, regions: &BTreeMap<String, Item>) {
    let regions: Vec<Region> =
        regions.values().map(|item| serde_dynamo::from_item(item.clone()).expect("today's type")).collect();
    assert_eq!(regions.iter().map(|region| region.events).sum::<u32>(), 1707);

    let count = |name: &str| regions.iter().find(|region| region.region == name).map(|region| region.events);
    // counted in the file, by hand
    for (name, events) in
        [("California", 747 + 78), ("Nevada", 183 + 1), ("Mexico", 7 + 3), ("Kiribati", 1), ("Gulf of Alaska", 2)]
    {
        assert_eq!(count(name), Some(events), "{name}");
    }
    for code in ["CA", "NV", "MX"] {
        assert_eq!(count(code), None);
    }

    let taiwan = regions.iter().find(|region| region.region == "Taiwan").expect("a region");
    assert_eq!(*taiwan, Region { region: "Taiwan".to_owned(), events: 20, strongest: 6.4, latest: 1_517_960_631_840 });
    let found: BTreeSet<&String> = events.values().map(|event| event["region"].as_s().expect("a string")).collect();
    assert_eq!(regions.iter().map(|region| &region.region).collect::<BTreeSet<_>>(), found);
}

/// All that the index `by-region` holds of an event.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "that they are there is what counts")]
struct Line {
    region: String,
    time: u64,
    id: String,
    place: String,
    mag: f64,
}

async fn a_regions_events_are_found_in_order(client: &Client) {
    let alaska: Vec<Line> = query(client, "by-region", "region", "Alaska").await;
    assert_eq!(alaska.len(), 311);
    assert!(alaska.is_sorted_by_key(|line| line.time));
    assert!(alaska.iter().all(|line| line.place.ends_with("Alaska")));
}
