//! New codes for the categories that remain in use.

/// Numbers old codes from 1 by first use. Code 0 stays 0.
pub(super) struct Renumber {
    new: Vec<u32>,
    old: Vec<u32>,
}

impl Renumber {
    /// For old codes `0..=count`.
    pub(super) fn new(count: usize) -> Self {
        Self { new: vec![0; count + 1], old: Vec::new() }
    }

    /// New code of `old`.
    pub(super) fn code(&mut self, old: u32) -> u32 {
        let new = &mut self.new[old as usize];
        if *new == 0 && old != 0 {
            self.old.push(old);
            // There are no more new codes than old ones.
            *new = self.old.len() as u32;
        }
        *new
    }

    /// The names in use, by new code.
    pub(super) fn names(&self, names: &[String]) -> Vec<String> {
        self.old.iter().map(|&old| names[old as usize - 1].clone()).collect()
    }
}
