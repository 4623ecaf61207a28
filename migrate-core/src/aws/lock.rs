//! The lock: an item whose epoch only rises. Taken by compare-and-set, kept by a heartbeat, judged stale by the observer's own clock;
//! knows nothing of what is done under it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryPartition;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::operation::update_item::UpdateItemError;
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::fault::explain;
use super::guard::{Lease, Sent};
use super::store::{Item, LOCK, Store, now};
use crate::error::{Error, ErrorKind};
use crate::event::{Event, Listener};
use crate::history::{LockInfo, RunInfo};
use crate::stop::Stop;

/// Nobody ever held it.
const NEVER_HELD: &str = "attribute_not_exists(pk)";
/// It was given back, and nobody took it since.
const GIVEN_BACK: &str = "epoch = :seen AND released = :true";
/// Its holder stood still for a whole lease, and still does.
const STOOD_STILL: &str = "epoch = :seen AND beat = :beat_seen";
/// It is still ours: the epoch alone says so, since a lost reply may have counted a beat twice.
const STILL_OURS: &str = "epoch = :epoch";

/// Lease, and time between two beats.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pace {
    pub lease: Duration,
    pub beat: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { lease: Duration::from_secs(30), beat: Duration::from_secs(5) }
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
    /// Its client gets retries of its own: the SDK's retry tokens are shared per service and region, and a throttled migration would use up
    /// those of the heartbeat.
    pub(crate) fn new(store: &Store, me: &RunInfo, pace: Pace) -> Self {
        // An attempt that hangs must leave time for another one before the holder stops itself.
        let patience = TimeoutConfig::builder().operation_timeout(pace.lease / 3).operation_attempt_timeout(pace.lease / 10);
        let patience = patience.build();
        let config = store.client().config().to_builder();
        let config = config.retry_partition(RetryPartition::new(format!("lock-{}", me.run_id))).timeout_config(patience);
        Self { store: store.with_client(Client::from_conf(config.build())), me: me.clone(), pace }
    }

    /// Takes the lock: at once if it is free, after its lease if its holder stands still, within `wait` if its holder gives it back.
    /// Whoever waits can be asked to stop.
    pub(crate) async fn acquire(&self, doing: &str, wait: Duration, listener: &Listener, stop: &Stop) -> Result<Held, Error> {
        let begun = Instant::now();
        let mut watched: Option<(LockInfo, Instant)> = None;
        let mut alive = false;
        loop {
            let seen = self.look().await?;
            let (condition, over_from) = match &seen {
                None => (NEVER_HELD, None),
                Some(lock) if lock.released => (GIVEN_BACK, None),
                Some(lock) => {
                    let since = match &watched {
                        Some((before, since)) if before.epoch == lock.epoch && before.beat == lock.beat => *since,
                        before => {
                            alive = before.as_ref().is_some_and(|(before, _)| before.epoch == lock.epoch);
                            if before.as_ref().is_none_or(|(before, _)| before.doing != lock.doing) {
                                listener.say(Event::WaitingForLock { lock: lock.clone() });
                            }
                            watched = Some((lock.clone(), Instant::now()));
                            Instant::now()
                        }
                    };
                    if since.elapsed() < Duration::from_millis(lock.lease_ms) {
                        if alive && begun.elapsed() >= wait {
                            return Err(Error::new(ErrorKind::LockHeld, HeldByOther(lock.clone())).with_help(
                                "wait for it and run again, or give --lock-wait; a holder that stops is replaced after its lease",
                            ));
                        }
                        tokio::select! {
                            () = tokio::time::sleep(self.pace.beat / 4) => {}
                            () = stop.requested() => stop.safe_point()?,
                        }
                        continue;
                    }
                    (STOOD_STILL, Some(lock.clone()))
                }
            };
            if let Some((epoch, sent)) = self.take(condition, seen.as_ref(), doing).await? {
                listener.say(Event::LockTaken { epoch, over_from });
                return Ok(self.keep(epoch, sent, doing));
            }
        }
    }

    pub(super) async fn look(&self) -> Result<Option<LockInfo>, Error> {
        let table = self.store.table().as_str();
        let get = self.store.client().get_item().table_name(table).set_key(Some(self.store.key(LOCK))).consistent_read(true);
        let found = get.send().await.map_err(|error| explain("dynamodb:GetItem", table, error))?;
        found.item.map(|item| self.store.decode(item)).transpose()
    }

    /// Whether this run holds it.
    pub(super) fn is_mine(&self, lock: &LockInfo) -> bool {
        lock.holder == self.me
    }

    /// One compare-and-set; `None` if somebody was faster.
    pub(super) async fn take(&self, condition: &str, seen: Option<&LockInfo>, doing: &str) -> Result<Option<(u64, Sent)>, Error> {
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
        let table = self.store.table().as_str();
        let mut put = self
            .store
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
        let sent = Sent::now();
        match put.send().await {
            Ok(_) => Ok(Some((epoch, sent))),
            Err(error) => match error.as_service_error() {
                // A reply that was lost: the SDK asked again and met the lock that it had taken.
                Some(e) if e.is_conditional_check_failed_exception() => {
                    let there = match e {
                        aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(e) => e.item(),
                        _ => None,
                    };
                    Ok((there == Some(&item)).then_some((epoch, sent)))
                }
                Some(e) if e.is_transaction_conflict_exception() => Ok(None),
                _ => Err(explain("dynamodb:PutItem", table, error)),
            },
        }
    }

    pub(super) fn keep(&self, epoch: u64, sent: Sent, doing: &str) -> Held {
        let lease = Lease::new(self.pace.lease, sent);
        let doing = Arc::new(Mutex::new(doing.to_owned()));
        let (stop, mut stopped) = watch::channel(false);
        let beat = Beat { store: self.store.clone(), epoch, lease: lease.clone(), doing: doing.clone() };
        let every = self.pace.beat;
        let task = tokio::spawn(async move {
            let mut count = 0;
            loop {
                tokio::select! {
                    _ = stopped.changed() => return beat,
                    () = tokio::time::sleep(every) => {}
                }
                count += 1;
                // Not inside the select: a beat that is on its way is waited for, so that none arrives after the release.
                beat.send(count).await;
            }
        });
        Held { epoch, lease, doing, abandoned: AtomicBool::new(false), stop, task }
    }
}

struct Beat {
    store: Store,
    epoch: u64,
    lease: Lease,
    doing: Arc<Mutex<String>>,
}

impl Beat {
    async fn send(&self, count: u64) {
        let doing = self.doing.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let values = [(":beat", AttributeValue::N(count.to_string())), (":doing", AttributeValue::S(doing))];
        let sent = Sent::now();
        match self.update("SET beat = :beat, doing = :doing", values).await {
            Ok(()) => self.lease.confirm(sent),
            Err(error) if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => {
                self.lease.lose("the lock was taken over by somebody else".to_owned());
            }
            // The next beat may arrive; if none does, the lease ends by itself.
            Err(_) => {}
        }
    }

    async fn update<const N: usize>(
        &self,
        expression: &str,
        values: [(&str, AttributeValue); N],
    ) -> Result<(), aws_sdk_dynamodb::error::SdkError<UpdateItemError>> {
        let mut update = self
            .store
            .client()
            .update_item()
            .table_name(self.store.table().as_str())
            .set_key(Some(self.store.key(LOCK)))
            .update_expression(expression)
            .condition_expression(STILL_OURS)
            .expression_attribute_values(":epoch", AttributeValue::N(self.epoch.to_string()));
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        update.send().await.map(|_| ())
    }
}

/// The lock while it is ours.
pub(crate) struct Held {
    epoch: u64,
    lease: Lease,
    doing: Arc<Mutex<String>>,
    abandoned: AtomicBool,
    stop: watch::Sender<bool>,
    task: JoinHandle<Beat>,
}

impl Held {
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch
    }

    /// What every client that writes must ask.
    pub(crate) fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Tells those who wait what is being done, with the next beat.
    pub(crate) fn doing(&self, what: &str) {
        what.clone_into(&mut self.doing.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Leaves it to run out instead of giving it back: a request of what was cut off may still be on its way.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    /// Gives it back. A lock that was lost meanwhile stays with its new holder; a reply that is lost leaves a lease that runs out.
    pub(crate) async fn release(self) {
        // Whatever the run left behind writes nothing from here on: the lock may be somebody else's in a moment.
        self.lease.lose("the lock was given back".to_owned());
        let _ = self.stop.send(true);
        if let Ok(beat) = self.task.await
            && !self.abandoned.into_inner()
        {
            let values = [(":true", AttributeValue::Bool(true)), (":done", AttributeValue::S("done".to_owned()))];
            let _ = beat.update("SET released = :true, doing = :done", values).await;
        }
    }
}
