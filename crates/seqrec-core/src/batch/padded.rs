use crate::{PAD, ops::Segments};

/// Right-padded id lists of one length, as one flat row-major array.
///
/// Histories longer than the window keep their most *recent* events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Padded {
    /// `[batch * length]` ids, [`PAD`] after the last event of each row.
    pub ids: Vec<u32>,
    /// Number of rows.
    pub batch: usize,
    /// Common length of the rows.
    pub length: usize,
}

impl Padded {
    /// Pads `histories` (oldest event first) to `length`.
    ///
    /// ```
    /// use seqrec_core::batch::Padded;
    ///
    /// let padded = Padded::new([&[5, 6][..], &[1, 2, 3, 4]], 3);
    /// assert_eq!(padded.ids, [5, 6, 0, /* the most recent three: */ 2, 3, 4]);
    /// ```
    pub fn new<'a>(histories: impl IntoIterator<Item = &'a [u32]>, length: usize) -> Self {
        let mut ids = Vec::new();
        let mut batch = 0;
        for history in histories {
            let recent = &history[history.len().saturating_sub(length)..];
            ids.extend_from_slice(recent);
            batch += 1;
            ids.resize(batch * length, PAD);
        }
        Self { ids, batch, length }
    }

    /// Pads `histories` to the longest of them, or to `limit` if that is shorter.
    pub fn longest(histories: &[&[u32]], limit: usize) -> Self {
        let longest = histories.iter().map(|history| history.len()).max().unwrap_or(0);
        Self::new(histories.iter().copied(), longest.min(limit).max(1))
    }

    /// The events without the padding, back to back, and where each row begins and ends among them.
    pub fn packed(&self) -> (Vec<u32>, Segments) {
        let events = self.ids.iter().copied().filter(|&id| id != PAD).collect();
        let row = |row: usize| &self.ids[row * self.length..][..self.length];
        let lengths = (0..self.batch).map(|at| row(at).iter().filter(|&&id| id != PAD).count());
        (events, Segments::new(lengths))
    }

    /// Number of cells that hold an event.
    pub fn events(&self) -> usize {
        self.ids.iter().filter(|&&id| id != PAD).count()
    }

    /// Share of the cells that hold padding.
    pub fn padded_share(&self) -> f64 {
        (self.ids.len() - self.events()) as f64 / self.ids.len().max(1) as f64
    }
}
