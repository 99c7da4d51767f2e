/// Sessions side by side: a batch moves each of its sessions on by one event, and a session that ends
/// gives its place to the next one (Hidasi et al., ICLR 2016, section 3.1.1).
///
/// Every event but the last of a session is an input once. Nothing is shuffled.
#[derive(Clone, Debug)]
pub struct SessionParallel<'a> {
    sessions: &'a [&'a [u32]],
    slots: Vec<Slot>,
    /// The session that takes the next free place.
    next: usize,
    /// With fewer slots than this the rest of the data is left.
    least: usize,
}

#[derive(Clone, Debug)]
struct Slot {
    session: usize,
    /// Position of the next input.
    at: usize,
    /// Row of the last batch that was the same session.
    row: Option<u32>,
}

/// One batch of [`SessionParallel`]: a row for each slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The events at hand, `[B]`.
    pub inputs: Vec<u32>,
    /// The events that follow them, `[B]`.
    pub targets: Vec<u32>,
    /// Row of the batch before whose state goes on, `[B]`; `None` where a session begins.
    pub carried: Vec<Option<u32>>,
}

impl<'a> SessionParallel<'a> {
    /// `slots` sessions at a time, in the order of `sessions`, each of at least two events.
    ///
    /// At the end of the data batches shrink, down to one session; with `other_targets_needed`, where the
    /// other sessions' targets are the only negatives, down to two.
    pub fn new(sessions: &'a [&'a [u32]], slots: usize, other_targets_needed: bool) -> Self {
        let next = slots.min(sessions.len());
        let slots = (0..next).map(|session| Slot { session, at: 0, row: None }).collect();
        Self { sessions, slots, next, least: if other_targets_needed { 2 } else { 1 } }
    }

    /// Gives the places of sessions that are over to the next ones, or away.
    fn replace(&mut self) {
        let (sessions, next) = (self.sessions, &mut self.next);
        self.slots.retain_mut(|slot| {
            if slot.at + 1 < sessions[slot.session].len() {
                return true;
            }
            *slot = Slot { session: *next, at: 0, row: None };
            *next += 1;
            slot.session < sessions.len()
        });
    }
}

impl Iterator for SessionParallel<'_> {
    type Item = Turn;

    fn next(&mut self) -> Option<Turn> {
        self.replace();
        if self.slots.len() < self.least {
            return None;
        }
        let event = |slot: &Slot, ahead: usize| self.sessions[slot.session][slot.at + ahead];
        let turn = Turn {
            inputs: self.slots.iter().map(|slot| event(slot, 0)).collect(),
            targets: self.slots.iter().map(|slot| event(slot, 1)).collect(),
            carried: self.slots.iter().map(|slot| slot.row).collect(),
        };
        for (slot, row) in self.slots.iter_mut().zip(0..) {
            slot.at += 1;
            slot.row = Some(row);
        }
        Some(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn turn(inputs: &[u32], targets: &[u32], carried: &[Option<u32>]) -> Turn {
        Turn { inputs: inputs.into(), targets: targets.into(), carried: carried.into() }
    }

    #[test]
    fn sessions_of_two_three_and_two_events_in_two_slots() {
        let sessions: [&[u32]; 3] = [&[1, 2], &[3, 4, 5], &[6, 7]];
        let turns: Vec<Turn> = SessionParallel::new(&sessions, 2, false).collect();
        let expected = [turn(&[1, 3], &[2, 4], &[None, None]), turn(&[6, 4], &[7, 5], &[None, Some(1)])];
        assert_eq!(turns, expected);
    }

    #[test]
    fn batches_shrink_to_one_session_or_to_two() {
        let sessions: [&[u32]; 2] = [&[1, 2], &[3, 4, 5]];
        let last = turn(&[4], &[5], &[Some(1)]);
        assert_eq!(SessionParallel::new(&sessions, 2, false).last(), Some(last));
        assert_eq!(SessionParallel::new(&sessions, 2, true).count(), 1);
    }

    proptest! {
        #[test]
        fn every_pair_is_seen_once_and_states_stay_with_their_session(
            lengths in prop::collection::vec(2usize..7, 1..30),
            slots in 1usize..6,
        ) {
            // An event's id tells its session and its position.
            let sessions: Vec<Vec<u32>> =
                (0..).zip(&lengths).map(|(s, &len)| (0..len as u32).map(|at| 10 * s + at).collect()).collect();
            let slices: Vec<&[u32]> = sessions.iter().map(Vec::as_slice).collect();
            let mut seen = Vec::new();
            let mut before: Vec<u32> = Vec::new();
            for turn in SessionParallel::new(&slices, slots, false) {
                prop_assert!(turn.inputs.len() <= slots);
                for ((&input, &target), carried) in turn.inputs.iter().zip(&turn.targets).zip(&turn.carried) {
                    prop_assert_eq!(target, input + 1);
                    match carried {
                        Some(row) => prop_assert_eq!(before[*row as usize] + 1, input),
                        None => prop_assert_eq!(input % 10, 0),
                    }
                }
                seen.extend_from_slice(&turn.inputs);
                before = turn.inputs;
            }
            seen.sort_unstable();
            let mut all: Vec<u32> =
                sessions.iter().flat_map(|session| &session[..session.len() - 1]).copied().collect();
            all.sort_unstable();
            prop_assert_eq!(seen, all);
        }
    }
}
