//! What may happen next: a runner's step, a late request, and what the application does.

use super::super::search::{Act, Model};
use super::{Answer, Item, Kind, New, Old, PAGES, RECORDS, Record, Request, Rule, Runner, State, Step, Work};

impl Work {
    /// What a runner sends in its step, if anything.
    fn request(runner: Runner, by: u8) -> Option<Request> {
        let Runner { step, epoch, records } = runner;
        let record = |kind| Some(Request::Record { at: records, record: Record { kind, epoch, by } });
        match step {
            Step::Away | Step::Reads | Step::Opens | Step::Page(_) => None,
            Step::Starts => record(Kind::Started),
            Step::Writes { page, given } => Some(Request::Write { page, given }),
            Step::Keeps(page) => Some(Request::Keep { epoch, page }),
            Step::Applies => record(Kind::Applied),
            Step::Fails => record(Kind::Failed),
        }
    }

    /// The step after one whose request was answered.
    fn answered(state: &State, runner: Runner, answer: Answer) -> Runner {
        let step = match (runner.step, answer) {
            // A condition failed: what is there is judged anew.
            (Step::Writes { page, .. }, Answer::Failed) => {
                let item = state.items[usize::from(page)];
                if item.is_done() { Step::Keeps(page + 1) } else { Step::Writes { page, given: item.old } }
            }
            (_, Answer::Fenced | Answer::Failed) => Step::Away,
            (Step::Starts, Answer::Done) => return Runner { step: Step::Opens, records: runner.records + 1, ..runner },
            (Step::Writes { page, .. }, Answer::Done) => Step::Keeps(page + 1),
            (Step::Keeps(page), Answer::Done) => Step::at(page),
            (step, Answer::Done) => {
                assert!(matches!(step, Step::Applies | Step::Fails), "{step:?} sends nothing");
                Step::Away
            }
        };
        Runner { step, ..runner }.settled()
    }

    fn acts_of(&self, state: &State, at: usize, then: &mut Vec<(Act, State)>) {
        let runner = state.runners[at];
        let mut push = |what, next: State, runner: Runner| {
            let mut next = next;
            next.runners[at] = runner.settled();
            then.push((Act { who: at as u8 + 1, what }, next));
        };
        let to = |step| Runner { step, ..runner };
        let last = runner.epoch == self.epochs;
        match runner.step {
            Step::Away => {
                if state.epoch < self.epochs {
                    let epoch = state.epoch + 1;
                    push("takes the lock", State { epoch, ..*state }, Runner { step: Step::Reads, epoch, records: 0 });
                }
            }
            Step::Reads => {
                let records = state.records();
                let applied = state.history.iter().any(|record| record.kind == Kind::Applied);
                let step = match applied {
                    true => Step::Away,
                    false if self.has(Rule::WriteAhead) => Step::Starts,
                    false => Step::Opens,
                };
                push("reads the history", *state, Runner { step, records, ..runner });
            }
            Step::Opens => push("reads how far it is", *state, to(Step::at(state.kept.map_or(0, |(_, page)| page)))),
            Step::Page(page) => {
                let item = state.items[usize::from(page)];
                let step = if item.is_done() { Step::Keeps(page + 1) } else { Step::Writes { page, given: item.old } };
                push("reads a page", *state, to(step));
                if !last {
                    push("'s function fails", *state, to(Step::Fails));
                }
            }
            Step::Starts | Step::Writes { .. } | Step::Keeps(_) | Step::Applies | Step::Fails => {}
        }
        if let Step::Keeps(page) = runner.step {
            push("goes on without keeping it", *state, to(Step::at(page)));
        }
        if let Some(request) = Self::request(runner, at as u8 + 1) {
            let [done, lost, late] = match runner.step {
                Step::Starts => {
                    ["records the start", "records the start; the reply is lost", "records the start, which arrives late"]
                }
                Step::Writes { .. } => {
                    ["writes an item", "writes an item; the reply is lost", "writes an item, which arrives late"]
                }
                Step::Keeps(_) => {
                    ["keeps how far it is", "keeps how far it is; the reply is lost", "keeps how far it is, which arrives late"]
                }
                Step::Applies => ["records the end", "records the end; the reply is lost", "records the end, which arrives late"],
                _ => ["records a failure", "records a failure; the reply is lost", "records a failure, which arrives late"],
            };
            let full = matches!(request, Request::Record { at, .. } if usize::from(at) >= RECORDS);
            if full {
                return;
            }
            let mut after = *state;
            let answer = self.arrive(&mut after, request);
            push(done, after, Self::answered(&after, runner, answer));
            if answer == Answer::Done {
                push(lost, after, runner);
            }
            let mut waiting = *state;
            if waiting.post(self.late, request) {
                let step = match runner.step {
                    Step::Writes { page, .. } if !self.has(Rule::IsWritten) => Step::Keeps(page + 1),
                    step => step,
                };
                push(late, waiting, to(step));
            }
        }
        if runner.step != Step::Away && !last {
            push("dies", *state, to(Step::Away));
        }
    }
}

impl Step {
    fn at(page: u8) -> Self {
        if usize::from(page) < PAGES { Self::Page(page) } else { Self::Applies }
    }
}

impl Runner {
    /// Whoever is away knows nothing: one such runner is like another.
    fn settled(self) -> Self {
        if self.step == Step::Away { Self { step: Step::Away, epoch: 0, records: 0 } } else { self }
    }
}

impl State {
    fn post(&mut self, most: usize, request: Request) -> bool {
        let Some(free) = self.late[..most].iter_mut().find(|late| late.is_none()) else { return false };
        *free = Some(request);
        self.late.sort_unstable();
        true
    }
}

impl Model for Work {
    type State = State;

    fn begin(&self) -> State {
        let item = |old| Item { there: true, old, new: New::Absent, touched: false };
        State {
            epoch: 0,
            history: [Record::default(); RECORDS],
            kept: None,
            // To one function everything is given, to the other an attribute that is not there.
            items: [item(Old::First), item(Old::Absent)],
            runners: [Runner { step: Step::Away, epoch: 0, records: 0 }; 2],
            late: [None; 2],
            was_deleted: false,
            fault: None,
        }
    }

    fn next(&self, state: &State, then: &mut Vec<(Act, State)>) {
        (0..state.runners.len()).for_each(|at| self.acts_of(state, at, then));
        let mut somebody = |what, change: &dyn Fn(&mut State)| {
            let mut next = *state;
            change(&mut next);
            then.push((Act { who: 0, what }, next));
        };
        for (at, late) in state.late.iter().enumerate() {
            let Some(request) = *late else { continue };
            let what = match request {
                Request::Record { .. } => "'s record arrives late",
                Request::Keep { .. } => "'s progress arrives late",
                Request::Write { .. } => "'s write arrives late",
            };
            somebody(what, &|next| {
                next.late[at] = None;
                next.late.sort_unstable();
                self.arrive(next, request);
            });
        }
        let touches = state.items.iter().filter(|item| item.touched).count() < self.touched;
        for (at, item) in state.items.iter().enumerate().filter(|(_, item)| touches && item.there && !item.touched) {
            let item = Item { touched: true, ..*item };
            somebody("changes what the function is given", &|next| next.items[at] = Item { old: Old::Second, ..item });
            somebody("writes what the function writes", &|next| next.items[at] = Item { new: New::Theirs, ..item });
            somebody("deletes an item", &|next| next.items[at] = Item { there: false, ..item });
        }
        if self.deleted && !state.was_deleted {
            somebody("deletes the lock's item by hand", &|next| (next.epoch, next.was_deleted) = (0, true));
        }
    }

    fn broken(&self, state: &State) -> Option<&'static str> {
        state.fault
    }

    fn is_done(&self, state: &State) -> bool {
        self.deleted || state.history.iter().any(|record| record.kind == Kind::Applied)
    }
}
