//! Counts what was found by the months of its publication.

use std::sync::Arc;

use tantivy::{
    DocId, Score, SegmentOrdinal, SegmentReader,
    collector::{Collector, SegmentCollector},
    columnar::Column,
};

/// Counts by stretches of time: one number for each pair of neighbouring borders, and one for what lies outside of all of them or has
/// no date. Each article costs a search among the borders, whatever their number.
pub(super) struct ByMonth {
    /// Rising, in seconds since 1970.
    pub borders: Arc<[i64]>,
}

/// The counts of a segment.
pub(super) struct SegmentByMonth {
    borders: Arc<[i64]>,
    dates: Option<Column<i64>>,
    counts: Counts,
}

/// What was counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub within: Vec<u64>,
    pub outside: u64,
}

impl Counts {
    fn new(borders: &[i64]) -> Self {
        Self { within: vec![0; borders.len().saturating_sub(1)], outside: 0 }
    }
}

impl Collector for ByMonth {
    type Fruit = Counts;
    type Child = SegmentByMonth;

    fn for_segment(&self, _: SegmentOrdinal, segment: &SegmentReader) -> tantivy::Result<SegmentByMonth> {
        // A segment in which no article has a date may have no column for it.
        let dates = segment.fast_fields().column_opt("published")?;
        Ok(SegmentByMonth { borders: self.borders.clone(), dates, counts: Counts::new(&self.borders) })
    }

    fn requires_scoring(&self) -> bool {
        false
    }

    fn merge_fruits(&self, segments: Vec<Counts>) -> tantivy::Result<Counts> {
        let mut all = Counts::new(&self.borders);
        for segment in segments {
            all.within.iter_mut().zip(segment.within).for_each(|(sum, more)| *sum += more);
            all.outside += segment.outside;
        }
        Ok(all)
    }
}

impl SegmentCollector for SegmentByMonth {
    type Fruit = Counts;

    fn collect(&mut self, document: DocId, _: Score) {
        let date = self.dates.as_ref().and_then(|it| it.first(document));
        let stretch = date.and_then(|date| self.borders.partition_point(|border| *border <= date).checked_sub(1));
        match stretch.and_then(|it| self.counts.within.get_mut(it)) {
            Some(count) => *count += 1,
            None => self.counts.outside += 1,
        }
    }

    fn harvest(self) -> Counts {
        self.counts
    }
}
