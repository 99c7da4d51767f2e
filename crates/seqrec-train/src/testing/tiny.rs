use seqrec_data::{Case, Sequences, Span, Split};
use seqrec_eval::Catalogue;

use crate::evaluate::catalogue;

const USERS: u32 = 12;
const ITEMS_EACH: u32 = 3;

/// Longest history that the proofs use; a model's positions must reach as far.
pub const LENGTH: usize = 6;

/// Twelve users who walk through three items of their own each.
pub struct TinySet {
    /// The walks, on 36 items.
    pub sequences: Sequences,
    /// All events train; each user's last one is tested again.
    pub split: Split,
    /// What the metrics need to know of the items.
    pub catalogue: Catalogue,
}

impl Default for TinySet {
    fn default() -> Self {
        let walk = |user| (1..=ITEMS_EACH).map(|item| ITEMS_EACH * user + item).collect();
        let histories: Vec<Vec<u32>> = (0..USERS).map(walk).collect();
        let items = (USERS * ITEMS_EACH) as usize;
        let sequences = Sequences::from_histories(&histories, items).expect("ids lie in the catalogue");
        let length = ITEMS_EACH as usize;
        let train = (0..USERS).map(|user| Span { user, start: 0, end: length }).collect();
        let case = |user| Case { user, history: 0..length - 1, targets: length - 1..length };
        let cases: Vec<Case> = (0..USERS).map(case).collect();
        let split = Split { train, valid: cases.clone(), test: cases, ..Split::default() };
        let catalogue = catalogue(&sequences, &split).expect("every item trains");
        Self { sequences, split, catalogue }
    }
}
