//! Panics of the table engine as errors.

use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::prelude::PolarsResult;

/// Runs the engine on a file that may be damaged, where it panics now and then instead of giving an
/// error, and says why it failed. `call` must not touch what is used afterwards: a panic may leave it
/// half done.
pub(crate) fn guarded<T>(call: impl FnOnce() -> PolarsResult<T>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("the file is damaged: the table engine gave up on it".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error() {
        let error = guarded::<()>(|| panic!("index out of range")).unwrap_err();
        assert!(error.starts_with("the file is damaged"), "{error}");
        assert_eq!(guarded(|| Ok(3)).unwrap(), 3);
    }
}
