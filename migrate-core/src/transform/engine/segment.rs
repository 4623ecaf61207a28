//! One segment of a scan: where it stands, what of its page is still to be written. Knows no request.

use std::collections::VecDeque;

use tokio::time::Instant;

use super::super::flow::Cooling;
use super::super::task::Task;
use crate::aws::jobs::Position;
use crate::aws::wire::Attributes;

/// A segment, and what is under way in it.
#[derive(Debug, Default)]
pub(super) struct Segment {
    /// The key after which its next page begins; `None` at its beginning.
    pub(super) after: Option<String>,
    /// Whether its last page was read and all of it written.
    pub(super) ended: bool,
    /// Where it stands once all of its page is written.
    pub(super) page_end: Option<Position>,
    /// Keys of its page's items that are still to be read whole: an index has not all of them.
    pub(super) looks: VecDeque<Attributes<'static>>,
    pub(super) queue: VecDeque<Task>,
    /// Requests for it that are under way, by the items that they are about.
    pub(super) under_way: usize,
    /// How often in a row a page could not be read for an error of the engine.
    pub(super) troubles: u32,
    /// Not before.
    pub(super) not_before: Option<Instant>,
    pub(super) cooling: Cooling,
    /// Whether an item of its page failed and was not put aside: it does not go past it.
    pub(super) failed: bool,
    /// Items that it has read, for a run that only tries some.
    pub(super) read: u64,
}

impl Segment {
    /// One that goes on from where an earlier run stopped.
    pub(super) fn from(position: Option<&Position>) -> Self {
        match position {
            None => Self::default(),
            Some(Position::After(key)) => Self { after: Some(key.clone()), ..Self::default() },
            Some(Position::End) => Self { ended: true, ..Self::default() },
        }
    }

    /// One of items whose keys are known.
    pub(super) fn of(keys: Vec<Attributes<'static>>) -> Self {
        Self { ended: keys.is_empty(), looks: keys.into(), page_end: Some(Position::End), ..Self::default() }
    }

    /// Whether nothing of its page is left to be written.
    pub(super) fn is_written(&self) -> bool {
        !self.failed && self.looks.is_empty() && self.queue.is_empty() && self.under_way == 0
    }

    /// If all of its page is written, where it stands now.
    pub(super) fn advance(&mut self) -> Option<Position> {
        if !self.is_written() {
            return None;
        }
        let position = self.page_end.take()?;
        match &position {
            Position::After(key) => self.after = Some(key.clone()),
            Position::End => self.ended = true,
        }
        Some(position)
    }

    /// Puts tasks back in front, in their order.
    pub(super) fn put_back(&mut self, tasks: impl DoubleEndedIterator<Item = Task>) {
        tasks.rev().for_each(|task| self.queue.push_front(task));
    }
}

/// The numbers below `count`, so that neighbours lie far apart: segments side by side are often in one partition.
pub(super) fn spread(count: usize) -> Vec<usize> {
    // A stride near the golden section that shares no divisor with the count comes by each number once.
    let mut stride = ((count as f64 * 0.618_034) as usize).max(1);
    while divisor(stride, count) > 1 {
        stride += 1;
    }
    (0..count).map(|at| at * stride % count).collect()
}

fn divisor(a: usize, b: usize) -> usize {
    if b == 0 { a } else { divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_segment_has_its_turn_and_neighbours_lie_apart() {
        for count in [1, 2, 3, 8, 40, 64, 1_000] {
            let order = spread(count);
            let mut all = order.clone();
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<_>>());
            if count >= 8 {
                let near = order.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < count / 4).count();
                assert_eq!(near, 0, "{order:?}");
            }
        }
    }

    #[test]
    fn it_advances_only_when_all_of_its_page_is_written() {
        let mut segment = Segment { under_way: 1, page_end: Some(Position::End), ..Segment::default() };
        assert_eq!(segment.advance(), None);
        segment.under_way = 0;
        assert_eq!(segment.advance(), Some(Position::End));
        assert!(segment.ended && segment.advance().is_none());
        let mut failed = Segment { failed: true, page_end: Some(Position::End), ..Segment::default() };
        assert_eq!(failed.advance(), None);
    }
}
