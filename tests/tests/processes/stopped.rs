//! A process that is stopped by SIGSTOP while it holds the lock, until another one has taken over and finished, and then continued: it changes
//! nothing any more, and says so. A request of it that was on its way all the time changes nothing either.

use std::sync::Arc;

use migrate_tests::proxy::{Asked, Moment};

use super::TODAY;
use super::bench::{Caught, Kind, PATIENCE, World, each_of, every, reference};
use super::dump::Dump;

/// Leases are waited for, not worked for.
const AT_ONCE: usize = 15;

async fn stopped_at(kind: Kind, (operation, number): At, moment: Moment, wanted: &Dump) {
    let world = World::yesterday(kind).await;
    let caught = world.held_at(&operation, number, moment).await.expect("a process that comes so far");
    let Caught { running, request, proxy, hold } = caught;
    let context = format!("{kind:?}, stopped at {operation} {number}, {moment:?}");
    running.signal("STOP");

    let others = world.proxy().await;
    let other = world.start(TODAY, &others).ended_within(PATIENCE).await;
    assert_eq!(other.code, Some(0), "{context}: {other:?}");
    let _ = other.says(&["took the lock over"]).prints(&["Done and read back"]);
    world.dump().await.is(wanted, &context);

    // What was on its way arrives.
    let answer = hold.release().await;
    let arrived = proxy.asked();
    // DynamoDB answers the deletion of what is gone as it answers one that it carried out.
    let deletes = String::from_utf8_lossy(&arrived[request.call.index].call.body).contains("DELETE FROM");
    if moment == Moment::Before && !deletes {
        assert!(!arrived[request.call.index].changed(), "{context}: it was carried out, late: {answer:?}");
    }
    world.dump().await.is(wanted, &format!("{context}, when its request arrived"));

    running.signal("CONT");
    let ended = running.ended_within(PATIENCE).await;
    let late: Vec<Asked> = proxy.asked().split_off(arrived.len());
    let sent: Vec<_> = late.iter().filter(|asked| asked.call.is_write()).map(|asked| &*asked.call.operation).collect();
    assert_eq!(ended.code, Some(1), "{context}: {ended:?}");
    let _ = ended.says(&["error[M0502]"]);
    assert!(!late.iter().any(Asked::changed), "{context}: it wrote all the same: {late:?}");
    println!("{context}: {} requests later, writes refused: {sent:?}", late.len());
    world.is(wanted, &context).await;
}

/// A request, by its number among those of its operation: how often a run looks at what it waits for differs from run to run.
type At = (String, usize);

/// Requests under the lock after which something is left to do, writes only unless all are wanted.
fn points(kind: Kind, asked: &[Asked]) -> Vec<(At, Moment)> {
    let taken = asked.iter().position(|asked| asked.call.operation == "PutItem").expect("a lock that is taken");
    let records: Vec<_> = asked.iter().filter(|asked| asked.call.operation == "TransactWriteItems").collect();
    // The last record says that the schema was applied, the one before it that a table is gone: then all is done.
    let done = records[records.len() - 2].call.index;
    let writes = asked[taken + 1..done].iter().filter(|asked| every() || asked.call.is_write());
    let under: Vec<usize> = writes.map(|asked| asked.call.index).collect();
    let count = if every() { under.len() } else { kind.points() / 2 };
    let chosen = (0..count).map(|point| under[point * (under.len() - 1) / (count - 1)]);
    let at = |index: usize| {
        let operation = &asked[index].call.operation;
        (operation.clone(), asked[..index].iter().filter(|before| before.call.operation == *operation).count())
    };
    let both = chosen.flat_map(|index| [(at(index), Moment::Before), (at(index), Moment::After)]);
    both.chain([(at(done), Moment::Before)]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_stood_still_while_another_one_took_over_changes_nothing_any_more() {
    for kind in Kind::ALL.iter().copied() {
        let (asked, wanted) = reference(kind).await;
        let stop = move |(at, moment), wanted: Arc<Dump>| async move { stopped_at(kind, at, moment, &wanted).await };
        let _ = each_of(AT_ONCE, points(kind, &asked).into_iter(), wanted, stop).await;
    }
}
