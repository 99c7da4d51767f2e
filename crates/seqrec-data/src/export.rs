//! The ComiRec authors' text files, so that their program and ours can read the same data.

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::{Error, Result};
use crate::fingerprint::hex;
use crate::sequences::Sequences;
use crate::split::Split;
use crate::staging::{self, Staging};

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// File name in the export folder.
    pub name: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256 in lower-case hex.
    pub sha256: String,
}

/// Writes `{name}_train.txt`, `_valid`, `_test` (`user,item,position` lines, whole histories),
/// `_user_map` and `_item_map` (`raw,new`), and where there are categories `_item_cate`
/// (`item,category`, in catalogue order) and `_cate_map` (`name,category`).
///
/// Users are numbered from 0 in the order of the split: training, validation, test. Files appear
/// in `dir` all at once: they are written beside it and renamed.
///
/// # Errors
/// [`Error::Export`] unless each user is in exactly one part with its whole history, or when a
/// raw id holds a comma or a line break; [`Error::TargetNotEmpty`]; [`Error::Io`].
pub fn export_comirec(
    sequences: &Sequences,
    split: &Split,
    name: &str,
    dir: impl AsRef<Path>,
) -> Result<Vec<ExportedFile>> {
    let dir = dir.as_ref();
    let order = user_order(sequences, split)?;
    let (train, valid) = (split.train.len(), split.train.len() + split.valid.len());
    let mut files = vec![
        ("train", events(sequences, &order, 0..train)),
        ("valid", events(sequences, &order, train..valid)),
        ("test", events(sequences, &order, valid..order.len())),
        ("user_map", user_map(sequences, &order)?),
        ("item_map", item_map(sequences)?),
    ];
    files.extend(category_files(sequences)?);
    write_all(dir, name, &files)
}

/// Users in the order of their parts.
fn user_order(sequences: &Sequences, split: &Split) -> Result<Vec<u32>> {
    let refuse = |reason: String| Err(Error::Export { reason });
    let spans = split.train.iter().map(|span| (span.user, span.range()));
    let cases = split.valid.iter().chain(&split.test);
    let cases = cases.map(|case| (case.user, case.history.start..case.targets.end));
    let mut seen = vec![false; sequences.num_users()];
    let mut order = Vec::with_capacity(seen.len());
    for (user, range) in spans.chain(cases) {
        if std::mem::replace(&mut seen[user as usize], true) {
            return refuse(format!("user {user} is in more than one part"));
        }
        if range != (0..sequences.items(user).len()) {
            return refuse(format!("user {user} is not used with its whole history"));
        }
        order.push(user);
    }
    match seen.iter().position(|&seen| !seen) {
        Some(user) => refuse(format!("user {user} is in no part")),
        None => Ok(order),
    }
}

fn events(sequences: &Sequences, order: &[u32], part: std::ops::Range<usize>) -> String {
    let mut text = String::new();
    for new in part {
        for (position, item) in sequences.items(order[new]).iter().enumerate() {
            line(&mut text, format_args!("{new},{item},{position}"));
        }
    }
    text
}

fn user_map(sequences: &Sequences, order: &[u32]) -> Result<String> {
    let mut text = String::new();
    for (new, &user) in order.iter().enumerate() {
        let raw = sequences.user_ids().name(user).unwrap_or_default();
        line(&mut text, format_args!("{},{new}", plain(raw)?));
    }
    Ok(text)
}

fn item_map(sequences: &Sequences) -> Result<String> {
    let mut text = String::new();
    for (raw, item) in sequences.item_ids().iter() {
        line(&mut text, format_args!("{},{item}", plain(raw)?));
    }
    Ok(text)
}

fn category_files(sequences: &Sequences) -> Result<Vec<(&'static str, String)>> {
    let Some(categories) = sequences.categories() else {
        return Ok(Vec::new());
    };
    let (mut items, mut names) = (String::new(), String::new());
    for &item in sequences.catalogue() {
        let category = categories.of(item);
        if category > 0 {
            line(&mut items, format_args!("{item},{category}"));
        }
    }
    for category in 1..=categories.len() as u32 {
        let name = categories.name(category).unwrap_or_default();
        line(&mut names, format_args!("{},{category}", plain(name)?));
    }
    Ok(vec![("item_cate", items), ("cate_map", names)])
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "{content}");
}

fn plain(raw: &str) -> Result<&str> {
    if raw.contains([',', '\n', '\r']) {
        return Err(Error::Export { reason: format!("{raw:?} holds a comma or a line break") });
    }
    Ok(raw)
}

fn write_all(dir: &Path, name: &str, files: &[(&str, String)]) -> Result<Vec<ExportedFile>> {
    let staging = Staging::beside(dir)?;
    let mut written = Vec::new();
    for (part, text) in files {
        let file = format!("{name}_{part}.txt");
        staging::write(&staging.path().join(&file), text.as_bytes())?;
        written.push(ExportedFile {
            name: file,
            bytes: text.len() as u64,
            sha256: hex(&Sha256::digest(text)),
        });
    }
    staging.commit()?;
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::Categories;
    use crate::split::{Case, LeaveOneOut, Span, SplitConfig};

    fn example() -> (Sequences, Split) {
        let histories = [vec![1, 2], vec![3, 1], vec![2, 2, 1]];
        let names = vec!["x".to_owned()];
        let sequences = Sequences::from_histories(&histories, 3)
            .unwrap()
            .with_categories(Categories::new(names, vec![0, 0, 1, 1]).unwrap())
            .unwrap();
        let case = |user, k, n| Case { user, history: 0..k, targets: k..n };
        let split = Split {
            train: vec![Span { user: 2, start: 0, end: 3 }],
            valid: vec![case(0, 1, 2)],
            test: vec![case(1, 1, 2)],
            ..Split::default()
        };
        (sequences, split)
    }

    #[test]
    fn lines_are_user_item_position() {
        let (sequences, split) = example();
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("out");
        let files = export_comirec(&sequences, &split, "t", &dir).unwrap();
        let read = |part: &str| std::fs::read_to_string(dir.join(format!("t_{part}.txt"))).unwrap();
        assert_eq!(read("train"), "0,2,0\n0,2,1\n0,1,2\n");
        assert_eq!(read("test"), "2,3,0\n2,1,1\n");
        assert_eq!(read("user_map"), "2,0\n0,1\n1,2\n");
        assert_eq!(read("item_cate"), "2,1\n3,1\n");
        assert_eq!(read("cate_map"), "x,1\n");
        assert_eq!(files.len(), 7);
        assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 1, "nothing left behind");
        assert!(matches!(export_comirec(&sequences, &split, "t", &dir), Err(Error::TargetNotEmpty { .. })));
    }

    #[test]
    fn other_splits_are_refused_before_anything_is_written() {
        let (sequences, mut split) = example();
        let dir = tempfile::tempdir().unwrap();
        let refused = |split: &Split| {
            let error = export_comirec(&sequences, split, "t", dir.path()).unwrap_err();
            assert!(matches!(error, Error::Export { .. }), "{error}");
        };
        let config = SplitConfig::LeaveOneOut(LeaveOneOut::default());
        refused(&config.apply(sequences.clone()).unwrap().1);
        split.test.clear();
        refused(&split);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
    }
}
