//! The lock as `aws/lock.rs` and `aws/guard.rs` have it: runners that look, take, beat and give back, while time passes, requests arrive late,
//! replies get lost and processes die. What is done under the lock is not in it.
//!
//! A lease is three ticks long; all clocks tick together, and a runner may do nothing for as many ticks as it likes.

mod acts;

const LEASE: u8 = 3;
/// Two thirds of it.
const FENCE: u8 = 2;

/// What makes the lock safe, each by its name in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    NeverHeld,
    /// Of GIVEN_BACK, its part `epoch = :seen`.
    GivenBackEpoch,
    /// Of GIVEN_BACK, its part `released = :true`.
    GivenBackReleased,
    /// Of STOOD_STILL, its part `epoch = :seen`.
    StoodStillEpoch,
    /// Of STOOD_STILL, its part `beat = :beat_seen`.
    StoodStillBeat,
    /// STILL_OURS where a beat is sent.
    StillOursBeat,
    /// STILL_OURS where the lock is given back.
    StillOursRelease,
    /// `Lease::refusal`: nobody sends anything once two thirds of the lease are over.
    Lease,
    /// `Lease::confirm`: a beat counts from when it was sent, not from when it was answered.
    ConfirmedAsSent,
    /// `Lock::take`: what is there after a lost reply is ours only if all of it is, with its token.
    Token,
    /// Of the forced unlock: it ends only the epoch that was named.
    ForcedEpoch,
    /// Of the forced unlock: it ends nothing that was given back.
    ForcedHeld,
}

/// How the item comes to its count of beats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counting {
    /// Each beat says how many there were.
    Said,
    /// Each beat adds one, as the code has it.
    Added,
}

pub struct Lock {
    pub runners: usize,
    pub epochs: u8,
    pub beats: u8,
    /// Requests that are late at once.
    pub late: usize,
    pub counting: Counting,
    /// Somebody may end an epoch by force.
    pub force: bool,
    /// Somebody may delete the lock's item by hand: then only what is promised even so is looked at.
    pub deleted: bool,
    pub without: Option<Rule>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Item {
    /// 0: it was never there.
    epoch: u8,
    beat: u8,
    released: bool,
    /// Whose take it was.
    token: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum How {
    NeverHeld,
    GivenBack,
    StoodStill,
    Forced,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Request {
    Take { how: How, epoch: u8, beat: u8, token: u8 },
    Beat { epoch: u8, beat: u8 },
    Release { epoch: u8 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Beat {
    None,
    Sent {
        age: u8,
    },
    Done {
        age: u8,
        ok: bool,
    },
    /// No answer came; it may be sent again.
    Unsure {
        age: u8,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Runner {
    Away,
    /// It saw this, so long ago.
    Watching {
        epoch: u8,
        beat: u8,
        age: u8,
    },
    /// It decided so, and sent it first so long ago.
    Taking {
        request: Request,
        age: u8,
    },
    /// Its last confirmed beat was sent so long ago.
    Holding {
        epoch: u8,
        age: u8,
        lost: bool,
        count: u8,
        beat: Beat,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    item: Item,
    runners: [Runner; 3],
    /// In order, so that states that differ in nothing else are one.
    late: [Option<Request>; 2],
    /// The epoch that was ended by force.
    forced: u8,
    was_deleted: bool,
    fault: Option<&'static str>,
}

impl Lock {
    fn has(&self, rule: Rule) -> bool {
        self.without != Some(rule)
    }

    /// What the engine does with a request; whether its condition held.
    fn arrive(&self, state: &mut State, request: Request) -> bool {
        let item = state.item;
        match request {
            Request::Take { how, epoch, beat, token } => {
                let held = match how {
                    How::NeverHeld => !self.has(Rule::NeverHeld) || item.epoch == 0,
                    How::GivenBack => {
                        (!self.has(Rule::GivenBackEpoch) || item.epoch == epoch)
                            && (!self.has(Rule::GivenBackReleased) || item.released)
                    }
                    How::StoodStill => {
                        (!self.has(Rule::StoodStillEpoch) || item.epoch == epoch)
                            && (!self.has(Rule::StoodStillBeat) || item.beat == beat)
                    }
                    How::Forced => {
                        (!self.has(Rule::ForcedEpoch) || item.epoch == epoch) && (!self.has(Rule::ForcedHeld) || !item.released)
                    }
                };
                if held {
                    if self.deleted && how == How::GivenBack && !item.released && item.epoch != 0 {
                        state.fault = Some("a lock that is held was taken for one that was given back");
                    }
                    if item.epoch > epoch && item.token != token && !self.deleted {
                        state.fault = Some("the epoch did not rise");
                    }
                    if how == How::Forced {
                        state.forced = epoch;
                        if item.released && item.token != token {
                            state.fault = Some("a lock that nobody held was taken away by force");
                        }
                    }
                    state.item = Item { epoch: epoch + 1, beat: 0, released: false, token };
                }
                held
            }
            Request::Beat { epoch, beat } => {
                let held = item.epoch != 0 && (!self.has(Rule::StillOursBeat) || item.epoch == epoch);
                if held {
                    state.item.beat = match self.counting {
                        Counting::Said => beat,
                        Counting::Added => item.beat + 1,
                    };
                }
                held
            }
            Request::Release { epoch } => {
                let held = item.epoch != 0 && (!self.has(Rule::StillOursRelease) || item.epoch == epoch);
                if held {
                    if item.epoch != epoch {
                        state.fault = Some("somebody gave back a lock that was not its own");
                    }
                    state.item.released = true;
                }
                held
            }
        }
    }
}
