//! What a replica says of itself in the OpenMetrics text form, at an address of its own.
//!
//! The labels are words of Reins: nobody's name, key or address is among them.

use std::fmt::{Debug, Error, Formatter};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use governance::Histogram;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, MetricEncoder, NoLabelSet, text::encode},
    metrics::MetricType,
    registry::{Registry, Unit},
};
use tokio::net::TcpListener;

use crate::{House, end::End, listen};

/// Who collects them, and a person beside.
const MOST_CONNECTIONS: usize = 16;
const FORM: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub async fn serve(listener: TcpListener, house: House, end: End) {
    listen::serve(&listener, router(house), MOST_CONNECTIONS, end.told()).await;
}

pub fn router(house: House) -> Router {
    Router::new().route("/metrics", get(show)).with_state(house)
}

async fn show(State(house): State<House>) -> Response {
    let mut registry = Registry::with_prefix("reins");
    registry.register_collector(Box::new(Replica(house)));
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => ([(header::CONTENT_TYPE, FORM)], text).into_response(),
        Err(Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

struct Replica(House);

impl Debug for Replica {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> Result<(), Error> {
        formatter.write_str("Replica")
    }
}

impl Collector for Replica {
    fn encode(&self, encoder: DescriptorEncoder) -> Result<(), Error> {
        let (mut write, house) = (Write(encoder), &self.0);
        let stands = house.governance.metrics();

        write.info("build", "The program", ("version", env!("CARGO_PKG_VERSION")))?;
        let decisions = stands.decisions.into_iter().map(|(verdict, count)| ([verdict], count));
        write.counters("decisions", "Asks that were decided and recorded", ["verdict"], decisions)?;
        write.counters(
            "calls",
            "Calls by what they were for and how they ended",
            ["what", "end"],
            house.calls.ended(),
        )?;
        let took = house.calls.took().map(|(what, took)| (("what", what), took));
        write.histograms("call", "Time until the head of the answer", took)?;

        write.gauge("door_waiting", "Asks that wait to be decided", stands.waiting as f64)?;
        write.gauge("door_waiting_bytes", "The size of their bodies", stands.waiting_bytes as f64)?;
        write.gauge("door_places", "How many asks may wait", stands.places as f64)?;
        write.counter("door_turned_away", "Asks that were sent away undecided", stands.turned_away)?;
        write.gauge("groups_at_work", "Groups of asks that are being decided", stands.groups_at_work as f64)?;
        write.histogram("group_asks", "How many asks a group held", stands.groups)?;

        let pools = &stands.pools;
        let connections = pools.iter().flat_map(|pool| {
            let used = pool.connections.saturating_sub(pool.idle);
            [([pool.name, "idle"], f64::from(pool.idle)), ([pool.name, "used"], f64::from(used))]
        });
        write.gauges("pool_connections", "Connections to the database", ["pool", "state"], connections)?;
        let most = pools.iter().map(|pool| ([pool.name], f64::from(pool.most)));
        write.gauges("pool_most_connections", "How many there may be", ["pool"], most)?;
        let waiting = pools.iter().map(|pool| ([pool.name], pool.waiting as f64));
        write.gauges("pool_waiting", "Operations that wait for a connection", ["pool"], waiting)?;
        let acquiring = pools.iter().map(|pool| (("pool", pool.name), pool.acquiring));
        write.histograms("pool_acquire", "Time until an operation had its connection", acquiring)?;

        if let Some(revision) = stands.control_revision {
            write.gauge("control_revision", "Of the control state in memory", revision as f64)?;
        }
        write.counter("control_loads", "How often the control state was read", stands.control_loads)?;
        if let Some(age) = house.live.read_ago() {
            write.gauge("feed_read_age_seconds", "Time since the feed of changes was read", age.as_secs_f64())?;
        }
        write.gauge("streams_held", "Streams and waits of agents and pages", house.live.held() as f64)?;
        write.counter(
            "strangers_refused",
            "Calls without a key or session that came too fast",
            house.strangers.refused(),
        )?;
        write.gauge(
            "holds_back",
            "1 while a stop is not recorded and nothing is allowed",
            f64::from(stands.holds_back),
        )?;
        write.counters("jobs", "What was done by itself, by how it ended", ["job", "end"], stands.jobs)?;
        if let Some(room) = stands.has_room {
            write.gauge("record_has_room", "1 where the months to come have their partitions", f64::from(room))?;
        }
        Ok(())
    }
}

/// One metric after the other.
struct Write<'a>(DescriptorEncoder<'a>);

impl Write<'_> {
    fn info(&mut self, name: &str, help: &str, label: (&str, &str)) -> Result<(), Error> {
        self.0.encode_descriptor(name, help, None, MetricType::Info)?.encode_info(&[label])
    }

    fn counter(&mut self, name: &str, help: &str, count: u64) -> Result<(), Error> {
        counter(&mut self.0.encode_descriptor(name, help, None, MetricType::Counter)?, count)
    }

    fn counters<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        labels: [&str; N],
        counts: impl IntoIterator<Item = ([&'static str; N], u64)>,
    ) -> Result<(), Error> {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Counter)?;
        for (values, count) in counts {
            counter(&mut metric.encode_family(&zipped(labels, values))?, count)?;
        }
        Ok(())
    }

    fn gauge(&mut self, name: &str, help: &str, value: f64) -> Result<(), Error> {
        self.0.encode_descriptor(name, help, None, MetricType::Gauge)?.encode_gauge(&value)
    }

    fn gauges<const N: usize>(
        &mut self,
        name: &str,
        help: &str,
        labels: [&str; N],
        values: impl IntoIterator<Item = ([&'static str; N], f64)>,
    ) -> Result<(), Error> {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Gauge)?;
        for (of, value) in values {
            metric.encode_family(&zipped(labels, of))?.encode_gauge(&value)?;
        }
        Ok(())
    }

    fn histogram(&mut self, name: &str, help: &str, values: &Histogram) -> Result<(), Error> {
        let mut metric = self.0.encode_descriptor(name, help, None, MetricType::Histogram)?;
        histogram(&mut metric, values, 1.0)
    }

    /// Of what was measured in microseconds.
    fn histograms<'h>(
        &mut self,
        name: &str,
        help: &str,
        values: impl IntoIterator<Item = ((&'static str, &'static str), &'h Histogram)>,
    ) -> Result<(), Error> {
        let mut metric = self.0.encode_descriptor(name, help, Some(&Unit::Seconds), MetricType::Histogram)?;
        for (label, values) in values {
            histogram(&mut metric.encode_family(&[label])?, values, 1e6)?;
        }
        Ok(())
    }
}

fn zipped<'a, const N: usize>(labels: [&'a str; N], values: [&'a str; N]) -> [(&'a str, &'a str); N] {
    std::array::from_fn(|place| (labels[place], values[place]))
}

fn counter(metric: &mut MetricEncoder<'_>, count: u64) -> Result<(), Error> {
    metric.encode_counter::<NoLabelSet, u64, f64>(&count, None)
}

fn histogram(metric: &mut MetricEncoder<'_>, values: &Histogram, unit: f64) -> Result<(), Error> {
    let bound = |bound: Option<u64>| bound.map_or(f64::INFINITY, |bound| bound as f64 / unit);
    let buckets: Vec<(f64, u64)> = values.counts().map(|(at_most, count)| (bound(at_most), count)).collect();
    let count = buckets.iter().map(|(_, count)| count).sum();
    metric.encode_histogram::<NoLabelSet>(values.sum() as f64 / unit, count, &buckets, None)
}
