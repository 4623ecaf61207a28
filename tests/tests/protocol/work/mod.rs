//! What is done under the lock: records, checkpoints and writes of items, by runners of which each may be replaced at any moment, whatever it
//! believes of its lease; an application beside them writes and deletes. Time is not in it: `lock` says when a takeover may be.

mod acts;

/// Pages of one item each.
pub const PAGES: usize = 2;
/// As many records as the longest history has, and one more.
const RECORDS: usize = 8;

/// What makes the work safe, each by its name in the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// EPOCH_HOLDS where a record is added.
    EpochHoldsForRecords,
    /// EPOCH_HOLDS where progress is kept.
    EpochHoldsForProgress,
    /// PLACE_IS_FREE: needed only where two runners have one epoch.
    PlaceIsFree,
    /// STILL_AS_GIVEN: attributes are as the function was given them.
    StillAsGiven,
    /// STILL_ABSENT: what the function was not given, or will write, still is not there.
    StillAbsent,
    /// ITEM_IS_THERE.
    ItemIsThere,
    /// `Segment::is_written`: a segment moves on after its writes are answered.
    IsWritten,
    /// `Run::run` records that a migration is started before it is.
    WriteAhead,
}

pub struct Work {
    pub epochs: u8,
    /// Requests that are late at once.
    pub late: usize,
    /// Items that the application changes or deletes.
    pub touched: usize,
    /// Somebody may delete the lock's item by hand, so that epochs begin again: then only overwritten records are looked for.
    pub deleted: bool,
    pub without: Option<Rule>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    #[default]
    None,
    Started,
    Failed,
    Applied,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Record {
    pub kind: Kind,
    epoch: u8,
    by: u8,
}

/// What the migration writes, from what it was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum New {
    Absent,
    From(Old),
    /// The application's.
    Theirs,
}

/// What the migration is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Old {
    Absent,
    First,
    Second,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Item {
    there: bool,
    old: Old,
    new: New,
    /// Whether the application did something to it.
    touched: bool,
}

impl Item {
    fn is_done(self) -> bool {
        !self.there || self.new != New::Absent
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Request {
    Record { at: u8, record: Record },
    Keep { epoch: u8, page: u8 },
    Write { page: u8, given: Old },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Step {
    Away,
    /// It holds the lock.
    Reads,
    Starts,
    Opens,
    Page(u8),
    Writes {
        page: u8,
        given: Old,
    },
    Keeps(u8),
    Applies,
    Fails,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Runner {
    step: Step,
    epoch: u8,
    /// How many records it knows.
    records: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    epoch: u8,
    pub history: [Record; RECORDS],
    /// Under which epoch it was kept that so many pages are done.
    kept: Option<(u8, u8)>,
    items: [Item; PAGES],
    runners: [Runner; 2],
    /// In order, so that states that differ in nothing else are one.
    late: [Option<Request>; 2],
    was_deleted: bool,
    fault: Option<&'static str>,
}

impl State {
    fn records(&self) -> u8 {
        self.history.iter().filter(|record| record.kind != Kind::None).count() as u8
    }
}

/// What came of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Answer {
    Done,
    /// The lock is somebody else's.
    Fenced,
    /// Something else is there.
    Failed,
}

impl Work {
    fn has(&self, rule: Rule) -> bool {
        self.without != Some(rule)
    }

    /// What the engine does with a request.
    fn arrive(&self, state: &mut State, request: Request) -> Answer {
        let answer = match request {
            Request::Record { at, record } => self.add(state, usize::from(at), record),
            Request::Keep { epoch, page } => self.keep(state, epoch, page),
            Request::Write { page, given } => self.write(state, usize::from(page), given),
        };
        if self.deleted {
            state.fault = state.fault.filter(|fault| *fault == OVERWRITTEN);
        }
        answer
    }

    fn add(&self, state: &mut State, at: usize, record: Record) -> Answer {
        if self.has(Rule::EpochHoldsForRecords) && state.epoch != record.epoch {
            return Answer::Fenced;
        }
        let there = state.history[at];
        if self.has(Rule::PlaceIsFree) && there.kind != Kind::None {
            // All of it, with its run: a reply that was lost.
            return if there == record { Answer::Done } else { Answer::Failed };
        }
        let before = state.history[..at].iter().rev().map(|record| record.kind).find(|kind| *kind != Kind::None);
        let legal = match record.kind {
            Kind::None => false,
            Kind::Started => before != Some(Kind::Applied),
            Kind::Failed | Kind::Applied => before == Some(Kind::Started),
        };
        if there.kind != Kind::None && there != record {
            state.fault = Some(OVERWRITTEN);
        } else if record.epoch < state.epoch {
            state.fault = Some("a record was added under an epoch that is over");
        } else if !legal {
            state.fault = Some("the history contradicts itself");
        } else if record.kind == Kind::Applied && !state.items.iter().all(|item| item.is_done()) {
            state.fault = Some("a migration counts as applied and is not done");
        }
        state.history[at] = record;
        Answer::Done
    }

    fn keep(&self, state: &mut State, epoch: u8, page: u8) -> Answer {
        if self.has(Rule::EpochHoldsForProgress) && state.epoch != epoch {
            return Answer::Fenced;
        }
        if state.kept.is_some_and(|(newer, _)| newer > epoch) {
            state.fault = Some("progress of a newer run was overwritten");
        } else if !state.items[..usize::from(page)].iter().all(|item| item.is_done()) {
            state.fault = Some("a page counts as done and is not");
        }
        state.kept = Some((epoch, page));
        Answer::Done
    }

    fn write(&self, state: &mut State, page: usize, given: Old) -> Answer {
        let item = &mut state.items[page];
        // An attribute of an item that is not there is as absent as any.
        let old = if item.there { item.old } else { Old::Absent };
        let new = if item.there { item.new } else { New::Absent };
        let as_given = match given {
            Old::Absent => !self.has(Rule::StillAbsent) || old == Old::Absent,
            Old::First | Old::Second => !self.has(Rule::StillAsGiven) || old == given,
        };
        let free = !self.has(Rule::StillAbsent) || new == New::Absent;
        if !(as_given && free && (item.there || !self.has(Rule::ItemIsThere))) {
            return Answer::Failed;
        }
        state.fault = match new {
            _ if !item.there => Some("an item that the application deleted is brought back"),
            New::Theirs => Some("a write of the application is undone"),
            _ if old != given => Some("what is written follows from what is no longer there"),
            New::From(_) => Some("what was done is done once more"),
            New::Absent => state.fault,
        };
        *item = Item { there: true, new: New::From(given), ..*item };
        Answer::Done
    }
}

pub const OVERWRITTEN: &str = "a record was overwritten";
