//! A preparation that is killed leaves a whole folder or none.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use seqrec_data::prepared::{Origin, PreparedStore};
use seqrec_data::{Manifest, OnBadRows, PrepareConfig};

/// Where the child finds its files and its store.
const FOLDER: &str = "SEQREC_TEST_PREPARED_FOLDER";
const KILLS: u32 = 12;

fn prepare(dir: &Path) -> Origin {
    let manifest = "name = \"log\"\n[layout.events]\nfile = \"log.csv\"\ncolumns = { user = 0, item = 1 }\n";
    let manifest = Manifest::parse(manifest, "log.toml").unwrap();
    let store = PreparedStore::new(dir.join("store"));
    store.prepare(&manifest, dir, OnBadRows::Fail, &PrepareConfig::default()).unwrap().origin
}

/// Not a test of its own: what the process does that is killed.
#[test]
fn preparing_child() {
    if let Some(dir) = std::env::var_os(FOLDER) {
        prepare(Path::new(&dir));
    }
}

fn child(dir: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "killed::preparing_child"]).env(FOLDER, dir);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

#[test]
fn what_a_killed_process_leaves_is_whole_or_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let rows: String = (0..60_000).map(|row| format!("{},{}\n", row % 3_001, row % 997)).collect();
    fs::write(dir.path().join("log.csv"), format!("user,item\n{rows}")).unwrap();
    let store = dir.path().join("store");
    let clear = || fs::remove_dir_all(&store).unwrap();

    let started = Instant::now();
    assert!(child(dir.path()).status().unwrap().success());
    let whole = started.elapsed();
    clear();

    let mut unfinished = 0;
    for kill in 1..=KILLS {
        let mut process = child(dir.path()).spawn().unwrap();
        thread::sleep(whole * kill / (KILLS + 1));
        process.kill().unwrap();
        process.wait().unwrap();
        let written_again = match prepare(dir.path()) {
            Origin::Prepared => true,
            Origin::Found => false,
            other => panic!("half-written: {other:?}"),
        };
        unfinished += u32::from(written_again);
        // The data set, and the lock of those who prepare it. The hidden folder of one who was killed
        // right after the rename stays until somebody writes there.
        let hidden = |entry: &fs::DirEntry| entry.file_name().to_string_lossy().starts_with('.');
        let (hidden, kept): (Vec<_>, Vec<_>) = fs::read_dir(&store).unwrap().flatten().partition(hidden);
        assert_eq!(kept.len(), 2, "{kept:?}");
        assert!(hidden.is_empty() || !written_again, "left behind: {hidden:?}");
        assert!(matches!(prepare(dir.path()), Origin::Found));
        clear();
    }
    assert!(unfinished > 0, "no kill came before the end");
}
