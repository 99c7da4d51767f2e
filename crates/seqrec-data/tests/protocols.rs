//! Protocols on published data: the counts that others report.

mod common;

use seqrec_data::split::{Cut, HeldOut, Unseen};
use seqrec_data::{
    DataCard, Given, Manifest, Part, PrepareConfig, Sequences, SessionDays, SplitConfig, Temporal, load,
    train_counts,
};

fn card(sequences: Sequences, config: SplitConfig) -> (Sequences, DataCard) {
    let (sequences, split) = config.apply(sequences).unwrap();
    let card = DataCard::new("test", &sequences, &split, &PrepareConfig::default(), &config);
    (sequences, card)
}

/// The data set of a manifest, prepared without any filter; `None` if it is not here.
fn published(name: &str) -> Option<Sequences> {
    let manifest = Manifest::builtin(name).unwrap();
    let dir = common::folder(manifest.folder())?;
    Some(load(&manifest, dir).unwrap().prepare(&PrepareConfig::default()).unwrap())
}

/// `(session, item, milliseconds)` of some sessions, in order.
fn clicks(sequences: &Sequences, users: impl IntoIterator<Item = u32>) -> Vec<(String, String, i64)> {
    let mut rows = Vec::new();
    for user in users {
        let session = sequences.user_ids().name(user).unwrap();
        for (&item, &time) in sequences.items(user).iter().zip(sequences.times(user).unwrap()) {
            let item = sequences.item_ids().name(item).unwrap();
            rows.push((session.to_owned(), item.to_owned(), time));
        }
    }
    rows.sort_unstable();
    rows
}

/// The published files are what the rules make of a sample of raw clicks: applied to both files
/// together, rules 4 and 5 must give them back.
#[test]
fn gru4rec_rules_give_the_published_yoochoose_files_back() {
    let Some(all) = published("yoochoose-100k") else {
        return;
    };
    let parts = all.parts().unwrap();
    let of_part = |part: Part| (0..).zip(parts).filter(move |(_, own)| **own == part).map(|(user, _)| user);
    let [train, test] = [Part::Train, Part::Test].map(|part| clicks(&all, of_part(part)));
    assert_eq!((train.len(), test.len()), (70_278, 13_568));
    let config = SessionDays { retrain: true, ..SessionDays::default() };
    let (sequences, split) = SplitConfig::SessionDays(config).apply(all.clone()).unwrap();

    let mut test_users: Vec<u32> = split.test.iter().map(|case| case.user).collect();
    test_users.dedup();
    assert_eq!((split.train.len(), test_users.len()), (17_794, 3_416));
    assert_eq!(clicks(&sequences, split.train.iter().map(|span| span.user)), train);
    assert_eq!(clicks(&sequences, test_users), test);
    assert_eq!(split.left_out, Default::default());

    let (_, card) = card(all, SplitConfig::SessionDays(SessionDays::default()));
    assert_eq!((card.test.users, card.test.cases), (3_416, 13_568 - 3_416));
    assert!(card.valid.users > 0 && card.train.users + card.valid.users < 17_794);
    assert!(card.valid.unseen_targets == 0.0 && card.valid.left_out.short_sessions > 0);
}

#[test]
fn prefix_counts_of_sr_gnn_and_recbole() {
    for (name, pairs) in [("diginetica", [719_470, 60_858]), ("yoochoose1-64", [369_859, 55_898])] {
        let Some(all) = published(name) else {
            return;
        };
        let kept = Given { retrain: true, unseen: Unseen::Keep, ..Given::default() };
        let (_, dropped) = card(all.clone(), SplitConfig::Given(Given { unseen: Unseen::Drop, ..kept }));
        let (_, kept) = card(all.clone(), SplitConfig::Given(kept));
        assert_eq!([kept.train.pairs, kept.test.pairs], pairs, "{name}");
        // The 1/64 files drop training sessions, but no test item that was only in those.
        assert_eq!(dropped.test.pairs < kept.test.pairs, name == "yoochoose1-64");
        assert_eq!(dropped.test.unseen_targets, 0.0);
        let (_, tuning) = card(all, SplitConfig::Given(Given { unseen: Unseen::Keep, ..Given::default() }));
        assert_eq!(tuning.train.pairs + tuning.valid.pairs, pairs[0], "{name}");
        assert_eq!(tuning.test.pairs, pairs[1], "{name}");
    }
}

#[test]
fn movielens_1m_cut_at_two_times() {
    let Some(all) = published("ml-1m") else {
        return;
    };
    let by_quantiles = SplitConfig::Temporal(Temporal::default());
    let (sequences, split) = by_quantiles.apply(all.clone()).unwrap();
    let newest =
        split.train.iter().filter_map(|span| sequences.times(span.user)?[span.range()].last()).max().unwrap();
    let asked = |case: &seqrec_data::Case| sequences.times(case.user).unwrap()[case.targets.start];
    let [valid_from, test_from] =
        [&split.valid, &split.test].map(|cases| cases.iter().map(asked).min().unwrap());
    assert!(*newest < valid_from && split.valid.iter().all(|case| asked(case) < test_from));
    let trained: usize = split.train.iter().map(|span| span.len()).sum();
    assert!((799_000..=800_168).contains(&trained), "{trained}");
    let left_out = [split.left_out.valid, split.left_out.test].map(|part| part.without_history);
    assert_eq!(trained + split.valid.len() + split.test.len() + left_out[0] + left_out[1], 1_000_209);
    assert!(left_out[0] > 0, "new users arrive all the time");
    let counts = train_counts(&sequences, &split);
    assert!(counts[1..].is_sorted_by(|a, b| a >= b));

    let by_times = Temporal {
        valid_from: Cut::Time(valid_from),
        test_from: Cut::Time(test_from),
        cases: HeldOut::FirstEvent,
        ..Temporal::default()
    };
    let (_, first) = card(all.clone(), SplitConfig::Temporal(by_times));
    let (_, every) = card(all, by_quantiles);
    assert_eq!(first.train, every.train);
    assert_eq!((first.test.users, first.test.cases), (first.test.targets, first.test.users));
    assert!(every.test.cold_cases > first.test.cold_cases && every.test.unseen_targets > 0.0);
    eprintln!("{every}\n{first}");
}
