//! Figures out of turns: each turn runs every candidate once, so that a busy machine slows all of them; knows no row.

use crate::Result;
use crate::client::Task;
use crate::process::{Server, Took, client};

/// What candidates took, turn by turn.
#[derive(Debug)]
pub struct Turns(Vec<Vec<Took>>);

impl Turns {
    /// Runs each candidate once a turn.
    pub fn of<T>(turns: usize, candidates: &[T], mut run: impl FnMut(&T) -> Result<Took>) -> Result<Self> {
        (0..turns).map(|_| candidates.iter().map(&mut run).collect()).collect::<Result<_>>().map(Self)
    }

    /// Runs each task once a turn; every one must write each of the server's items once.
    pub fn writing(turns: usize, tasks: &[Task], server: &Server, items: usize) -> Result<Self> {
        Self::of(turns, tasks, |task| {
            server.counts()?;
            let took = client(*task, server)?;
            let counts = server.counts()?;
            let [read, written] = ["items read", "items written"].map(|name| counts.get(name).copied().unwrap_or_default());
            if [read, written, took.said.done] != [items as u64; 3] {
                let text =
                    format!("{} read {read}, wrote {written} and counted {} of {items} items", task.name(), took.said.done);
                return Err(migrate_core::Failure::msg(text));
            }
            Ok(took)
        })
    }

    /// The median of what one candidate took.
    pub fn median(&self, candidate: usize, figure: impl Fn(&Took) -> f64) -> f64 {
        median(self.0.iter().map(|turn| figure(&turn[candidate])).collect())
    }

    /// The median of the turns' ratios of processor time.
    pub fn ratio(&self, candidate: usize, floor: usize) -> f64 {
        median(self.0.iter().map(|turn| turn[candidate].cpu.as_secs_f64() / turn[floor].cpu.as_secs_f64()).collect())
    }

    /// Microseconds of processor time for each thing done.
    pub fn each(&self, candidate: usize) -> f64 {
        self.median(candidate, |took| took.cpu.as_secs_f64() * 1e6 / took.said.done.max(1) as f64)
    }

    /// Megabytes at the highest.
    pub fn peak(&self, candidate: usize) -> f64 {
        self.median(candidate, |took| took.said.peak_kib as f64 * 1024.0 / 1e6)
    }
}

/// Of two in the middle, the mean.
pub fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len() / 2;
    match figures.len() {
        0 => f64::NAN,
        odd if odd % 2 == 1 => figures[middle],
        _ => f64::midpoint(figures[middle - 1], figures[middle]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_stands_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 2.0, 100.0]), 3.0);
        assert!(median(Vec::new()).is_nan());
    }
}
