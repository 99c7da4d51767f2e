use seqrec_data::{Sequences, Span, Split};

/// Users whose histories, with a target each, are spread over a catalogue of `items`; `length` gives
/// each user's history.
pub fn sequences(items: usize, users: usize, length: impl Fn(usize) -> usize) -> (Sequences, Split) {
    let event = |user: usize, at: usize| (1 + (user * 7919 + at * 104_729) % items) as u32;
    let histories: Vec<Vec<u32>> =
        (0..users).map(|user| (0..=length(user)).map(|at| event(user, at)).collect()).collect();
    let span = |(user, history): (u32, &Vec<u32>)| Span { user, start: 0, end: history.len() };
    let train = (0..).zip(&histories).map(span).collect();
    let sequences = Sequences::from_histories(&histories, items).expect("ids are in range");
    (sequences, Split { train, ..Split::default() })
}
