//! How near to what a table gives a flow comes, and how little is refused meanwhile.

use std::time::Duration;

use proptest::prelude::*;

use super::super::{Flow, Permit};
use super::simulated::{Scene, Simulation};
use crate::budget::Limits;
use crate::event::Waiting;

/// Halves from the 20th to the 60th second: an application comes and goes.
fn shared(second: f64) -> f64 {
    if (20.0..60.0).contains(&second) { 1_000.0 } else { 2_000.0 }
}

/// Nothing at all for 30 seconds.
fn out(second: f64) -> f64 {
    if (10.0..40.0).contains(&second) { 0.0 } else { 2_000.0 }
}

#[test]
fn the_whole_budget_is_used_and_nothing_is_refused() {
    for (latency, segments) in [(2, 8), (20, 40), (100, 40)] {
        let scene = Scene { segments, latency: Duration::from_millis(latency), ..Scene::of(Some(2_000.0), |_| 2_000.0) };
        let outcome = Simulation::run(scene);
        let rate = outcome.rate(0.0, 60.0) / 2_000.0;
        assert!((0.97..=1.0).contains(&rate), "{latency} ms: {rate}");
        assert_eq!(outcome.throttled(0.0, 60.0), 0);
    }
}

#[test]
fn a_wrong_estimate_is_made_good_by_what_was_consumed() {
    for (units, estimate) in [(2.0, 1.0), (1.0, 3.0), (7.0, 6.0)] {
        let scene = Scene { units, estimate, ..Scene::of(Some(2_000.0), |_| 2_000.0) };
        let outcome = Simulation::run(scene);
        let rate = outcome.rate(0.0, 60.0) / 2_000.0;
        assert!((0.97..=1.0).contains(&rate), "{units} for {estimate}: {rate}");
        assert_eq!(outcome.throttled(0.0, 60.0), 0, "{units} for {estimate}");
    }
}

#[test]
fn a_small_budget_is_honoured() {
    for (limit, table) in [(5.0, (|_| 5.0) as fn(f64) -> f64), (50.0, |_| 50.0), (200.0, |_| 200.0)] {
        for units in [1.0, 2.5] {
            let outcome = Simulation::run(Scene { units, estimate: units, ..Scene::of(Some(limit), table) });
            let rate = outcome.rate(0.0, 60.0) / limit;
            assert!((0.95..=1.0).contains(&rate), "{limit}, {units}: {rate}");
            assert_eq!(outcome.throttled(0.0, 60.0), 0);
            let most = outcome.sent.iter().map(|(_, units)| *units).fold(0.0, f64::max);
            assert!(most <= (limit * 0.25).max(units), "{limit}: a request of {most}");
        }
    }
}

#[test]
fn an_item_dearer_than_a_second_passes_in_its_turn() {
    let outcome = Simulation::run(Scene { units: 40.0, estimate: 40.0, ..Scene::of(Some(5.0), |_| 1_000.0) });
    let rate = outcome.rate(0.0, 57.0) / 5.0;
    assert!((0.9..=1.2).contains(&rate), "{rate}");
    assert!(outcome.longest_silence(0.0, 60.0) < 8.1);
}

#[test]
fn when_the_table_halves_the_rest_is_used_and_later_the_whole_again() {
    let outcome = Simulation::run(Scene { seconds: 100.0, ..Scene::of(Some(2_000.0), shared) });
    for from in [25.0, 35.0, 45.0] {
        let rest = outcome.rate(from, from + 10.0) / 1_000.0;
        assert!(rest >= 0.9, "from {from}: {rest}");
    }
    // A request counts as throttled when one of its 25 statements is.
    assert!(outcome.share_throttled(20.0, 60.0) < 0.08, "{}", outcome.share_throttled(20.0, 60.0));
    assert!(outcome.share_refused(20.0, 60.0) < 0.03, "{}", outcome.share_refused(20.0, 60.0));
    assert!(outcome.rate(90.0, 100.0) >= 0.97 * 2_000.0, "{}", outcome.rate(90.0, 100.0));
    assert_eq!(outcome.throttled(0.0, 20.0) + outcome.throttled(62.0, 100.0), 0);
}

#[test]
fn a_budget_above_the_table_finds_what_the_table_gives() {
    for limit in [None, Some(20_000.0), Some(2_100.0)] {
        for (latency, segments) in [(5, 8), (20, 40)] {
            let scene = Scene { segments, latency: Duration::from_millis(latency), ..Scene::of(limit, |_| 2_000.0) };
            let outcome = Simulation::run(scene);
            let rate = outcome.rate(5.0, 60.0) / 2_000.0;
            assert!(rate >= 0.9, "{limit:?}, {segments}: {rate}");
            let throttled = outcome.share_throttled(5.0, 60.0);
            assert!(throttled < 0.06, "{limit:?}, {segments}: {throttled}");
        }
    }
}

#[test]
fn when_all_is_throttled_for_long_it_tries_slowly_and_is_back_at_once() {
    for limit in [None, Some(2_000.0)] {
        for units in [1.0, 30.0] {
            let scene = Scene { units, estimate: units, seconds: 60.0, ..Scene::of(limit, out) };
            let outcome = Simulation::run(scene);
            assert!(outcome.longest_silence(10.0, 40.0) <= 3.0, "{}", outcome.longest_silence(10.0, 40.0));
            let tries = outcome.throttled(13.0, 40.0);
            assert!(tries <= 60, "{limit:?}: {tries}");
            let back = outcome.rate(42.0, 45.0) / 2_000.0;
            assert!(back >= 0.9, "{limit:?}, {units}: {back}");
        }
    }
}

#[test]
fn a_run_that_begins_while_all_is_throttled_is_not_slow_for_ever() {
    for limit in [None, Some(2_000.0)] {
        let outcome = Simulation::run(Scene::of(limit, |second| if second < 20.0 { 0.0 } else { 2_000.0 }));
        assert!(outcome.rate(25.0, 40.0) >= 0.9 * 2_000.0, "{limit:?}: {}", outcome.rate(25.0, 40.0));
    }
}

#[test]
fn one_hot_partition_does_not_slow_the_others() {
    // The others have a third in reserve, or nothing.
    for reserve in [4.0 / 3.0, 1.0] {
        for (count, hot) in [(10, 100.0), (10, 0.0), (10, 190.0), (4, 250.0), (4, 0.0), (2, 500.0)] {
            let share = 2_000.0 / f64::from(count);
            let mut partitions = vec![share * reserve; count as usize];
            partitions[1] = hot;
            let outcome = Simulation::run(Scene { partitions, ..Scene::of(Some(2_000.0), |_| 2_000.0) });
            for partition in (0..count as usize).filter(|partition| *partition != 1) {
                let rate = outcome.rate_of(partition, 5.0, 60.0) / share;
                assert!(rate >= 0.9, "{count} partitions, one of {hot}: {partition} has {rate}");
            }
            let of_hot = outcome.rate_of(1, 5.0, 60.0);
            assert!(of_hot >= 0.8 * hot, "{hot}: {of_hot}");
            let throttled = outcome.share_throttled(5.0, 60.0);
            // Without a reserve the partitions that are left cannot take the budget: each of them is found too hot in turn.
            let most = if reserve > 1.0 && count > 2 { 0.05 } else { 0.2 };
            assert!(throttled <= most, "{count} partitions, one of {hot}: {throttled}");
        }
    }
}

/// Where requests are rare, a round of all segments takes seconds: neighbours must not come one after the other.
#[test]
fn nor_where_requests_are_rare_if_the_segments_take_turns_with_a_stride() {
    for hot in [0.0, 20.0] {
        let partitions = vec![66.0, hot, 66.0, 66.0];
        let outcome = Simulation::run(Scene { partitions, stride: 17, seconds: 120.0, ..Scene::of(Some(200.0), |_| 200.0) });
        for partition in [0, 2, 3] {
            let rate = outcome.rate_of(partition, 10.0, 120.0) / 50.0;
            assert!(rate >= 0.9, "one of {hot}: {partition} has {rate}");
        }
    }
}

#[test]
fn ten_equal_partitions_are_filled() {
    let outcome = Simulation::run(Scene { partitions: vec![200.0; 10], ..Scene::of(Some(2_000.0), |_| 2_000.0) });
    assert!(outcome.rate(0.0, 60.0) >= 0.95 * 2_000.0);
    assert!(outcome.share_throttled(0.0, 60.0) <= 0.005);
}

#[test]
fn whoever_waits_until_the_instant_named_may_send_then() {
    for limit in [5.0, 333.3, 2_000.0, 40_000.0] {
        let late = Duration::ZERO;
        let outcome = Simulation::run(Scene { late, units: 1.3, estimate: 1.3, ..Scene::of(Some(limit), |_| 1e9) });
        assert_eq!(outcome.broken, 0, "{limit}");
        assert!(outcome.asked <= 4 * outcome.requests.len() + 10, "{} for {}", outcome.asked, outcome.requests.len());
    }
}

#[test]
fn other_limits_count_at_once_and_a_pause_stops_it() {
    let mut simulation = Simulation::new(Scene::of(Some(2_000.0), |_| 1e9));
    simulation.until(10.0);
    let limits = |write| Limits { write: Some(write), ..Limits::default() };
    simulation.flow.set(limits(50.0), false, simulation.now());
    simulation.until(30.0);
    let now = simulation.now();
    simulation.flow.set(limits(4_000.0), true, now);
    assert_eq!(simulation.flow.may_write(now, 1.0, 25), Permit::At(now + Duration::from_secs(1), Waiting::Paused));
    assert_eq!(simulation.flow.waiting(now), Some(Waiting::Paused));
    simulation.until(40.0);
    simulation.flow.set(limits(4_000.0), false, simulation.now());
    simulation.until(50.0);
    let outcome = &simulation.outcome;
    for (from, to, rate) in [(0.0, 10.0, 2_000.0), (10.1, 30.0, 50.0), (30.1, 40.0, 0.0), (41.0, 50.0, 4_000.0)] {
        let seen = outcome.rate(from, to);
        assert!((rate * 0.95..=rate * 1.01).contains(&seen), "from {from}: {seen}");
    }
    let (write, _) = simulation.flow.rates(simulation.now());
    assert!((3_800.0..=4_200.0).contains(&write), "{write}");
}

#[test]
fn the_same_limits_again_change_nothing() {
    let mut simulation = Simulation::new(Scene::of(Some(2_000.0), shared));
    for second in 1..=50 {
        simulation.until(f64::from(second));
        simulation.flow.set(Limits { write: Some(2_000.0), ..Limits::default() }, false, simulation.now());
    }
    assert!(simulation.outcome.share_throttled(20.0, 50.0) < 0.08);
    assert!(simulation.flow.limits().write.unwrap() < 1_200.0);
}

#[test]
fn changes_are_counted_by_what_was_written() {
    let limits = Limits { write: Some(2_000.0), changes: Some(100.0), ..Limits::default() };
    let outcome = Simulation::run(Scene { limits, units: 3.0, estimate: 3.0, ..Scene::of(None, |_| 1e9) });
    let rate = outcome.rate(0.0, 60.0) / 3.0;
    assert!((97.0..=100.0).contains(&rate), "{rate}");
}

proptest! {
    /// Whatever is asked and answered when: never more than the rate gives, but for the burst and the last request.
    #[test]
    fn never_more_than_the_budget(limit in 1.0..5_000.0_f64, steps in proptest::collection::vec((0_u64..300_000, 0.1..40.0_f64, 1_usize..26), 1..400)) {
        let start = tokio::time::Instant::now();
        let (mut now, mut sent, mut dearest) = (start, 0.0, 0.0_f64);
        let mut flow = Flow::new(Limits { write: Some(limit), ..Limits::default() }, start);
        for (micros, units, most) in steps {
            now += Duration::from_micros(micros);
            while let Permit::Now(items) = flow.may_write(now, units, most) {
                let cost = items as f64 * units;
                flow.writing(now, items, cost);
                sent += cost;
                dearest = dearest.max(units);
                prop_assert!(cost <= (limit * 0.25).max(units));
            }
            let allowed = limit * (now - start).as_secs_f64() + dearest;
            prop_assert!(sent <= allowed + 1e-6, "{sent} of {allowed}");
        }
    }
}
