//! The folders named by the environment.

use std::ffi::OsString;
use std::path::PathBuf;

use super::error::FetchError;

/// The data folder that the variable `SEQREC_DATA` names, if it is set and not empty.
pub fn data_dir_from_env() -> Option<PathBuf> {
    data_dir(&|key| std::env::var_os(key))
}

/// The cache folder: `$XDG_CACHE_HOME/seqrec`, or else `.cache/seqrec` in the home folder.
///
/// As the XDG base directory specification asks, a relative `XDG_CACHE_HOME` is ignored.
///
/// # Errors
///
/// [`FetchError::NoCacheDir`] when neither folder is known.
pub fn default_cache_dir() -> Result<PathBuf, FetchError> {
    cache_dir(&|key| std::env::var_os(key), std::env::home_dir())
}

type Lookup<'a> = &'a dyn Fn(&str) -> Option<OsString>;

fn data_dir(var: Lookup<'_>) -> Option<PathBuf> {
    var("SEQREC_DATA").filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn cache_dir(var: Lookup<'_>, home: Option<PathBuf>) -> Result<PathBuf, FetchError> {
    var("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|dir| dir.is_absolute())
        .or_else(|| home.filter(|dir| !dir.as_os_str().is_empty()).map(|dir| dir.join(".cache")))
        .map(|dir| dir.join("seqrec"))
        .ok_or(FetchError::NoCacheDir)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn set(value: &'static str) -> impl Fn(&str) -> Option<OsString> {
        move |_| Some(value.into())
    }

    #[test]
    fn cache_follows_xdg_then_home() {
        let home = || Some(PathBuf::from("/users/ada"));
        assert_eq!(cache_dir(&set("/var/cache"), home()).unwrap(), PathBuf::from("/var/cache/seqrec"));
        for ignored in ["", "relative"] {
            assert_eq!(cache_dir(&set(ignored), home()).unwrap(), PathBuf::from("/users/ada/.cache/seqrec"));
        }
        assert!(matches!(cache_dir(&|_| None, None), Err(FetchError::NoCacheDir)));
    }

    #[test]
    fn empty_data_dir_counts_as_unset() {
        assert_eq!(data_dir(&set("")), None);
        assert_eq!(data_dir(&set("/data")), Some(PathBuf::from("/data")));
    }
}
