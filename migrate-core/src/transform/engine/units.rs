//! What a pass has consumed, and what it has learned from that: how large an item is, what a write of one comes to. Knows no request.

use crate::budget::READ_UNIT;
use crate::history::Counts;

/// How much a new observation counts against what was learned.
const NEW: f64 = 0.2;
/// A write consumes so much of what it was taken to consume, at least and at most: what lies outside says nothing of the next one.
const RATIOS: (f64, f64) = (0.5, 100.0);
/// Items of a page, and the bytes that they are to be: small pages are little memory, and little is done again after a crash.
pub(super) const PAGE: usize = 500;
const SMALLEST_PAGE: usize = 25;
/// Segments that are gone through at once: each holds a page in memory. Many, since the fewer they are, the less evenly the partitions are
/// used.
pub(super) const ACTIVE: usize = 256;
const PAGE_BYTES: f64 = 256.0 * 1_024.0;
/// The bytes of all pages that are in memory at once.
const PAGES_BYTES: f64 = 16.0 * 1_024.0 * 1_024.0;
/// A page without a limit: 1 MiB, consistently. <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html>
const WHOLE_PAGE: f64 = 256.0;

/// Units, as they are consumed.
#[derive(Debug)]
pub(super) struct Units {
    /// The bytes of an item.
    bytes: f64,
    /// The bytes that one unit of a page brings.
    unit: f64,
    /// What a write consumes for each unit that it was taken to consume.
    ratio: f64,
    read: f64,
    written: f64,
}

impl Units {
    /// `bytes`: of an item, as far as is known. `of_index`: whether pages come from an index. `indexes`: of the table that is written.
    pub(super) fn new(bytes: f64, of_index: bool, indexes: usize) -> Self {
        // From an index they are read eventually consistent, at half the price.
        let unit = READ_UNIT * if of_index { 2 } else { 1 };
        // Until it is known: as if each write went to each index.
        Self { bytes, unit: unit as f64, ratio: 1.0 + indexes as f64, read: 0.0, written: 0.0 }
    }

    /// A read consumed `units`, or nobody says what.
    pub(super) fn read(&mut self, estimated: f64, units: Option<f64>) {
        self.read += units.unwrap_or(estimated);
    }

    /// So did a page of so many items.
    pub(super) fn page(&mut self, estimated: f64, units: Option<f64>, items: u64) {
        self.read(estimated, units);
        if let (Some(units), 1..) = (units, items) {
            let bytes = (units * self.unit / items as f64).max(1.0);
            self.bytes += (bytes - self.bytes) * NEW;
        }
    }

    /// And a write.
    pub(super) fn wrote(&mut self, estimated: f64, units: Option<f64>) {
        self.written += units.unwrap_or(estimated);
        if let Some(units) = units.filter(|units| *units > 0.0 && estimated > 0.0) {
            let ratio = (self.ratio * units / estimated).clamp(RATIOS.0, RATIOS.1);
            self.ratio += (ratio - self.ratio) * NEW;
        }
    }

    /// How many items a page is to have, of a table in so many segments.
    pub(super) fn items_of_a_page(&self, segments: usize) -> usize {
        let bytes = PAGE_BYTES.min(PAGES_BYTES / segments.min(ACTIVE) as f64);
        ((bytes / self.bytes) as usize).clamp(SMALLEST_PAGE, PAGE)
    }

    /// What a page of so many items will consume, or one without a limit.
    pub(super) fn of_a_page(&self, items: Option<u64>) -> f64 {
        items.map_or(WHOLE_PAGE, |items| items as f64 * self.bytes / self.unit)
    }

    /// What the reading of one item by its key will consume.
    pub(super) fn of_an_item(&self) -> f64 {
        (self.bytes / READ_UNIT as f64).max(1.0)
    }

    /// What a write will consume in its table and its indexes that comes to `units` in a table without any.
    pub(super) fn of_a_write(&self, units: f64) -> f64 {
        units * self.ratio
    }

    /// Units of which only a part is consumed do not show before the end.
    pub(super) fn show_in(&self, counts: &mut Counts) {
        (counts.read_units, counts.write_units) = (self.read as u64, self.written as u64);
    }

    /// This is the end.
    pub(super) fn settle(&mut self) {
        (self.read, self.written) = (self.read.ceil(), self.written.ceil());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(units: &Units) -> (u64, u64) {
        let mut counts = Counts::default();
        units.show_in(&mut counts);
        (counts.read_units, counts.write_units)
    }

    #[test]
    fn a_page_tells_how_large_items_are() {
        let mut units = Units::new(1_000.0, false, 0);
        // 10 units of 4 KiB over 20 items: 2,048 bytes each, of which a fifth of the way is believed.
        units.page(3.0, Some(10.0), 20);
        assert_eq!(units.bytes, 1_209.6);
        assert_eq!(units.of_a_page(Some(100)), 1_209.6 * 100.0 / 4_096.0);
        assert_eq!(shown(&units), (10, 0));
        // From an index a unit brings twice as much.
        let mut of_index = Units::new(1_000.0, true, 0);
        of_index.page(3.0, Some(10.0), 20);
        assert_eq!(of_index.bytes, 1_000.0 + (4_096.0 - 1_000.0) * NEW);
        assert_eq!(of_index.of_a_page(Some(8)), of_index.bytes * 8.0 / 8_192.0);
    }

    #[test]
    fn a_page_without_figures_or_items_teaches_nothing() {
        let mut units = Units::new(1_000.0, false, 0);
        units.page(3.0, None, 20);
        units.page(3.0, Some(1.0), 0);
        assert_eq!((units.bytes, shown(&units)), (1_000.0, (4, 0)), "what nobody says counts as it was estimated");
        // An item is never taken for nothing.
        units.page(3.0, Some(0.0), 20);
        assert_eq!(units.bytes, 1_000.0 - 999.0 * NEW);
        assert_eq!(units.of_a_page(None), 256.0);
    }

    #[test]
    fn a_write_tells_what_the_next_will_consume() {
        let mut units = Units::new(1.0, false, 2);
        assert_eq!(units.of_a_write(4.0), 12.0, "as if it went to each index");
        // It consumed a third of that: no index.
        units.wrote(12.0, Some(4.0));
        assert_eq!(units.ratio, 3.0 + (1.0 - 3.0) * NEW);
        assert_eq!(units.of_a_write(5.0), 5.0 * units.ratio);
        assert_eq!(shown(&units), (0, 4));
        // What says nothing, teaches nothing: but it counts as it was estimated.
        let before = units.ratio;
        units.wrote(2.0, None);
        units.wrote(2.0, Some(0.0));
        units.wrote(0.0, Some(2.0));
        assert_eq!((units.ratio, shown(&units)), (before, (0, 8)));
        // Nor does what lies far outside.
        units.wrote(1.0, Some(1e9));
        assert_eq!(units.ratio, before + (100.0 - before) * NEW);
        let before = units.ratio;
        units.wrote(1e9, Some(1.0));
        assert_eq!(units.ratio, before + (0.5 - before) * NEW);
    }

    #[test]
    fn pages_are_smaller_the_more_of_them_there_are_and_the_larger_items_are() {
        let page = |bytes, segments| Units::new(bytes, false, 0).items_of_a_page(segments);
        assert_eq!(page(1_024.0, 1), 256);
        assert_eq!(page(1_024.0, 64), 256, "16 MiB in all");
        assert_eq!(page(1_024.0, 128), 128);
        assert_eq!((page(1_024.0, 256), page(1_024.0, 9_999)), (64, 64), "not all of them at once");
        assert_eq!(page(1.0, 1), 500);
        assert_eq!(page(400_000.0, 256), 25);
    }

    #[test]
    fn an_item_by_its_key_is_a_unit_at_least() {
        assert_eq!(Units::new(100.0, true, 0).of_an_item(), 1.0);
        assert_eq!(Units::new(10_240.0, true, 0).of_an_item(), 2.5, "consistently, also where pages come from an index");
    }

    #[test]
    fn parts_of_units_show_in_the_end() {
        let mut units = Units::new(1.0, false, 0);
        units.read(0.0, Some(0.5));
        units.wrote(1.0, Some(1.5));
        assert_eq!(shown(&units), (0, 1));
        units.settle();
        assert_eq!(shown(&units), (1, 2));
    }
}
