use std::path::PathBuf;

/// What can go wrong in the runner.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A recipe could not be read as one.
    #[error("{origin}: {reason}")]
    Recipe {
        /// File or built-in name.
        origin: String,
        /// What is wrong, with the line.
        reason: String,
    },
    /// No such recipe.
    #[error("no recipe is called `{name}`: there are {known}; the path of a .toml file works too")]
    UnknownRecipe {
        /// The name given.
        name: String,
        /// What there is.
        known: String,
    },
    /// An assignment of `--set` does not fit the recipe.
    #[error("--set {given}: {reason}")]
    Set {
        /// As given.
        given: String,
        /// What is wrong.
        reason: String,
    },
    /// Something is missing or contradictory on the command line or in a run's folder.
    #[error("{0}")]
    Usage(String),
    /// The run was stopped by the user and can go on.
    #[error("stopped at step {step}; go on with `{resume}`")]
    Interrupted {
        /// Steps done.
        step: u64,
        /// The command that continues.
        resume: String,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's reason.
        source: std::io::Error,
    },
    /// A data set is nowhere to be found.
    #[error("{error}\n{by_hand}\nhomepage: {homepage}")]
    NotFound {
        /// What was tried.
        error: Box<seqrec_data::fetch::FetchError>,
        /// How to get the files without this program.
        by_hand: String,
        /// The official page.
        homepage: String,
    },
    /// Checks of `tidy` or `ci` failed.
    #[error("{0}")]
    CheckFailed(String),
    /// From the data layer.
    #[error(transparent)]
    Data(#[from] seqrec_data::Error),
    /// From fetching.
    #[error(transparent)]
    Fetch(#[from] seqrec_data::fetch::FetchError),
    /// From the core layer.
    #[error(transparent)]
    Core(#[from] seqrec_core::CoreError),
    /// From training.
    #[error(transparent)]
    Train(#[from] seqrec_train::TrainError),
    /// From evaluation.
    #[error(transparent)]
    Eval(#[from] seqrec_eval::Error),
    /// From the architecture checks.
    #[error(transparent)]
    Tidy(#[from] crate::tidy::TidyError),
}

/// Result of the runner's functions.
pub type Result<T, E = RunError> = std::result::Result<T, E>;
