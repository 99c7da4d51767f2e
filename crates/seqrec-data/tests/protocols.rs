//! Protocols on published data: the counts that others report.

mod common;

use std::path::Path;

use seqrec_data::split::{Cut, HeldOut, Unseen};
use seqrec_data::{
    DataCard, Dataset, EventLog, Given, Manifest, Part, PrepareConfig, Sequences, SessionDays, SplitConfig,
    Temporal, TimeUnit, load, train_counts,
};

fn prepared(log: EventLog) -> Sequences {
    Dataset::from(log).prepare(&PrepareConfig::default()).unwrap()
}

fn card(sequences: Sequences, config: SplitConfig) -> (Sequences, DataCard) {
    let (sequences, split) = config.apply(sequences).unwrap();
    let card = DataCard::new("test", &sequences, &split, &PrepareConfig::default(), &config);
    (sequences, card)
}

/// `(session, item, milliseconds)` of a tab-separated file with times in seconds.
fn clicks(path: &Path) -> Vec<(String, String, i64)> {
    let text = std::fs::read_to_string(path).unwrap();
    let row = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        let seconds: f64 = fields[2].parse().unwrap();
        (fields[0].to_owned(), fields[1].to_owned(), (seconds * 1_000.0).round() as i64)
    };
    text.lines().skip(1).map(row).collect()
}

/// Pushes sessions without ids, one a line.
fn push_lines(log: &mut EventLog, path: &Path, part: Part) {
    log.begin_part(part).unwrap();
    for (line, items) in std::fs::read_to_string(path).unwrap().lines().enumerate() {
        for item in items.split_whitespace() {
            log.push(&format!("{part} {line}"), item, None, None).unwrap();
        }
    }
}

/// The published files are what the rules make of a sample of raw clicks: applied to both files
/// together, rules 4 and 5 must give them back.
#[test]
fn gru4rec_rules_give_the_published_yoochoose_files_back() {
    let Some(dir) = common::folder("yoochoose-100k") else {
        return;
    };
    let train = clicks(&dir.join("yoochoose-clicks-100k_train_full.txt"));
    let test = clicks(&dir.join("yoochoose-clicks-100k_test.txt"));
    let mut log = EventLog::new(Some(TimeUnit::Milliseconds), false);
    for (session, item, time) in test.iter().chain(&train) {
        log.push(session, item, Some(*time), None).unwrap();
    }
    let all = prepared(log);
    let config = SessionDays { retrain: true, ..SessionDays::default() };
    let (sequences, split) = SplitConfig::SessionDays(config).apply(all.clone()).unwrap();

    let name = |user: u32| sequences.user_ids().name(user).unwrap();
    let rows_of = |user: u32| {
        let items = sequences.items(user).iter().map(|&item| sequences.item_ids().name(item).unwrap());
        let rows = items.zip(sequences.times(user).unwrap());
        rows.map(move |(item, &time)| (name(user).to_owned(), item.to_owned(), time)).collect::<Vec<_>>()
    };
    let sorted = |mut rows: Vec<(String, String, i64)>| {
        rows.sort_unstable();
        rows
    };
    let mut test_users: Vec<u32> = split.test.iter().map(|case| case.user).collect();
    test_users.dedup();
    assert_eq!((split.train.len(), test_users.len()), (17_794, 3_416));
    assert_eq!((train.len(), test.len()), (70_278, 13_568));
    let train_rows = split.train.iter().flat_map(|span| rows_of(span.user)).collect();
    assert_eq!(sorted(train_rows), sorted(train));
    assert_eq!(sorted(test_users.iter().flat_map(|&user| rows_of(user)).collect()), sorted(test));
    assert_eq!(split.left_out, Default::default());

    let (_, card) = card(all, SplitConfig::SessionDays(SessionDays::default()));
    assert_eq!((card.test.users, card.test.cases), (3_416, 13_568 - 3_416));
    assert!(card.valid.users > 0 && card.train.users + card.valid.users < 17_794);
    assert!(card.valid.unseen_targets == 0.0 && card.valid.left_out.short_sessions > 0);
}

#[test]
fn prefix_counts_of_sr_gnn_and_recbole() {
    for (name, pairs) in [("diginetica", [719_470, 60_858]), ("yoochoose1_64", [369_859, 55_898])] {
        let Some(dir) = common::folder(name) else {
            return;
        };
        let mut log = EventLog::new(None, false);
        push_lines(&mut log, &dir.join("train_sessions.txt"), Part::Train);
        push_lines(&mut log, &dir.join("test_sessions.txt"), Part::Test);
        let all = prepared(log);
        let published = Given { retrain: true, unseen: Unseen::Keep, ..Given::default() };
        let (_, kept) = card(all.clone(), SplitConfig::Given(published));
        assert_eq!([kept.train.pairs, kept.test.pairs], pairs, "{name}");
        // The 1/64 files drop training sessions, but no test item that was only in those.
        let (_, dropped) = card(all.clone(), SplitConfig::Given(Given { unseen: Unseen::Drop, ..published }));
        assert_eq!(dropped.test.pairs < kept.test.pairs, name == "yoochoose1_64");
        assert_eq!(dropped.test.unseen_targets, 0.0);
        let (_, tuning) = card(all, SplitConfig::Given(Given { unseen: Unseen::Keep, ..Given::default() }));
        assert_eq!(tuning.train.pairs + tuning.valid.pairs, pairs[0], "{name}");
        assert_eq!(tuning.test.pairs, pairs[1], "{name}");
    }
}

#[test]
fn movielens_1m_cut_at_two_times() {
    let manifest = Manifest::builtin("ml-1m").unwrap();
    let Some(dir) = common::folder(manifest.folder()) else {
        return;
    };
    let all = load(&manifest, dir).unwrap().prepare(&PrepareConfig::default()).unwrap();
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
