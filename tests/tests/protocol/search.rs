//! Searches every state that a model can reach, breadth first, so that the first way into a broken one is the shortest. Knows no model.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::{self, Debug};
use std::hash::{BuildHasherDefault, Hash, Hasher};
use std::time::{Duration, Instant};

/// What is searched.
pub trait Model {
    type State: Copy + Eq + Hash + Debug;

    fn begin(&self) -> Self::State;

    /// Everything that may happen next.
    fn next(&self, state: &Self::State, then: &mut Vec<(Act, Self::State)>);

    /// What is wrong with a state.
    fn broken(&self, state: &Self::State) -> Option<&'static str>;

    /// What must stay within reach.
    fn is_done(&self, state: &Self::State) -> bool;
}

/// What happens, and whose doing it is.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    pub who: u8,
    pub what: &'static str,
}

/// What came of a search.
pub struct Searched<S> {
    /// Each state once, in the order in which they were found.
    pub states: Vec<S>,
    pub steps: usize,
    pub took: Duration,
    /// The shortest way to a state that is broken, or from which nothing leads to the end, and what is wrong there.
    pub fault: Option<(&'static str, Vec<Act>)>,
}

impl<S: Debug> fmt::Display for Searched<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} states, {} steps, {} ms", self.states.len(), self.steps, self.took.as_millis())?;
        if let Some((fault, way)) = &self.fault {
            write!(f, ": {fault}")?;
            for (number, Act { who, what }) in way.iter().enumerate() {
                write!(f, "\n    {:2}. {} {what}", number + 1, ["somebody", "A", "B", "C"][usize::from(*who)])?;
            }
        }
        Ok(())
    }
}

/// Searches until something is broken, or all was seen.
pub fn search<M: Model>(model: &M) -> Searched<M::State> {
    let begun = Instant::now();
    let mut known: HashMap<M::State, u32, BuildHasherDefault<Mix>> = HashMap::default();
    let mut states = vec![model.begin()];
    known.insert(states[0], 0);
    let mut from: Vec<(u32, Act)> = vec![(0, Act { who: 0, what: "begins" })];
    let (mut steps, mut then, mut at) = (Vec::new(), Vec::new(), 0);
    let mut fault = None;
    while at < states.len() && fault.is_none() {
        let state = states[at];
        if let Some(what) = model.broken(&state) {
            fault = Some((what, at));
            break;
        }
        model.next(&state, &mut then);
        for (act, next) in then.drain(..) {
            let number = u32::try_from(states.len()).expect("fewer states");
            let number = match known.entry(next) {
                Entry::Occupied(there) => *there.get(),
                Entry::Vacant(free) => {
                    states.push(*free.key());
                    from.push((at as u32, act));
                    *free.insert(number)
                }
            };
            steps.push((at as u32, number));
        }
        at += 1;
    }
    if fault.is_none() {
        fault = lost(model, &states, &steps).map(|at| ("from here nobody can come to the end", at));
    }
    let fault = fault.map(|(what, at)| (what, way(&from, at)));
    Searched { states, steps: steps.len(), took: begun.elapsed(), fault }
}

/// The first state from which nothing leads to the end.
fn lost<M: Model>(model: &M, states: &[M::State], steps: &[(u32, u32)]) -> Option<usize> {
    let mut before = vec![Vec::new(); states.len()];
    for (from, to) in steps {
        before[*to as usize].push(*from);
    }
    let mut leads: Vec<bool> = states.iter().map(|state| model.is_done(state)).collect();
    let mut open: Vec<usize> = (0..states.len()).filter(|at| leads[*at]).collect();
    while let Some(at) = open.pop() {
        for earlier in &before[at] {
            if !std::mem::replace(&mut leads[*earlier as usize], true) {
                open.push(*earlier as usize);
            }
        }
    }
    leads.iter().position(|leads| !leads)
}

fn way(from: &[(u32, Act)], mut at: usize) -> Vec<Act> {
    let mut way = Vec::new();
    while at != 0 {
        way.push(from[at].1);
        at = from[at].0 as usize;
    }
    way.reverse();
    way
}

/// The standard hash is slow where nothing is optimised, and nobody chooses these keys to collide.
#[derive(Default)]
pub struct Mix(u64);

impl Mix {
    fn mix(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

impl Hasher for Mix {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.mix(u64::from(*byte)));
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_usize(&mut self, value: usize) {
        self.mix(value as u64);
    }

    fn write_isize(&mut self, value: isize) {
        self.mix(value as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ (self.0 >> 29)
    }
}
