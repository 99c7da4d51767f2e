use super::workspace_root;
use crate::{
    error::{Result, RunError},
    output::say,
    tidy,
};

/// `cargo xtask tidy`.
pub fn run() -> Result<()> {
    let report = tidy::run(&workspace_root())?;
    say!("{report}");
    match report.is_clean() {
        true => Ok(()),
        false => Err(RunError::CheckFailed("the tree breaks rules of its architecture".into())),
    }
}
