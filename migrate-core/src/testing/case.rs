//! What befalls the runs of one case, as text that repeats it: `17:reply-lost`, `17:crash-after+4:crash-before`, and `3/7:reply-lost` for each
//! seventh call from the third on. It never knows the run.

use std::fmt;
use std::str::FromStr;

use super::call::Call;
use super::fault::Fault;
use super::verdict::Verdict;

/// A fault at a call, counted from 0, and perhaps at each so manieth after it.
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
            Some(every) => Box::new(move |call| {
                let meets = call.index >= self.k && (call.index - self.k).is_multiple_of(every) && self.fault.concerns(call);
                if meets { self.fault.verdict() } else { Verdict::Pass }
            }),
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

    /// The same faults one by one, for a run of so many calls; none where it is one already.
    pub(super) fn singly(self, calls: usize) -> Vec<Self> {
        let At { k, every, fault } = self.first;
        every.map_or_else(Vec::new, |every| (k..calls).step_by(every).map(|k| Self::once(k, fault)).collect())
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
            Some((k, every)) => (number(k)?, Some(number(every)?)),
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

    #[test]
    fn a_case_is_read_back_as_it_is_shown() {
        for fault in Fault::ALL {
            let once = Case::once(17, fault);
            assert_eq!(once.to_string().parse(), Ok(once));
            let twice = Case { second: Some(At::one(4, Fault::CrashAfter)), ..once };
            let each = Case::each(3, 7, fault);
            for case in [twice, each] {
                assert_eq!(case.to_string().parse(), Ok(case));
            }
            assert_eq!(each.singly(18), [Case::once(3, fault), Case::once(10, fault), Case::once(17, fault)]);
        }
        assert!("17".parse::<Case>().is_err() && "x:reset".parse::<Case>().is_err());
        assert!("17:nothing".parse::<Case>().unwrap_err().contains("reply-lost"), "what there is is listed");
    }
}
