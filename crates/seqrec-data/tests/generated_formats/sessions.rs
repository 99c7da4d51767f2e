//! Sessions of the RecSys Challenge 2015, as published, as GRU4Rec and as SR-GNN write them.

use seqrec_data::{Part, TimeUnit};

use super::{history, of_events, read, times, try_read};

#[test]
fn yoochoose_clicks() {
    // The category becomes a letter only deep in the file; sessions are not in the order of time.
    let mut text =
        "1,2014-04-07T10:51:09.277Z,214536502,0\n1,2014-04-07T10:54:09.868Z,214536500,0\n".to_owned();
    for second in 10..60 {
        text.push_str(&format!("9,2014-04-07T10:00:{second}.000Z,214536500,1\n"));
    }
    text.push_str("11562158,2014-08-07T09:22:28.132Z,214668193,S\n11562158,2014-08-07T09:20:00.000Z,643078800,2089046600\n");
    let sequences = read("yoochoose-clicks", &[("yoochoose-clicks.dat", text.as_bytes())]);
    assert_eq!(sequences.num_events(), 54);
    assert_eq!(times(&sequences, "1"), [1_396_867_869_277, 1_396_868_049_868], "UTC");
    assert_eq!(history(&sequences, "11562158"), ["643078800", "214668193"]);
    assert_eq!(of_events(&sequences, "category", "11562158"), [Some("2089046600"), Some("S")]);
    let text = text.replace("2014-08-07T09:22:28.132Z", "2014-08-07 9 o'clock");
    let error = try_read("yoochoose-clicks", &[("yoochoose-clicks.dat", text.as_bytes())]).unwrap_err();
    assert!(error.to_string().contains(".dat:53: the time"), "{error}");
}

#[test]
fn gru4rec_files() {
    // Trailing zeros of a fraction are gone, and with them the point.
    let train = "SessionId\tItemId\tTime\n3\t214716935\t1396437466.94\n3\t214832672\t1396438212\n";
    let test = "SessionId\tItemId\tTime\n1\t214832672\t1396860669.277\n1\t214716935\t1396860669.3\n";
    for (name, files) in [
        ("gru4rec", ["rsc15_train_full.txt", "rsc15_test.txt"]),
        ("yoochoose-100k", ["yoochoose-clicks-100k_train_full.txt", "yoochoose-clicks-100k_test.txt"]),
    ] {
        let sequences = read(name, &[(files[0], train.as_bytes()), (files[1], test.as_bytes())]);
        assert_eq!(sequences.parts(), Some(&[Part::Train, Part::Test][..]));
        assert_eq!(sequences.time_unit(), Some(TimeUnit::Milliseconds));
        assert_eq!(times(&sequences, "3"), [1_396_437_466_940, 1_396_438_212_000]);
        assert_eq!(times(&sequences, "1"), [1_396_860_669_277, 1_396_860_669_300]);
    }
}

#[test]
fn one_session_a_line() {
    let files: [(&str, &[u8]); 2] =
        [("train_sessions.txt", b"1 2\n3 4 5 3\n"), ("test_sessions.txt", b"2 1\n9 9\n")];
    for name in ["diginetica", "yoochoose1-64"] {
        let sequences = read(name, &files);
        assert_eq!(sequences.parts(), Some(&[Part::Train, Part::Train, Part::Test, Part::Test][..]));
        assert_eq!(history(&sequences, "train:2"), ["3", "4", "5", "3"]);
        assert_eq!(history(&sequences, "test:1"), ["2", "1"]);
        assert_eq!(sequences.times(0), None);
    }
}
