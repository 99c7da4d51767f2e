//! Sessions cut out of users' histories where nothing happened for a while.

use crate::error::{Error, Result};
use crate::events::EventLog;
use crate::manifest::TimeUnit;
use crate::vocabulary::Vocabulary;

/// Stands between the user and the number of the session, from 1, in a session's id.
const MARK: char = '#';

/// The user that a session belongs to.
pub(super) fn owner(session: &str) -> &str {
    session.rsplit_once(MARK).map_or(session, |(user, _)| user)
}

/// The log with sessions for users: a user's next session begins with the event that comes more
/// than `gap` seconds after the one before. Only `rows` count.
pub(super) fn cut(log: &EventLog, rows: &[usize], gap: u32) -> Result<EventLog> {
    let times = log.times().ok_or(Error::NeedsColumn { what: "session_gap", column: "times" })?;
    let gap = match log.time_unit() {
        Some(TimeUnit::Milliseconds) => i64::from(gap) * 1000,
        _ => i64::from(gap),
    };
    let mut by_time = rows.to_vec();
    by_time.sort_by_key(|&row| (log.user_codes()[row], times[row]));
    let mut number = vec![1u32; log.len()];
    for pair in by_time.windows(2) {
        let same = log.user_codes()[pair[0]] == log.user_codes()[pair[1]];
        if same {
            let apart = times[pair[1]].saturating_sub(times[pair[0]]) > gap;
            number[pair[1]] = number[pair[0]] + u32::from(apart);
        }
    }
    let mut sessions = Vocabulary::starting_at(0);
    let mut codes = Vec::with_capacity(log.len());
    let mut owners = Vec::new();
    for (&user, number) in log.user_codes().iter().zip(&number) {
        let name = log.users().name(user).expect("every code has a name");
        let code = sessions.intern(&format!("{name}{MARK}{number}"))?;
        if code as usize == owners.len() {
            owners.push(user);
        }
        codes.push(code);
    }
    Ok(log.with_users(sessions, codes, &owners))
}

#[cfg(test)]
mod tests {
    use crate::manifest::TimeUnit;
    use crate::{Dataset, EventLog, PrepareConfig};
    use proptest::prelude::*;

    fn sessions(rows: &[(u8, i64)], unit: TimeUnit, gap: u32) -> Vec<(String, Vec<i64>)> {
        let mut log = EventLog::new(Some(unit), false);
        for (user, time) in rows {
            log.push(&user.to_string(), "x", Some(*time), None).unwrap();
        }
        let config = PrepareConfig { session_gap: Some(gap), ..PrepareConfig::default() };
        let sequences = Dataset::from(log).prepare(&config).unwrap();
        let ids = sequences.user_ids().iter();
        ids.map(|(name, user)| (name.to_owned(), sequences.times(user).unwrap().to_vec())).collect()
    }

    #[test]
    fn a_session_ends_where_the_gap_is_exceeded() {
        let rows = [(7, 100), (7, 0), (8, 50), (7, 30), (7, 60), (7, 91)];
        let expected = [("7#2", vec![91, 100]), ("7#1", vec![0, 30, 60]), ("8#1", vec![50])]
            .map(|(id, times)| (id.to_owned(), times));
        assert_eq!(sessions(&rows, TimeUnit::Seconds, 30), expected);
        let in_milliseconds = rows.map(|(user, time)| (user, time * 1000));
        let found = sessions(&in_milliseconds, TimeUnit::Milliseconds, 30);
        assert_eq!(found.iter().map(|(_, times)| times.len()).collect::<Vec<_>>(), [2, 3, 1]);
    }

    #[test]
    fn sessions_need_times() {
        let mut log = EventLog::new(None, false);
        log.push("7", "x", None, None).unwrap();
        let config = PrepareConfig { session_gap: Some(30), ..PrepareConfig::default() };
        assert!(matches!(
            Dataset::from(log).prepare(&config),
            Err(crate::Error::NeedsColumn { what: "session_gap", .. })
        ));
    }

    proptest! {
        #[test]
        fn sessions_partition_the_events(
            rows in prop::collection::vec((0u8..4, 0i64..300), 1..60),
            gap in 1u32..60,
        ) {
            let sessions = sessions(&rows, TimeUnit::Seconds, gap);
            prop_assert_eq!(sessions.iter().map(|(_, times)| times.len()).sum::<usize>(), rows.len());
            let gap = i64::from(gap);
            for (_, times) in &sessions {
                prop_assert!(times.windows(2).all(|pair| pair[1] - pair[0] <= gap));
            }
            for user in 0..4u8 {
                let mut ends: Vec<_> = sessions
                    .iter()
                    .filter(|(id, _)| super::owner(id) == user.to_string())
                    .map(|(_, times)| (times[0], times[times.len() - 1]))
                    .collect();
                ends.sort_unstable();
                prop_assert!(ends.windows(2).all(|pair| pair[1].0 - pair[0].1 > gap));
            }
        }
    }
}
