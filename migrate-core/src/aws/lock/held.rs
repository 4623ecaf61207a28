//! The lock while it is ours: beats until it is given back, left, or lost. Knows nothing of how it was taken.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::operation::update_item::{UpdateItemError, UpdateItemOutput};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::Pace;
use super::heart::Heart;
use crate::aws::guard::{Lease, Sent};
use crate::aws::store::{LOCK, Store};
use crate::history::LockInfo;

/// It is still ours: the epoch alone says so, since a lost reply may have counted a beat twice.
const STILL_OURS: &str = "epoch = :epoch";
/// Added, and never said: a copy of a beat that arrives behind a later one would set the count back, and who watches would take that for
/// standing still.
const BEATS: &str = "SET beat = beat + :one, doing = :doing";

type Failed = aws_sdk_dynamodb::error::SdkError<UpdateItemError>;

#[derive(Clone)]
struct Beat {
    store: Store,
    epoch: u64,
    lease: Lease,
    doing: watch::Receiver<String>,
    pace: Pace,
}

/// However the beats come to an end, by a panic or with their runtime: nothing is written after them.
struct Last(Lease);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.lose("the lock beats no more: the run was dropped".to_owned());
    }
}

impl Beat {
    /// Beats until it is asked to stop, or whoever would ask is gone, or the lock is.
    async fn live(mut self, mut asked: oneshot::Receiver<()>, _last: Last) {
        let (mut pause, mut sent) = (self.pace.beat, Instant::now());
        loop {
            tokio::select! {
                _ = &mut asked => return,
                () = tokio::time::sleep(pause) => {}
                () = self.news(sent) => {}
            }
            sent = Instant::now();
            // Not inside the select: a beat that is on its way is waited for, so that none arrives after the release. (One that hung may.
            // Then the lock is given back all the same: a beat never says that it is not.)
            let arrived = self.send().await;
            // One that failed is tried again before it is the next one's turn.
            pause = if arrived { self.pace.beat } else { self.soon() };
            if self.lease.refusal().is_some() {
                // A run that may write nothing any more does not keep others waiting for longer than its lease.
                return;
            }
        }
    }

    /// How soon after a beat there may be another before its turn.
    fn soon(&self) -> Duration {
        self.pace.beat / 5
    }

    /// Something else is done than the last beat, sent at `sent`, told: whoever waits or looks is not left with what is over.
    async fn news(&mut self, sent: Instant) {
        if self.doing.changed().await.is_err() {
            // Whoever would say it is gone, and who asks to stop with them.
            std::future::pending::<()>().await;
        }
        tokio::time::sleep_until(sent + self.soon()).await;
    }

    async fn send(&mut self) -> bool {
        let doing = self.doing.borrow_and_update().clone();
        let values = [(":one", AttributeValue::N("1".to_owned())), (":doing", AttributeValue::S(doing))];
        let sent = self.lease.now();
        match self.update(BEATS, values).await {
            Some(Ok(_)) => {
                self.lease.confirm(sent);
                return true;
            }
            Some(Err(error)) if error.as_service_error().is_some_and(UpdateItemError::is_conditional_check_failed_exception) => {
                self.lease.lose(self.taken_over(&error));
            }
            // The next one may arrive; if none does, the lease ends by itself.
            Some(Err(_)) | None => {}
        }
        false
    }

    /// By whom, as the lock said when it refused a beat. An engine may not tell.
    fn taken_over(&self, error: &Failed) -> String {
        let item = match error.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(refused)) => refused.item().cloned(),
            _ => None,
        };
        match item.and_then(|item| self.store.decode::<LockInfo>(item).ok()) {
            Some(now) => format!("the lock was taken over by {}: {}", now.holder.who(), now.doing),
            None => "the lock was taken over by somebody else".to_owned(),
        }
    }

    /// A reply that is lost leaves a lease that runs out.
    async fn release(self) {
        let values = [(":true", AttributeValue::Bool(true)), (":done", AttributeValue::S("done".to_owned()))];
        let _ = self.update("SET released = :true, doing = :done", values).await;
    }

    /// One that hangs leaves time for two more before the holder stops itself: `None`.
    async fn update<const N: usize>(
        &self,
        expression: &str,
        values: [(&str, AttributeValue); N],
    ) -> Option<Result<UpdateItemOutput, Failed>> {
        let mut update = self
            .store
            .client()
            .update_item()
            .table_name(self.store.table().as_str())
            .set_key(Some(self.store.key(LOCK)))
            .update_expression(expression)
            .condition_expression(STILL_OURS)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .expression_attribute_values(":epoch", AttributeValue::N(self.epoch.to_string()));
        for (name, value) in values {
            update = update.expression_attribute_values(name, value);
        }
        tokio::time::timeout(self.pace.lease / 5, update.send()).await.ok()
    }
}

/// The lock while it is ours. Dropped without being released, it beats no more and runs out, as after a crash.
pub(crate) struct Held {
    beat: Beat,
    doing: watch::Sender<String>,
    abandoned: AtomicBool,
    stop: oneshot::Sender<()>,
    beats: JoinHandle<()>,
    heart: Heart,
}

impl Held {
    /// Begins to beat for a lock that was taken by a request sent at `sent`.
    pub(super) fn keep(heart: Heart, store: Store, pace: Pace, epoch: u64, sent: Sent, doing: &str) -> Self {
        let lease = Lease::new(pace.lease, sent, pace.home.clock());
        let last = Last(lease.clone());
        let (doing, told) = watch::channel(doing.to_owned());
        let beat = Beat { store, epoch, lease, doing: told, pace };
        let (stop, asked) = oneshot::channel();
        let beats = heart.spawn(beat.clone().live(asked, last));
        Self { beat, doing, abandoned: AtomicBool::new(false), stop, beats, heart }
    }

    pub(crate) fn epoch(&self) -> u64 {
        self.beat.epoch
    }

    /// What every client that writes must ask.
    pub(crate) fn lease(&self) -> &Lease {
        &self.beat.lease
    }

    /// Tells those who wait what is being done, by a beat that comes soon.
    pub(crate) fn doing(&self, what: &str) {
        self.doing.send_if_modified(|now| {
            let is_news = now != what;
            what.clone_into(now);
            is_news
        });
    }

    /// Leaves it to run out instead of giving it back: a request of what was cut off may still be on its way.
    pub(crate) fn abandon(&self) {
        self.abandoned.store(true, Ordering::Relaxed);
    }

    /// Gives it back. A lock that was lost meanwhile stays with its new holder.
    pub(crate) async fn release(self) {
        // One that was lost in silence is left to run out too, for the same reason as one that is abandoned.
        let is_confirmed = self.beat.lease.refusal().is_none();
        // Whatever the run left behind writes nothing from here on: the lock may be somebody else's in a moment.
        self.beat.lease.lose("the lock was given back".to_owned());
        let _ = self.stop.send(());
        // If its heart broke, a beat may still be on its way.
        if self.beats.await.is_ok() && is_confirmed && !self.abandoned.into_inner() {
            let _ = self.heart.run(self.beat.release()).await;
        }
    }
}
