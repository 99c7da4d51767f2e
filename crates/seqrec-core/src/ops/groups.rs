//! Sequences in groups that are walked through side by side, one event of each at a time.

use super::Segments;

/// Sequences that one thread walks through side by side.
const GROUP: usize = 32;

/// Up to [`GROUP`] sequences, the longest first, so that those still running are always a prefix.
#[derive(Debug)]
pub struct Group {
    /// First packed row and length of each.
    pub sequences: Vec<(usize, usize)>,
    /// Number of each in the batch.
    pub numbers: Vec<usize>,
    /// How many sequences have an event at each time.
    pub active: Vec<usize>,
}

impl Group {
    /// Number of events.
    pub fn rows(&self) -> usize {
        self.active.iter().sum()
    }

    /// For each time: the group's first row of it, in time-major order, and its active sequences.
    pub fn times(&self) -> Vec<(usize, usize)> {
        let starts =
            self.active.iter().scan(0, |start, &count| Some(std::mem::replace(start, *start + count)));
        starts.zip(self.active.iter().copied()).collect()
    }

    /// Packed row of each of the group's rows, in time-major order.
    pub fn packed_rows(&self) -> Vec<usize> {
        let times = self.active.iter().enumerate();
        times
            .flat_map(|(t, &count)| self.sequences[..count].iter().map(move |(start, _)| start + t))
            .collect()
    }
}

/// All sequences of `segments` that have an event, in groups of similar length.
pub fn groups(segments: &Segments) -> Vec<Group> {
    let mut order: Vec<usize> = (0..segments.count()).filter(|&s| segments.len(s) > 0).collect();
    order.sort_by_key(|&s| std::cmp::Reverse(segments.len(s)));
    order
        .chunks(GROUP)
        .map(|chunk| {
            let sequences: Vec<_> = chunk.iter().map(|&s| (segments.start(s), segments.len(s))).collect();
            let active = (0..sequences[0].1)
                .map(|t| sequences.iter().take_while(|(_, length)| *length > t).count())
                .collect();
            Group { sequences, numbers: chunk.to_vec(), active }
        })
        .collect()
}
