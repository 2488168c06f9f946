//! How often what is measured was how large, counted by atomics alone.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// To observe a value costs a search among a dozen bounds and two additions; nobody waits for anybody.
pub struct Histogram {
    /// Growing; what is above the last one is counted, too.
    bounds: &'static [u64],
    counts: Vec<AtomicU64>,
    sum: AtomicU64,
}

impl Histogram {
    pub fn new(bounds: &'static [u64]) -> Self {
        Self { bounds, counts: (0..=bounds.len()).map(|_| AtomicU64::new(0)).collect(), sum: AtomicU64::new(0) }
    }

    pub fn observe(&self, value: u64) {
        let place = self.bounds.partition_point(|bound| *bound < value);
        if let Some(count) = self.counts.get(place) {
            count.fetch_add(1, Relaxed);
            self.sum.fetch_add(value, Relaxed);
        }
    }

    /// How many values were at most each bound and above the one before; the last has none.
    pub fn counts(&self) -> impl Iterator<Item = (Option<u64>, u64)> {
        let bounds = self.bounds.iter().copied().map(Some).chain([None]);
        bounds.zip(self.counts.iter().map(|count| count.load(Relaxed)))
    }

    pub fn sum(&self) -> u64 {
        self.sum.load(Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_counted_at_its_bound_and_not_above() {
        let histogram = Histogram::new(&[1, 10]);
        for value in [0, 1, 2, 10, 11, u64::from(u32::MAX)] {
            histogram.observe(value);
        }
        assert_eq!(histogram.counts().collect::<Vec<_>>(), [(Some(1), 2), (Some(10), 2), (None, 2)]);
        assert_eq!(histogram.sum(), 24 + u64::from(u32::MAX));
    }
}
