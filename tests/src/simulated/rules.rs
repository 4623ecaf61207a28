//! Which request of an operation meets which fault; it never knows what a fault does.

use std::collections::BTreeMap;
use std::sync::Mutex;

use crate::seam::{Call, Verdict};

#[derive(Clone, Debug)]
enum When {
    /// The n-th request, counted from 1.
    At(u64),
    /// Every n-th request.
    Every(u64),
}

/// Rules for [`Recorder::failing`](crate::seam::Recorder::failing).
///
/// ```
/// use migrate_tests::seam::{Recorder, Verdict};
/// use migrate_tests::simulated::Rules;
///
/// # let engine = migrate_tests::engine::TestEngine::embedded();
/// let rules = Rules::new().at("BatchExecuteStatement", 3, Verdict::LoseReply).every("Scan", 10, Verdict::ResetBefore);
/// let recorder = Recorder::of(&engine.client()).failing(rules.judge());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rules(Vec<(&'static str, When, Verdict)>);

impl Rules {
    /// Everything passes.
    pub fn new() -> Self {
        Self::default()
    }

    /// The n-th request of an operation, counted from 1.
    #[must_use]
    pub fn at(mut self, operation: &'static str, n: u64, verdict: Verdict) -> Self {
        self.0.push((operation, When::At(n), verdict));
        self
    }

    /// Every n-th request of an operation.
    #[must_use]
    pub fn every(mut self, operation: &'static str, n: u64, verdict: Verdict) -> Self {
        assert!(n > 0, "every request is every first one");
        self.0.push((operation, When::Every(n), verdict));
        self
    }

    /// Counts requests and judges them; of two rules for one request the first counts.
    pub fn judge(self) -> impl Fn(&Call) -> Verdict + Send + Sync + 'static {
        let counts: Mutex<BTreeMap<String, u64>> = Mutex::default();
        move |call| {
            let mut counts = counts.lock().expect("nobody panics while holding this");
            let count = counts.entry(call.operation.clone()).or_default();
            *count += 1;
            let meets = |(operation, when, _): &&(&'static str, When, Verdict)| {
                *operation == call.operation
                    && match when {
                        When::At(n) => *count == *n,
                        When::Every(n) => count.is_multiple_of(*n),
                    }
            };
            self.0.iter().find(meets).map_or(Verdict::Pass, |(_, _, verdict)| verdict.clone())
        }
    }
}
