//! From a raw log to sequences: select rows, filter, number items, order events.

mod features;
mod sessions;

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::dataset::Dataset;
use crate::error::{Error, Result};
use crate::events::EventLog;
use crate::filter::{Filter, Kept};
use crate::sequences::{PAD, RawCounts, Sequences};
use crate::vocabulary::Vocabulary;

/// What happens between the files and the sequences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrepareConfig {
    /// Only ratings of at least this value count as events. Default: all.
    pub min_rating: Option<f32>,
    /// Whether a repeated (user, item, time) counts again. Default: it does.
    pub repeats: Repeats,
    /// Cuts histories into sessions, which then stand for users: more than so many seconds between two
    /// events end a session. A session's id is the user's, `#` and its number from 1. Default: no cut.
    pub session_gap: Option<u32>,
    /// Frequency filter, applied to the rows selected by the other fields. Default: none.
    pub filter: Filter,
}

/// What a repeated (user, item, time) means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Repeats {
    /// Another event.
    #[default]
    Keep,
    /// A duplicate: only the first row counts.
    Drop,
}

impl Dataset {
    /// Prepares the sequences that models train on.
    ///
    /// * Rows are selected by rating and repetition, cut into sessions, then the filter is applied.
    /// * Items that pass the item filter are numbered from 1 by descending number of **selected
    ///   rows, before filtering**, ties by first appearance in the file. An item keeps its number
    ///   even if all its users fall out.
    /// * Users that pass are numbered from 0 by first appearance in the file.
    /// * A user's events are ordered by time, ties and logs without times by file order.
    /// * Fields keep the categories that kept rows have, numbered by first appearance: users and
    ///   events in the new order, items in the order of the item file.
    ///
    /// # Errors
    /// [`Error::NothingLeft`] with the step that emptied the log, [`Error::NeedsColumn`] when
    /// a setting needs ratings or times that are not there.
    pub fn prepare(&self, config: &PrepareConfig) -> Result<Sequences> {
        let log = self.log();
        let rows = select(log, config)?;
        let cut = config.session_gap.map(|gap| sessions::cut(log, &rows, gap)).transpose()?;
        let log = cut.as_ref().unwrap_or(log);
        let pairs: Vec<(u32, u32)> =
            rows.iter().map(|&row| (log.user_codes()[row], log.item_codes()[row])).collect();
        let kept = config.filter.apply(&pairs, log.users().len(), log.items().len())?;
        let item_ids = number_items(log, &pairs, &kept)?;
        let mut sequences = order(log, &rows, &kept, item_ids)?;
        sequences.raw.users = self.log().users().len();
        if let Some(items) = &self.items {
            features::add_items(&mut sequences, items);
        }
        if let Some(users) = &self.users {
            let owner: fn(&str) -> &str = if cut.is_some() { sessions::owner } else { |user| user };
            features::add_users(&mut sequences, users, owner);
        }
        Ok(sequences)
    }
}

/// Indices of the rows that count as events.
fn select(log: &EventLog, config: &PrepareConfig) -> Result<Vec<usize>> {
    let mut rows: Vec<usize> = (0..log.len()).collect();
    if let Some(least) = config.min_rating {
        let ratings = log.ratings().ok_or(Error::NeedsColumn { what: "min_rating", column: "ratings" })?;
        rows.retain(|&row| ratings[row] >= least);
        refuse_empty(&rows, log, || format!("min_rating = {least}"))?;
    }
    if config.repeats == Repeats::Drop {
        let times = log.times().ok_or(Error::NeedsColumn { what: "repeats = \"drop\"", column: "times" })?;
        let mut seen = HashSet::with_capacity(rows.len());
        rows.retain(|&row| seen.insert((log.user_codes()[row], log.item_codes()[row], times[row])));
    }
    refuse_empty(&rows, log, || "an empty log".to_owned())?;
    Ok(rows)
}

fn refuse_empty(rows: &[usize], log: &EventLog, filter: impl Fn() -> String) -> Result<()> {
    if rows.is_empty() {
        return Err(Error::NothingLeft { filter: filter(), events: log.len() });
    }
    Ok(())
}

fn number_items(log: &EventLog, pairs: &[(u32, u32)], kept: &Kept) -> Result<Vocabulary> {
    let mut counts = vec![0u64; log.items().len()];
    for &(_, item) in pairs {
        counts[item as usize] += 1;
    }
    let mut codes: Vec<u32> = (0..counts.len() as u32).filter(|&code| kept.items[code as usize]).collect();
    codes.sort_by_key(|&code| std::cmp::Reverse(counts[code as usize]));
    Vocabulary::from_names(1, codes.iter().filter_map(|&code| log.items().name(code)))
}

/// Builds the compressed rows; events of a user are sorted by time, stably.
fn order(log: &EventLog, rows: &[usize], kept: &Kept, item_ids: Vocabulary) -> Result<Sequences> {
    let item_id: Vec<u32> = log.items().iter().map(|(name, _)| item_ids.code(name).unwrap_or(PAD)).collect();
    let mut user_ids = Vocabulary::starting_at(0);
    let mut user_index = vec![u32::MAX; kept.users.len()];
    let mut parts = log.parts().map(|_| Vec::new());
    for (name, code) in log.users().iter() {
        if kept.users[code as usize] {
            user_index[code as usize] = user_ids.intern(name)?;
            if let (Some(parts), Some(all)) = (&mut parts, log.parts()) {
                parts.push(all[code as usize]);
            }
        }
    }

    let survives = |row: usize| {
        let (user, item) = (log.user_codes()[row], log.item_codes()[row]);
        kept.users[user as usize] && kept.items[item as usize]
    };
    let user_of = |row: usize| user_index[log.user_codes()[row] as usize] as usize;
    let mut offsets = vec![0; user_ids.len() + 1];
    for &row in rows.iter().filter(|&&row| survives(row)) {
        offsets[user_of(row) + 1] += 1;
    }
    for user in 0..user_ids.len() {
        offsets[user + 1] += offsets[user];
    }
    let mut next = offsets.clone();
    let mut ordered = vec![0; offsets[user_ids.len()]];
    for &row in rows.iter().filter(|&&row| survives(row)) {
        let slot = &mut next[user_of(row)];
        ordered[*slot] = row;
        *slot += 1;
    }
    if let Some(times) = log.times() {
        for bounds in offsets.windows(2) {
            ordered[bounds[0]..bounds[1]].sort_by_key(|&row| times[row]);
        }
    }

    let moves = ordered.iter().zip(0..).map(|(&row, event)| (row, event));
    let by_row = |row: &usize| item_id[log.item_codes()[*row] as usize];
    Ok(Sequences {
        items: ordered.iter().map(by_row).collect(),
        times: log.times().map(|times| ordered.iter().map(|&row| times[row]).collect()),
        time_unit: log.time_unit(),
        ratings: log.ratings().map(|ratings| ordered.iter().map(|&row| ratings[row]).collect()),
        offsets,
        user_ids,
        item_ids,
        catalogue: Vec::new(),
        titles: None,
        item_fields: Vec::new(),
        user_fields: Vec::new(),
        event_fields: log.fields().iter().map(|field| field.place(ordered.len(), moves.clone())).collect(),
        parts,
        raw: RawCounts { users: log.users().len(), items: log.items().len(), events: log.len() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Categories, Field};
    use crate::manifest::TimeUnit;
    use proptest::prelude::*;

    fn log(rows: &[(&str, &str, i64, f32)]) -> Dataset {
        let mut log = EventLog::new(Some(TimeUnit::Seconds), true);
        for &(user, item, time, rating) in rows {
            log.push(user, item, Some(time), Some(rating)).unwrap();
        }
        Dataset::from(log)
    }

    #[test]
    fn ids_go_by_raw_count_then_first_appearance() {
        let dataset = log(&[
            ("u", "x", 5, 1.0),
            ("v", "y", 1, 1.0),
            ("u", "z", 3, 1.0),
            ("v", "z", 2, 1.0),
            ("u", "y", 3, 1.0),
        ]);
        let sequences = dataset.prepare(&PrepareConfig::default()).unwrap();
        let ids: Vec<_> = sequences.item_ids().iter().collect();
        assert_eq!(ids, [("y", 1), ("z", 2), ("x", 3)]);
        assert_eq!(sequences.items(0), [2, 1, 3], "time 3 twice: file order decides");
        assert_eq!(sequences.times(0), Some(&[3, 3, 5][..]));
        assert_eq!(sequences.items(1), [1, 2]);
    }

    #[test]
    fn filtered_users_still_count_for_numbering() {
        let dataset = log(&[
            ("u", "a", 1, 1.0),
            ("u", "b", 2, 1.0),
            ("v", "b", 1, 1.0),
            ("w", "b", 1, 1.0),
            ("u", "a", 3, 1.0),
        ]);
        let filter = Filter::OnePass { item_min: 2, user_min: 2 };
        let sequences = dataset.prepare(&PrepareConfig { filter, ..PrepareConfig::default() }).unwrap();
        assert_eq!(sequences.num_users(), 1);
        assert_eq!(sequences.items(0), [2, 1, 2], "b has 3 raw events, a has 2");
        let raw = RawCounts { users: 3, items: 2, events: 5 };
        assert_eq!(sequences.raw_counts(), raw);
    }

    #[test]
    fn low_ratings_are_no_events() {
        let dataset = log(&[("u", "a", 1, 2.0), ("u", "b", 2, 3.0), ("v", "a", 1, 2.5)]);
        let config = |least| PrepareConfig { min_rating: Some(least), ..PrepareConfig::default() };
        let sequences = dataset.prepare(&config(3.0)).unwrap();
        assert_eq!((sequences.num_users(), sequences.num_items()), (1, 1));
        let error = dataset.prepare(&config(4.0)).unwrap_err();
        assert_eq!(error.to_string(), "min_rating = 4 leaves no event of 3");
        let bare = Dataset::from(EventLog::new(None, false));
        assert!(matches!(bare.prepare(&config(1.0)), Err(Error::NeedsColumn { .. })));
        assert!(matches!(bare.prepare(&PrepareConfig::default()), Err(Error::NothingLeft { .. })));
    }

    #[test]
    fn repeats_are_dropped_only_on_request() {
        let dataset = log(&[("u", "a", 1, 1.0), ("u", "a", 1, 2.0), ("u", "a", 2, 1.0)]);
        let config = PrepareConfig { repeats: Repeats::Drop, ..PrepareConfig::default() };
        assert_eq!(dataset.prepare(&PrepareConfig::default()).unwrap().num_events(), 3);
        let sequences = dataset.prepare(&config).unwrap();
        assert_eq!(sequences.times(0), Some(&[1, 2][..]));
        assert_eq!(sequences.ratings(0), Some(&[1.0, 1.0][..]), "the first row counts");
    }

    #[test]
    fn config_reads_from_toml() {
        let config: PrepareConfig =
            toml::from_str("min_rating = 3\nfilter = { kind = \"one-pass\", item_min = 5, user_min = 5 }")
                .unwrap();
        assert_eq!(config.filter.to_string(), "one pass: items with 5+ events, then users with 5+");
        assert!(toml::from_str::<PrepareConfig>("filter = { kind = \"k-core\", q = 5 }").is_err());
    }

    proptest! {
        #[test]
        fn every_event_arrives_once_in_order(
            rows in prop::collection::vec((0u32..6, 0u32..9, 0i64..5), 1..80),
        ) {
            let mut raw = EventLog::new(Some(TimeUnit::Seconds), false);
            for (user, item, time) in &rows {
                raw.push(&user.to_string(), &item.to_string(), Some(*time), None).unwrap();
            }
            let names: Vec<String> = rows.iter().map(|row| format!("{row:?}")).collect();
            let field = Categories::from_names(names.iter().map(|name| Some(name.as_str()))).unwrap();
            let raw = raw.with_field(Field::new("row", field)).unwrap();
            let sequences = Dataset::from(raw).prepare(&PrepareConfig::default()).unwrap();
            let field = sequences.event_field("row").and_then(Field::single).unwrap();
            prop_assert_eq!(sequences.num_events(), rows.len());
            for (name, user) in sequences.user_ids().iter() {
                let mut own: Vec<_> =
                    rows.iter().filter(|row| row.0.to_string() == name).collect();
                own.sort_by_key(|row| row.2);
                let items: Vec<_> = own.iter()
                    .map(|row| sequences.item_ids().code(&row.1.to_string()).unwrap())
                    .collect();
                prop_assert_eq!(sequences.items(user), items);
                let fields: Vec<_> = sequences.event_rows(user).map(|row| field.name_of(row as u32)).collect();
                let expected: Vec<_> = own.iter().map(|row| format!("{row:?}")).collect();
                prop_assert_eq!(fields, expected.iter().map(|name| Some(name.as_str())).collect::<Vec<_>>());
            }
            let mut counts = vec![0; sequences.num_items() + 1];
            for user in 0..sequences.num_users() as u32 {
                for &item in sequences.items(user) { counts[item as usize] += 1; }
            }
            prop_assert_eq!(counts[0], 0);
            prop_assert!(counts[1..].is_sorted_by(|a, b| a >= b), "ids go by frequency");
        }
    }
}
