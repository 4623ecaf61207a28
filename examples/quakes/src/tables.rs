//! The tables as they are today. Edit them freely: the next run of `migrate` brings the database there.

use std::collections::BTreeSet;

use migrate_core::{Table, drop_index};
use serde::{Deserialize, Serialize};

/// A seismic event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Table)]
#[serde(rename_all = "camelCase")]
#[table(name = "events")]
#[table(global_index(name = "by-region", partition_key = region, sort_key = time, projection = include(place, mag)))]
pub struct Event {
    /// Network and code: `ci37868143`.
    #[table(partition_key)]
    pub id: String,
    /// When it happened, in milliseconds since 1970.
    pub time: u64,
    /// When it was last worked on, in milliseconds since 1970.
    pub updated: u64,
    /// Where it happened: `4km W of Castaic, CA`.
    pub place: String,
    /// The state, country or sea of the place: `California`.
    pub region: String,
    pub coordinates: Coordinates,
    /// In kilometres; above sea level it is negative.
    pub depth: f64,
    pub mag: f64,
    pub mag_type: String,
    /// `earthquake`, `explosion`, `quarry blast`.
    pub r#type: String,
    /// `automatic`, or `reviewed` by a person.
    pub status: String,
    /// The network that speaks for the event.
    pub net: String,
    /// All networks that reported it.
    #[serde(with = "serde_dynamo::string_set")]
    pub sources: BTreeSet<String>,
    /// Its id in each of them.
    #[serde(with = "serde_dynamo::string_set")]
    pub ids: BTreeSet<String>,
    /// What is known of it: `origin`, `phase-data`, `shakemap` …
    #[serde(with = "serde_dynamo::string_set")]
    pub types: BTreeSet<String>,
    /// How many people said that they felt it.
    pub felt: Option<u32>,
    /// `green`, `yellow`, `orange`, `red`.
    pub alert: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coordinates {
    pub longitude: f64,
    pub latitude: f64,
}

/// What happened in a region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Table)]
#[table(name = "regions")]
pub struct Region {
    #[table(partition_key)]
    pub region: String,
    /// How many events.
    pub events: u32,
    /// The greatest magnitude.
    pub strongest: f64,
    /// The time of the last event, in milliseconds since 1970.
    pub latest: u64,
}

// People ask for a place, not for the network that measured it: `by-region` took its place. An index that is merely no longer
// declared stays where it is; only this line lets it go, after the new code is deployed.
drop_index!("events", "by-network");
