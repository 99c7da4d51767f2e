use std::path::PathBuf;

/// What can go wrong while training, evaluating or serving.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TrainError {
    /// A rule of `seqrec-core` was broken.
    #[error(transparent)]
    Core(#[from] seqrec_core::CoreError),
    /// A rule of `seqrec-data` was broken.
    #[error(transparent)]
    Data(#[from] seqrec_data::Error),
    /// A rule of `seqrec-eval` was broken.
    #[error(transparent)]
    Eval(#[from] seqrec_eval::Error),
    /// A training configuration breaks a rule.
    #[error("invalid training configuration: {field} {rule}, but is {value}")]
    InvalidConfig {
        /// The field, as written in the configuration.
        field: &'static str,
        /// The rule, as in "must be positive".
        rule: &'static str,
        /// The value found.
        value: String,
    },
    /// No user has enough events to make an example of.
    #[error(
        "nothing to train on: none of the {users} training users has {events} events (history and target)"
    )]
    NothingToTrain {
        /// Number of training users.
        users: usize,
        /// Events that one example needs.
        events: usize,
    },
    /// The early-stopping metric is not among those that validation computes.
    #[error("the monitored metric `{monitor}` is not computed; there are {available}")]
    UnknownMonitor {
        /// The metric asked for.
        monitor: String,
        /// Comma-separated names of what is there.
        available: String,
    },
    /// A model is to read an item field that the data lacks.
    #[error("the data has no item field `{field}`: there are {available}")]
    UnknownField {
        /// The field asked for.
        field: String,
        /// Comma-separated names of what is there.
        available: String,
    },
    /// The loss or a parameter stopped being a number.
    #[error(
        "training diverged at step {step}: `{tensor}` is not finite (learning rate {learning_rate}); \
         the last good checkpoint is untouched"
    )]
    Diverged {
        /// The step whose loss or update went wrong.
        step: u64,
        /// Path of the first tensor that holds a NaN or infinity.
        tensor: String,
        /// The learning rate in force.
        learning_rate: f64,
    },
    /// A checkpoint file could not be read or written; the previous checkpoint is untouched.
    #[error("checkpoint {path}: {reason}")]
    Checkpoint {
        /// The file or folder.
        path: PathBuf,
        /// What went wrong.
        reason: String,
    },
    /// The checkpoint belongs to another run.
    #[error("checkpoint {path} belongs to another run: {what} was {found}, now {expected}")]
    OtherRun {
        /// The checkpoint.
        path: PathBuf,
        /// What differs.
        what: String,
        /// The checkpoint's value.
        found: String,
        /// This run's value.
        expected: String,
    },
    /// A history holds an id that is not in the catalogue.
    #[error("unknown item {id}: ids run from 1 to {items}")]
    UnknownItem {
        /// The id.
        id: u32,
        /// Number of items.
        items: usize,
    },
    /// A model gave scores that have no order.
    #[error("the scores of user {user} of the block are not finite: the model is broken")]
    NonFiniteScores {
        /// Position of the user in the block.
        user: usize,
    },
    /// The loader's thread ended without giving its batches.
    #[error("the loader stopped early")]
    LoaderStopped,
}
