//! The lock: an item whose epoch only rises. Taken by compare-and-set, kept by a heartbeat, judged stale by the observer's own clock;
//! knows nothing of what is done under it.

mod client;
mod heart;
mod held;

use std::time::Duration;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use tokio::time::Instant;

pub(super) use self::heart::Heart;
pub(crate) use self::heart::Home;
pub(crate) use self::held::Held;
use super::fault::explain;
use super::guard::Sent;
use super::store::{Item, LOCK, Store, now};
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Listener};
use crate::history::{LockInfo, RunInfo};
use crate::iam::Action;
use crate::stop::Stop;

/// Nobody ever held it.
const NEVER_HELD: &str = "attribute_not_exists(pk)";
/// It was given back, and nobody took it since.
const GIVEN_BACK: &str = "epoch = :seen AND released = :true";
/// Its holder stood still for a whole lease, and still does.
const STOOD_STILL: &str = "epoch = :seen AND beat = :beat_seen";
/// Lease, time between two beats, and where they are sent from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub lease: Duration,
    pub beat: Duration,
    pub home: Home,
}

impl Default for Pace {
    fn default() -> Self {
        Self { lease: Duration::from_secs(30), beat: Duration::from_secs(5), home: Home::default() }
    }
}

/// The lock is held by somebody who is alive.
#[derive(Debug, thiserror::Error)]
#[error("{} holds the lock since {}: {}", .0.holder.who(), .0.since, .0.doing)]
pub(crate) struct HeldByOther(pub LockInfo);

/// The lock of a sequence, before it is taken.
pub(crate) struct Lock {
    store: Store,
    me: RunInfo,
    pace: Pace,
}

impl Lock {
    pub(crate) fn new(store: &Store, me: &RunInfo, pace: Pace) -> Self {
        Self { store: store.with_client(client::client(store.client(), pace.lease)), me: me.clone(), pace }
    }

    /// Takes the lock: at once if it is free, after its lease if its holder stands still, within `wait` if its holder gives it back.
    /// Gives up at the first sign of life after that. Whoever waits can be asked to stop.
    pub(crate) async fn acquire(&self, doing: &str, wait: Duration, listener: &Listener, stop: &Stop) -> Result<Held, Error> {
        let heart = self.heart().await?;
        let begun = Instant::now();
        let mut watched: Option<(LockInfo, Instant)> = None;
        loop {
            let seen = self.look(&heart).await?;
            let (condition, over_from) = match &seen {
                None => (NEVER_HELD, None),
                Some(lock) if lock.released => (GIVEN_BACK, None),
                Some(lock) => {
                    let since = match &watched {
                        Some((before, since)) if before.epoch == lock.epoch && before.beat == lock.beat => *since,
                        before => {
                            // Only a sign of life that comes when the time is over ends the wait: who was silent since may be gone.
                            if before.is_some() && begun.elapsed() >= wait {
                                return Err(Error::new(ErrorKind::LockHeld, HeldByOther(lock.clone())).with_help(
                                    "wait for it and run again, or give --lock-wait; a holder that stops is replaced after its lease",
                                ));
                            }
                            if before.as_ref().is_none_or(|(before, _)| before.doing != lock.doing) {
                                listener.say(Event::WaitingForLock { lock: lock.clone() });
                            }
                            watched = Some((lock.clone(), Instant::now()));
                            Instant::now()
                        }
                    };
                    if since.elapsed() < Duration::from_millis(lock.lease_ms) {
                        tokio::select! {
                            () = tokio::time::sleep(self.pace.beat / 4) => {}
                            () = stop.requested() => stop.safe_point()?,
                        }
                        continue;
                    }
                    (STOOD_STILL, Some(lock.clone()))
                }
            };
            if let Some((epoch, sent)) = self.take(&heart, condition, seen, doing).await? {
                listener.say(Event::LockTaken { epoch, over_from });
                return Ok(self.keep(heart, epoch, sent, doing));
            }
        }
    }

    /// Where its requests are made.
    pub(super) async fn heart(&self) -> Result<Heart, Error> {
        Ok(Heart::start(self.pace.home).await?)
    }

    pub(super) async fn look(&self, heart: &Heart) -> Result<Option<LockInfo>, Error> {
        heart.run(look(self.store.clone())).await?
    }

    /// Whether this run holds it.
    pub(super) fn is_mine(&self, lock: &LockInfo) -> bool {
        lock.holder == self.me
    }

    /// The time that a request sent now is confirmed from.
    pub(super) fn sent_now(&self) -> Sent {
        Sent::by(self.pace.home.clock())
    }

    /// One compare-and-set: under which epoch and when it was sent, or `None` if somebody was faster.
    pub(super) async fn take(
        &self,
        heart: &Heart,
        condition: &'static str,
        seen: Option<LockInfo>,
        doing: &str,
    ) -> Result<Option<(u64, Sent)>, Error> {
        let (epoch, item) = self.ours(seen.as_ref(), doing)?;
        let sent = heart.run(take(self.store.clone(), self.pace.home, condition, seen, item)).await??;
        Ok(sent.map(|sent| (epoch, sent)))
    }

    pub(super) fn keep(&self, heart: Heart, epoch: u64, sent: Sent, doing: &str) -> Held {
        Held::keep(heart, self.store.clone(), self.pace, epoch, sent, doing)
    }

    /// What the lock says when it is ours.
    fn ours(&self, seen: Option<&LockInfo>, doing: &str) -> Result<(u64, Item), Error> {
        let epoch = seen.map_or(0, |lock| lock.epoch) + 1;
        let lock = LockInfo {
            epoch,
            beat: 0,
            released: false,
            lease_ms: u64::try_from(self.pace.lease.as_millis()).unwrap_or(u64::MAX),
            since: now(),
            doing: doing.to_owned(),
            holder: self.me.clone(),
        };
        let mut item: Item = serde_dynamo::to_item(&lock).map_err(|error| Error::new(ErrorKind::Encode, error))?;
        item.extend(self.store.key(LOCK));
        // Two runs of one migrator may say the same in the same millisecond: only one of them is meant by a lost reply.
        item.insert("token".to_owned(), AttributeValue::S(uuid::Uuid::new_v4().to_string()));
        Ok((epoch, item))
    }
}

async fn look(store: Store) -> Result<Option<LockInfo>, Error> {
    let table = store.table().as_str();
    let get = store.client().get_item().table_name(table).set_key(Some(store.key(LOCK))).consistent_read(true);
    let found = get.send().await.map_err(|error| explain(Action::GetItem, table, error))?;
    found.item.map(|item| store.decode(item)).transpose()
}

/// One compare-and-set: when it was sent, or `None` if somebody was faster.
async fn take(
    store: Store,
    home: Home,
    condition: &'static str,
    seen: Option<LockInfo>,
    item: Item,
) -> Result<Option<Sent>, Error> {
    let table = store.table().as_str();
    let mut put = store
        .client()
        .put_item()
        .table_name(table)
        .set_item(Some(item.clone()))
        .condition_expression(condition)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
    if let Some(seen) = seen {
        put = put.expression_attribute_values(":seen", AttributeValue::N(seen.epoch.to_string()));
        put = if condition == STOOD_STILL {
            put.expression_attribute_values(":beat_seen", AttributeValue::N(seen.beat.to_string()))
        } else {
            put.expression_attribute_values(":true", AttributeValue::Bool(true))
        };
    }
    let sent = Sent::by(home.clock());
    match put.send().await {
        Ok(_) => Ok(Some(sent)),
        Err(error) => match error.as_service_error() {
            // A reply that was lost: the SDK asked again and met the lock that it had taken.
            Some(e) if e.is_conditional_check_failed_exception() => {
                let there = match e {
                    aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(e) => e.item(),
                    _ => None,
                };
                Ok((there == Some(&item)).then_some(sent))
            }
            Some(e) if e.is_transaction_conflict_exception() => Ok(None),
            _ => Err(explain(Action::PutItem, table, error)),
        },
    }
}
