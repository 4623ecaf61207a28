//! What befalls the runs of one case, as text that repeats it: `17:reply-lost`, `17:crash-after+4:crash-before`. It never knows the run.

use std::fmt;
use std::str::FromStr;

use super::fault::Fault;

/// A fault at a call, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub k: usize,
    pub fault: Fault,
}

/// What befalls the first run, and perhaps the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Case {
    pub first: At,
    pub second: Option<At>,
}

impl Case {
    pub(super) fn once(k: usize, fault: Fault) -> Self {
        Self { first: At { k, fault }, second: None }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.k, self.fault)
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
        let k = k.trim().parse().map_err(|_| format!("`{k}` is no call's number"))?;
        Ok(Self { k, fault: fault.trim().parse()? })
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
            let twice = Case { second: Some(At { k: 4, fault: Fault::CrashAfter }), ..once };
            assert_eq!(twice.to_string().parse(), Ok(twice));
        }
        assert!("17".parse::<Case>().is_err() && "x:reset".parse::<Case>().is_err());
        assert!("17:nothing".parse::<Case>().unwrap_err().contains("reply-lost"), "what there is is listed");
    }
}
