use super::workspace_root;
use crate::{
    error::{Result, RunError},
    tidy,
};

/// `cargo xtask tidy`.
pub fn run() -> Result<()> {
    let report = tidy::run(&workspace_root())?;
    println!("{report}");
    match report.is_clean() {
        true => Ok(()),
        false => Err(RunError::CheckFailed("the tree breaks rules of its architecture".into())),
    }
}
