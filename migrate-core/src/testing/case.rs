//! What befalls the runs of one case, as text that repeats it: `17:reply-lost`, `17:crash-after+4:crash-before`, and `3/7:reply-lost` for each
//! seventh of the calls that the fault concerns, from their third on (each counted from 0). It never knows the run.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use super::call::Call;
use super::fault::Fault;
use super::verdict::Verdict;

/// A fault at a call, counted from 0; or at each so manieth of the calls that it concerns, counted among these.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub k: usize,
    pub every: Option<usize>,
    pub fault: Fault,
}

impl At {
    pub(super) const fn one(k: usize, fault: Fault) -> Self {
        Self { k, every: None, fault }
    }

    /// For [`Recorder::failing`](super::Recorder::failing).
    pub(super) fn judge(self) -> Box<dyn Fn(&Call) -> Verdict + Send + Sync> {
        match self.every {
            None => Box::new(self.fault.at(self.k)),
            Some(every) => Box::new(self.each(every)),
        }
    }

    /// A request that met it passes when the client sends it again, and is not counted twice: else each retry would move all that follows,
    /// and some calls would be met from no `k` at all.
    fn each(self, every: usize) -> impl Fn(&Call) -> Verdict + Send + Sync {
        let met = Mutex::new((0, BTreeSet::new()));
        move |call| {
            let (concerned, met) = &mut *met.lock().unwrap_or_else(PoisonError::into_inner);
            if !self.fault.concerns(call) || met.contains(&call.request) {
                return Verdict::Pass;
            }
            let n: usize = *concerned;
            *concerned += 1;
            if !n.checked_sub(self.k).is_some_and(|after| after.is_multiple_of(every)) {
                return Verdict::Pass;
            }
            if !call.request.is_empty() {
                met.insert(call.request.clone());
            }
            self.fault.verdict()
        }
    }
}

/// What befalls the first run, and perhaps the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Case {
    pub first: At,
    pub second: Option<At>,
}

impl Case {
    pub(super) fn once(k: usize, fault: Fault) -> Self {
        Self { first: At::one(k, fault), second: None }
    }

    pub(super) fn each(k: usize, every: usize, fault: Fault) -> Self {
        Self { first: At { k, every: Some(every), fault }, second: None }
    }

    /// The same fault at each of a run's calls that it concerns, one by one, and first where it was met; none where it is one already.
    pub(super) fn singly(self, calls: &[Call]) -> Vec<Self> {
        let At { k, every: Some(every), fault } = self.first else { return Vec::new() };
        let concerned = calls.iter().filter(|call| fault.concerns(call)).map(|call| Self::once(call.index, fault));
        // What the faults before it did to the run may have brought it to another one.
        let (met, others): (Vec<_>, Vec<_>) = concerned.enumerate().partition(|(n, _)| n % every == k % every);
        met.into_iter().chain(others).map(|(_, case)| case).collect()
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.every {
            None => write!(f, "{}:{}", self.k, self.fault),
            Some(every) => write!(f, "{}/{every}:{}", self.k, self.fault),
        }
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.first.fmt(f)?;
        self.second.map_or(Ok(()), |second| write!(f, "+{second}"))
    }
}

impl FromStr for At {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (k, fault) = text.split_once(':').ok_or_else(|| format!("`{text}` is no `17:reply-lost`"))?;
        let number = |text: &str| text.trim().parse::<usize>().map_err(|_| format!("`{text}` is no call's number"));
        let (k, every) = match k.split_once('/') {
            Some((k, every)) => match number(every)? {
                0 => return Err(format!("`{text}` is met by each 0th call, which is none")),
                every => (number(k)?, Some(every)),
            },
            None => (number(k)?, None),
        };
        Ok(Self { k, every, fault: fault.trim().parse()? })
    }
}

impl FromStr for Case {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('+') {
            Some((first, second)) => Ok(Self { first: first.parse()?, second: Some(second.parse()?) }),
            None => Ok(Self { first: text.parse()?, second: None }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Seven runs, as a sweep makes them.
    const APART: usize = 7;

    fn call(index: usize, operation: &str, request: String) -> Call {
        Call { index, operation: operation.to_owned(), body: Vec::new(), request }
    }

    /// Reads, writes and batches, in no order that a seventh could follow.
    fn calls() -> Vec<Call> {
        let of = |k: usize| match k * k % 11 {
            0..3 => "PutItem",
            3..5 => "BatchWriteItem",
            5..7 => "DescribeTable",
            _ => "GetItem",
        };
        (0..60).map(|k| call(k, of(k), format!("request {k}"))).collect()
    }

    /// Which calls meet a case, if each that does is sent again: by the SDK as the same request, else as another one.
    fn met(case: Case, calls: &[Call]) -> Vec<usize> {
        let judge = case.first.judge();
        let (mut index, mut met) = (0, Vec::new());
        let mut sends = |operation: &str, request: String| {
            index += 1;
            judge(&call(index - 1, operation, request)) != Verdict::Pass
        };
        let asked_by_the_sdk = case.first.fault != Fault::PartialBatch;
        for call in calls {
            if sends(&call.operation, call.request.clone()) {
                met.push(call.index);
                let again = if asked_by_the_sdk { call.request.clone() } else { format!("the rest of {}", call.request) };
                assert!(!sends(&call.operation, again), "what is sent again passes");
            }
        }
        met
    }

    #[test]
    fn each_call_that_a_fault_concerns_meets_it_in_one_of_the_runs() {
        let calls = calls();
        for fault in Fault::ALL.into_iter().filter(|fault| fault.passes()) {
            let met: BTreeSet<usize> = (0..APART).flat_map(|k| met(Case::each(k, APART, fault), &calls)).collect();
            let concerned = calls.iter().filter(|call| fault.concerns(call)).map(|call| call.index);
            assert!(met.into_iter().eq(concerned), "{fault}");
        }
    }

    #[test]
    fn writes_that_lie_seven_calls_apart_are_met_too() {
        let of = |k| if k == 10 || k == 17 { "UpdateItem" } else { "Query" };
        let calls: Vec<Call> = (0..20).map(|k| call(k, of(k), format!("request {k}"))).collect();
        let each = |k| met(Case::each(k, APART, Fault::ReplyLost), &calls);
        assert_eq!([each(0), each(1), each(2)], [vec![10], vec![17], vec![]]);
    }

    #[test]
    fn one_by_one_a_fault_is_tried_at_all_that_it_concerns() {
        let calls = calls();
        for fault in Fault::ALL {
            let mut alone: Vec<usize> = Case::each(3, APART, fault).singly(&calls).iter().map(|case| case.first.k).collect();
            let concerned: Vec<usize> = calls.iter().filter(|call| fault.concerns(call)).map(|call| call.index).collect();
            assert_eq!(alone[0], concerned[3], "{fault}: first where it was met");
            alone.sort_unstable();
            assert_eq!(alone, concerned, "{fault}");
            assert_eq!(Case::once(3, fault).singly(&calls), []);
        }
    }

    #[test]
    fn a_call_that_it_does_not_concern_passes() {
        let passes =
            |fault: Fault, operation| Case::once(0, fault).first.judge()(&call(0, operation, String::new())) == Verdict::Pass;
        assert!(passes(Fault::PartialBatch, "PutItem") && !passes(Fault::PartialBatch, "BatchGetItem"));
        assert!(passes(Fault::ReplyLost, "GetItem") && !passes(Fault::ReplyLost, "PutItem"));
        assert!(!passes(Fault::CrashAfter, "GetItem"), "a run can die anywhere");
    }

    #[test]
    fn a_case_is_read_back_as_it_is_shown() {
        for fault in Fault::ALL {
            let once = Case::once(17, fault);
            let twice = Case { second: Some(At::one(4, Fault::CrashAfter)), ..once };
            for case in [once, twice, Case::each(3, 7, fault)] {
                assert_eq!(case.to_string().parse(), Ok(case));
            }
        }
        assert!("17".parse::<Case>().is_err() && "x:reset".parse::<Case>().is_err());
        assert!("17:nothing".parse::<Case>().unwrap_err().contains("reply-lost"), "what there is is listed");
    }

    #[test]
    fn no_call_is_the_0th() {
        let why = "3/0:reset".parse::<Case>().unwrap_err();
        assert_eq!(why, "`3/0:reset` is met by each 0th call, which is none");
    }
}
