//! Negatives of validation and test, fixed in a file.

use std::fmt::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{CtrData, NegativeConfig, Samples};
use crate::error::{Error, Result};

/// The drawn negatives of validation and test, the same for every model that is compared.
///
/// The file is text. Its first line is a JSON object with the fingerprint of the data, the settings
/// with their seed and the number of samples; then comes a line for each sample of validation and
/// test: user, positive, and its negatives, as `u32` codes of the prepared data with commas between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedNegatives {
    head: Head,
    valid: Vec<u32>,
    test: Vec<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    data: String,
    negatives: NegativeConfig,
    valid: usize,
    test: usize,
}

impl Head {
    fn new(data: &CtrData, negatives: NegativeConfig) -> Self {
        let (valid, test) = (data.valid().len(), data.test().len());
        Self { data: data.fingerprint().to_owned(), negatives, valid, test }
    }
}

impl FixedNegatives {
    /// Draws them.
    ///
    /// # Errors
    /// [`Error::Config`] when a sample has no item left to draw.
    pub fn draw(data: &CtrData, config: NegativeConfig) -> Result<Self> {
        let (valid, test) = (config.valid(data)?, config.test(data)?);
        Ok(Self { head: Head::new(data, config), valid, test })
    }

    /// Negatives of the validation samples, `[valid.len() * per_positive]`.
    #[must_use]
    pub fn valid(&self) -> &[u32] {
        &self.valid
    }

    /// Negatives of the test samples, `[test.len() * per_positive]`.
    #[must_use]
    pub fn test(&self) -> &[u32] {
        &self.test
    }

    /// Writes the file; it is complete when it appears.
    ///
    /// # Errors
    /// [`Error::OtherNegatives`] when they were drawn for other data, [`Error::Io`].
    pub fn write(&self, data: &CtrData, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        self.head.check(&Head::new(data, self.head.negatives), path)?;
        let head = serde_json::to_string(&self.head).map_err(|error| Error::io(path, error.into()))?;
        let mut text = head + "\n";
        for (samples, negatives) in [(data.valid(), &self.valid), (data.test(), &self.test)] {
            let each = self.head.negatives.per_positive as usize;
            for at in 0..samples.len() {
                // Writing to a string cannot fail.
                let _ = write!(text, "{},{}", samples.users()[at], samples.items()[at]);
                for item in &negatives[at * each..][..each] {
                    let _ = write!(text, ",{item}");
                }
                text.push('\n');
            }
        }
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let io = |error| Error::io(path, error);
        std::fs::create_dir_all(parent).map_err(io)?;
        // Renaming out of a folder gives the file the usual permissions.
        let staged = tempfile::Builder::new().prefix(".negatives-").tempdir_in(parent).map_err(io)?;
        let file = staged.path().join("file");
        std::fs::write(&file, text).map_err(io)?;
        std::fs::rename(&file, path).map_err(io)
    }

    /// Reads the file back and checks that it belongs to `data` and `config`.
    ///
    /// # Errors
    /// [`Error::OtherNegatives`] when it was drawn for other data or with other settings,
    /// [`Error::MalformedRow`] with the line, [`Error::MissingFile`], [`Error::Io`].
    pub fn read(data: &CtrData, config: NegativeConfig, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| Error::io(path, error))?;
        let mut lines = (1u64..).zip(text.lines());
        let bad = |line, reason: String| Error::MalformedRow { path: path.to_owned(), line, reason, more: 0 };
        let (_, first) = lines.next().ok_or(Error::EmptyFile { path: path.to_owned() })?;
        let head: Head = serde_json::from_str(first).map_err(|error| bad(1, error.to_string()))?;
        head.check(&Head::new(data, config), path)?;
        let mut read = Self { head, valid: Vec::new(), test: Vec::new() };
        for (samples, negatives) in [(data.valid(), &mut read.valid), (data.test(), &mut read.test)] {
            for at in 0..samples.len() {
                let end = || bad(1 + text.lines().count() as u64, "the file ends early".to_owned());
                let (line, row) = lines.next().ok_or_else(end)?;
                let own =
                    negatives_of(row, &config, data, samples, at).map_err(|reason| bad(line, reason))?;
                negatives.extend(own);
            }
        }
        match lines.next() {
            Some((line, _)) => Err(bad(line, "a line after the last sample".to_owned())),
            None => Ok(read),
        }
    }
}

impl Head {
    fn check(&self, expected: &Self, path: &Path) -> Result<()> {
        let settings = |head: &Self| format!("{:?}", head.negatives);
        for (what, found, expected) in [
            ("data", self.data.clone(), expected.data.clone()),
            ("settings", settings(self), settings(expected)),
        ] {
            if found != expected {
                return Err(Error::OtherNegatives { path: path.to_owned(), what, found, expected });
            }
        }
        Ok(())
    }
}

/// The negatives in a row of the file, or what is wrong with it.
fn negatives_of(
    row: &str,
    config: &NegativeConfig,
    data: &CtrData,
    samples: &Samples,
    at: usize,
) -> std::result::Result<Vec<u32>, String> {
    let numbers: Vec<u32> = row
        .split(',')
        .map(|field| field.parse().map_err(|_| format!("{field:?} is no code")))
        .collect::<std::result::Result<_, _>>()?;
    let (user, item) = (samples.users()[at], samples.items()[at]);
    match numbers.split_first_chunk() {
        Some(([u, i], negatives)) if (*u, *i) == (user, item) => {
            if negatives.len() != config.per_positive as usize {
                return Err(format!("{} negatives, expected {}", negatives.len(), config.per_positive));
            }
            let excluded = config.excluded(data, samples, at);
            let allowed = |item: &u32| {
                (1..=data.num_items()).contains(&(*item as usize)) && excluded.binary_search(item).is_err()
            };
            match negatives.iter().find(|item| !allowed(item)) {
                Some(item) => Err(format!("{item} cannot be a negative of user {user}")),
                None => Ok(negatives.to_vec()),
            }
        }
        _ => Err(format!("the row of user {user} and item {item} was expected")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::CtrConfig;
    use super::*;
    use crate::Sequences;
    use crate::split::Cut;

    fn data(last: u32) -> CtrData {
        let sequences = Sequences::from_histories(&[vec![1, 2, 3, 4], vec![2, 3, 5, last]], 9)
            .and_then(|it| it.with_times(vec![1, 2, 3, 4, 1, 2, 3, 4]))
            .unwrap();
        let (valid_from, test_from) = (Cut::Time(3), Cut::Time(4));
        CtrData::from_positives(&sequences, &CtrConfig { valid_from, test_from, ..CtrConfig::default() })
            .unwrap()
    }

    const CONFIG: NegativeConfig =
        NegativeConfig { per_positive: 2, exclude: super::super::Exclude::User, seed: 7 };

    #[test]
    fn what_is_written_is_read_and_belongs_to_its_data() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("negatives.txt");
        let fixed = FixedNegatives::draw(&data(1), CONFIG).unwrap();
        fixed.write(&data(1), &path).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1, "nothing left behind");
        assert_eq!(FixedNegatives::read(&data(1), CONFIG, &path).unwrap(), fixed);
        assert_eq!((fixed.valid().len(), fixed.test().len()), (4, 4));
        let what = |result: Result<FixedNegatives>| match result.unwrap_err() {
            Error::OtherNegatives { what, .. } => what,
            error => panic!("{error}"),
        };
        assert_eq!(what(FixedNegatives::read(&data(6), CONFIG, &path)), "data");
        let other = NegativeConfig { seed: 8, ..CONFIG };
        assert_eq!(what(FixedNegatives::read(&data(1), other, &path)), "settings");
        assert!(matches!(fixed.write(&data(6), &path), Err(Error::OtherNegatives { .. })));
        let missing = FixedNegatives::read(&data(1), CONFIG, dir.path().join("none"));
        assert!(matches!(missing, Err(Error::MissingFile { .. })));
    }

    #[test]
    fn a_damaged_file_is_refused_with_the_line() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("negatives.txt");
        FixedNegatives::draw(&data(1), CONFIG).unwrap().write(&data(1), &path).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().collect();
        let check = |changed: Vec<&str>, expected: &str| {
            std::fs::write(&path, changed.join("\n")).unwrap();
            let error = FixedNegatives::read(&data(1), CONFIG, &path).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        };
        let with = |at: usize, line: &'static str| {
            let mut changed = lines.clone();
            changed[at] = line;
            changed
        };
        check(with(0, "{"), ":1: ");
        check(with(2, "1,5,x,8"), ":3: \"x\" is no code");
        check(with(1, "1,5,8,9"), ":2: the row of user 0 and item 3 was expected");
        check(with(3, "0,4,9"), ":4: 1 negatives, expected 2");
        check(with(3, "0,4,9,1"), ":4: 1 cannot be a negative of user 0");
        check(lines[..4].to_vec(), ":5: the file ends early");
        check([lines.as_slice(), &["0,4,9,9"]].concat(), ":6: a line after the last sample");
        std::fs::write(&path, "").unwrap();
        assert!(matches!(FixedNegatives::read(&data(1), CONFIG, &path), Err(Error::EmptyFile { .. })));
    }
}
