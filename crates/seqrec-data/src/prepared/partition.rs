//! Which users go to which partition, and how many events to a file.

use sha2::{Digest, Sha256};

use crate::sequences::Sequences;

/// Fewest events after which a new file begins. A file is read and written in memory.
const EVENTS_IN_FILE: usize = 1 << 22;

/// Partition of a user out of `partitions`: the first 4 bytes of the SHA-256 of the raw id in UTF-8, as
/// a big-endian number, modulo `partitions`. Every engine has this function.
///
/// # Panics
/// If `partitions` is 0.
///
/// ```
/// // printf 196 | sha256sum gives b4bbe448....
/// assert_eq!(seqrec_data::prepared::user_hash("196", 8), 0xb4bb_e448 % 8);
/// ```
#[must_use]
pub fn user_hash(raw_id: &str, partitions: u32) -> u32 {
    let digest = Sha256::digest(raw_id);
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]) % partitions
}

/// Files of the events table, with the users in them, ascending.
pub(super) fn files(sequences: &Sequences, partitions: u32) -> Vec<(String, Vec<u32>)> {
    let mut users = vec![Vec::new(); partitions as usize];
    for (id, user) in sequences.user_ids().iter() {
        // One partition needs no hash.
        let at = if partitions > 1 { user_hash(id, partitions) } else { 0 };
        users[at as usize].push(user);
    }
    let mut files = Vec::new();
    for (partition, users) in users.into_iter().enumerate() {
        let folder = match partitions {
            1 => "events".to_owned(),
            _ => format!("events/user_hash={partition}"),
        };
        for (number, users) in cut(sequences, users, EVENTS_IN_FILE).into_iter().enumerate() {
            files.push((format!("{folder}/part-{number:05}.parquet"), users));
        }
    }
    files
}

/// Users of one file after the other; a file is full once it has `limit` events.
fn cut(sequences: &Sequences, users: Vec<u32>, limit: usize) -> Vec<Vec<u32>> {
    let mut parts: Vec<Vec<u32>> = Vec::new();
    let mut events = limit;
    for user in users {
        if events >= limit {
            parts.push(Vec::new());
            events = 0;
        }
        events += sequences.items(user).len();
        parts.last_mut().expect("one was pushed before the first user").push(user);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_new_file_begins_when_one_is_full() {
        let sequences = Sequences::from_histories(&[vec![1; 3], vec![1], vec![1; 9], vec![1]], 1).unwrap();
        assert_eq!(cut(&sequences, vec![0, 1, 2, 3], 4), [vec![0, 1], vec![2], vec![3]]);
        assert_eq!(cut(&sequences, vec![], 4), [[0; 0]; 0]);
    }

    proptest! {
        #[test]
        fn every_user_is_in_one_file_of_its_partition(users in 1usize..60, partitions in 1u32..9) {
            let sequences = Sequences::from_histories(&vec![[1]; users], 1).unwrap();
            let mut seen = vec![0; users];
            for (path, users) in files(&sequences, partitions) {
                prop_assert!(!users.is_empty());
                for user in users {
                    seen[user as usize] += 1;
                    let hash = user_hash(sequences.user_ids().name(user).unwrap(), partitions);
                    prop_assert!(partitions == 1 || path.contains(&format!("user_hash={hash}/")), "{}", path);
                }
            }
            prop_assert!(seen.iter().all(|&count| count == 1));
        }
    }
}
