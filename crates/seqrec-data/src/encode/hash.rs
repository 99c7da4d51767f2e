//! A code of a fixed number of buckets, for fields without bound.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::encoded::{Encoded, check_categories, translate};
use crate::error::{Error, Result};
use crate::features::Field;

/// Code `1 + h mod buckets`, where `h` is the first 8 bytes (little-endian) of the SHA-256 of the seed
/// (8 bytes, little-endian) followed by the value in UTF-8. Code 0 is missing.
///
/// Nothing is learned, so that a value keeps its code for ever and on every machine. Values that share
/// a bucket are the same to a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hash {
    /// Buckets, at least 1. Default 10,000.
    pub buckets: u32,
    /// Another seed gives other collisions. Default 0.
    pub seed: u64,
    /// Values of a list that are kept, from its start. Default: all.
    pub max_length: Option<usize>,
}

impl Default for Hash {
    fn default() -> Self {
        Self { buckets: 10_000, seed: 0, max_length: None }
    }
}

impl Hash {
    pub(super) fn fit(&self, field: &Field) -> Result<Self> {
        check_categories(field, self.max_length)?;
        if self.buckets == 0 || self.buckets == u32::MAX {
            let value = self.buckets.to_string();
            return Err(Error::Config { field: "buckets", value, rule: "from 1 to 2^32 - 2" });
        }
        Ok(*self)
    }

    /// Number of codes: missing, and one a bucket.
    #[must_use]
    pub fn cardinality(&self) -> usize {
        self.buckets as usize + 1
    }

    pub(super) fn encode(&self, field: &Field) -> Result<Encoded> {
        translate(field, self.max_length, self.cardinality(), |name| self.code(name))
    }

    fn code(&self, value: &str) -> u32 {
        let digest = Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(value).finalize();
        let hash = digest.iter().take(8).rev().fold(0u64, |number, &byte| number << 8 | u64::from(byte));
        1 + (hash % u64::from(self.buckets)) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Categories;

    #[test]
    fn codes_are_pinned() {
        let code = |seed, value| Hash { buckets: 1_000_000, seed, max_length: None }.code(value);
        // Computed with another implementation of SHA-256.
        assert_eq!(
            [code(0, ""), code(0, "a"), code(1, "a"), code(0, "\u{e9}t\u{e9}")],
            [523_056, 81_112, 346_095, 678_897]
        );
    }

    #[test]
    fn buckets_are_checked_and_filled() {
        let names: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
        let field =
            Field::new("x", Categories::from_names(names.iter().map(|name| Some(name.as_str()))).unwrap());
        assert!(Hash { buckets: 0, ..Hash::default() }.fit(&field).is_err());
        let Encoded::Codes(encoded) = Hash { buckets: 10, ..Hash::default() }.encode(&field).unwrap() else {
            panic!("one code a row");
        };
        let mut counts = [0; 11];
        encoded.codes.iter().for_each(|&code| counts[code as usize] += 1);
        // 100 each, standard deviation 9.5.
        assert!(counts[0] == 0 && counts[1..].iter().all(|&count| (60..140).contains(&count)), "{counts:?}");
    }
}
