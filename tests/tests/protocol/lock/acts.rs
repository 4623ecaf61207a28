//! What may happen next: a runner's step, a late request, a tick, and what people do.

use super::super::search::{Act, Model};
use super::{Beat, Counting, FENCE, How, Item, LEASE, Lock, Request, Rule, Runner, State};

impl Lock {
    fn post(&self, state: &mut State, request: Request) -> bool {
        let Some(free) = state.late[..self.late].iter_mut().find(|late| late.is_none()) else { return false };
        *free = Some(request);
        state.late[..self.late].sort_unstable();
        true
    }

    /// What a runner does who looks at the lock.
    fn look(&self, state: &State, at: usize) -> Option<Runner> {
        let Item { epoch, beat, released, .. } = state.item;
        if epoch >= self.epochs {
            return None;
        }
        let take = |how| Runner::Taking { request: Request::Take { how, epoch, beat, token: how.token(at) }, age: 0 };
        Some(match state.runners[at] {
            _ if epoch == 0 => take(How::NeverHeld),
            _ if released => take(How::GivenBack),
            Runner::Watching { epoch: e, beat: b, age } if (e, b) == (epoch, beat) => {
                if age >= LEASE {
                    take(How::StoodStill)
                } else {
                    return None;
                }
            }
            _ => Runner::Watching { epoch, beat, age: 0 },
        })
    }

    fn acts_of(&self, state: &State, at: usize, then: &mut Vec<(Act, State)>) {
        let mut push = |what, runner: Option<Runner>, request: Option<(Request, bool)>| {
            let mut next = *state;
            next.runners[at] = runner.unwrap_or(state.runners[at]);
            match request {
                Some((request, true)) if !self.post(&mut next, request) => return,
                Some((request, false)) => drop(self.arrive(&mut next, request)),
                Some(_) | None => {}
            }
            then.push((Act { who: at as u8 + 1, what }, next));
        };
        match state.runners[at] {
            Runner::Away | Runner::Watching { .. } => {
                if let Some(runner) = self.look(state, at) {
                    push("looks", Some(runner), None);
                }
                let Item { epoch, beat, released, .. } = state.item;
                if self.force && state.forced == 0 && epoch != 0 && epoch < self.epochs && !released {
                    let request = Request::Take { how: How::Forced, epoch, beat, token: How::Forced.token(at) };
                    push("looks, to end this epoch by force", Some(Runner::Taking { request, age: 0 }), None);
                }
            }
            Runner::Taking { request, age } => {
                let Request::Take { epoch, token, .. } = request else { unreachable!("it takes") };
                let mut after = *state;
                let held = self.arrive(&mut after, request);
                let ours = (after.item.token == token || !self.has(Rule::Token)) && after.item.epoch == epoch + 1;
                let holding = Runner::Holding { epoch: epoch + 1, age, lost: false, count: 0, beat: Beat::None };
                let outcome = if held || ours { holding } else { Runner::Away };
                push(if held { "takes it" } else { "takes it, and hears whose it is" }, Some(outcome), Some((request, false)));
                if held {
                    push("takes it; the reply is lost", None, Some((request, false)));
                }
                push("takes it, which arrives late", None, Some((request, true)));
                if epoch + 1 < self.epochs {
                    push("dies", Some(Runner::Away), None);
                }
            }
            Runner::Holding { epoch, age, lost, count, beat } => {
                let now = |beat, count| Some(Runner::Holding { epoch, age, lost, count, beat });
                let request = Request::Beat { epoch, beat: count };
                match beat {
                    Beat::None => {
                        if count < self.beats {
                            push("beats", now(Beat::Sent { age: 0 }, count + 1), None);
                        }
                        push("gives it back", Some(Runner::Away), Some((Request::Release { epoch }, false)));
                        if epoch < self.epochs {
                            push(
                                "gives it back, which arrives late",
                                Some(Runner::Away),
                                Some((Request::Release { epoch }, true)),
                            );
                        }
                    }
                    Beat::Unsure { age } => {
                        // Else there would be ever more of them.
                        if self.counting != Counting::Added || state.item.beat <= self.beats {
                            push("beats again", now(Beat::Sent { age }, count), None);
                        }
                        push("does without that beat", now(Beat::None, count), None);
                    }
                    Beat::Sent { age } => {
                        let ok = self.arrive(&mut { *state }, request);
                        push("'s beat arrives", now(Beat::Done { age, ok }, count), Some((request, false)));
                        push("'s beat is late", now(Beat::Unsure { age }, count), Some((request, true)));
                    }
                    Beat::Done { age: sent, ok } => {
                        let age = if !ok {
                            age
                        } else if self.has(Rule::ConfirmedAsSent) {
                            sent
                        } else {
                            0
                        };
                        let heard = Runner::Holding { epoch, age, lost: lost || !ok, count, beat: Beat::None };
                        push("hears of its beat", Some(heard), None);
                        push("does not hear of its beat", now(Beat::Unsure { age: sent }, count), None);
                    }
                }
                if epoch < self.epochs {
                    push("dies", Some(Runner::Away), None);
                }
            }
        }
    }
}

impl How {
    /// Its own for each take that others may meet.
    fn token(self, at: usize) -> u8 {
        at as u8 * 4 + self as u8 + 1
    }
}

impl Runner {
    fn older(self) -> Self {
        let up_to = |age: u8, most: u8| (age + 1).min(most);
        match self {
            Self::Away => Self::Away,
            Self::Watching { epoch, beat, age } => Self::Watching { epoch, beat, age: up_to(age, LEASE) },
            Self::Taking { request, age } => Self::Taking { request, age: up_to(age, FENCE) },
            Self::Holding { epoch, age, lost, count, beat } => {
                let beat = match beat {
                    Beat::None => Beat::None,
                    Beat::Sent { age } => Beat::Sent { age: up_to(age, FENCE) },
                    Beat::Done { age, ok } => Beat::Done { age: up_to(age, FENCE), ok },
                    Beat::Unsure { age } => Beat::Unsure { age: up_to(age, FENCE) },
                };
                Self::Holding { epoch, age: up_to(age, FENCE), lost, count, beat }
            }
        }
    }
}

impl Model for Lock {
    type State = State;

    fn begin(&self) -> State {
        State { item: Item::default(), runners: [Runner::Away; 3], late: [None; 2], forced: 0, was_deleted: false, fault: None }
    }

    fn next(&self, state: &State, then: &mut Vec<(Act, State)>) {
        (0..self.runners).for_each(|at| self.acts_of(state, at, then));
        let mut somebody = |what, change: &dyn Fn(&mut State)| {
            let mut next = *state;
            change(&mut next);
            if next != *state {
                then.push((Act { who: 0, what }, next));
            }
        };
        for (at, late) in state.late.iter().enumerate() {
            let Some(request) = *late else { continue };
            let what = match request {
                Request::Take { .. } => "'s take arrives late",
                Request::Beat { .. } => "'s beat arrives late",
                Request::Release { .. } => "'s giving back arrives late",
            };
            somebody(what, &|next| {
                next.late[at] = None;
                next.late[..self.late].sort_unstable();
                self.arrive(next, request);
            });
        }
        somebody("'s clock ticks", &|next| next.runners.iter_mut().for_each(|runner| *runner = runner.older()));
        if self.deleted && !state.was_deleted {
            somebody("deletes the lock's item by hand", &|next| (next.item, next.was_deleted) = (Item::default(), true));
        }
    }

    fn broken(&self, state: &State) -> Option<&'static str> {
        if state.fault.is_some() || self.deleted {
            return state.fault;
        }
        let mut held = [false; 16];
        for runner in &state.runners {
            if let Runner::Holding { epoch, age, lost, .. } = *runner {
                if std::mem::replace(&mut held[usize::from(epoch)], true) {
                    return Some("two runners hold one epoch");
                }
                let may_write = (age < FENCE || !self.has(Rule::Lease)) && !lost;
                if may_write && state.item.epoch != epoch && state.forced != epoch {
                    return Some("a runner may still write although somebody else took over");
                }
            }
        }
        None
    }

    fn is_done(&self, state: &State) -> bool {
        self.deleted || state.item.released
    }
}
