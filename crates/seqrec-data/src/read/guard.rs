//! Panics of the table engine as errors.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use polars::prelude::PolarsResult;

use crate::error::{Error, Result};

/// Runs the engine on a file that may be damaged, where it panics now and then instead of giving an
/// error. `call` must not touch what is used afterwards: a panic may leave it half done.
pub(super) fn guarded<T>(path: &Path, call: impl FnOnce() -> PolarsResult<T>) -> Result<T> {
    let refused = |reason: String| Error::Table { path: path.to_owned(), reason };
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| refused(error.to_string())),
        Err(_) => Err(refused("the file is damaged: the table engine gave up on it".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_about_the_file() {
        let error = guarded::<()>(Path::new("x.parquet"), || panic!("index out of range")).unwrap_err();
        assert!(error.to_string().starts_with("x.parquet: the file is damaged"), "{error}");
        assert_eq!(guarded(Path::new("x.parquet"), || Ok(3)).unwrap(), 3);
    }
}
