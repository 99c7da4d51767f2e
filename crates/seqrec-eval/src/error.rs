//! The crate's one error type: each variant names the rule that was broken.

/// Why an input was refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A fault in the input of one user; the source says which rule it broke.
    #[error("user {user}: {source}")]
    User {
        /// The user whose input was refused.
        user: u32,
        /// The rule that was broken.
        source: Box<Error>,
    },
    /// Id 0 is padding and stands for no item.
    #[error("{place} contains id 0, which is padding and no item")]
    Pad {
        /// Which list holds the padding.
        place: &'static str,
    },
    /// Every id must be a row of the catalogue.
    #[error("{place} contains item {item}, but the catalogue ends at {last}")]
    UnknownItem {
        /// Which list holds the item.
        place: &'static str,
        /// The unknown id.
        item: u32,
        /// The largest id of the catalogue.
        last: u32,
    },
    /// A ranked or candidate list names each item once.
    #[error("{place} contains item {item} more than once")]
    DuplicateItem {
        /// Which list repeats the item.
        place: &'static str,
        /// The repeated id.
        item: u32,
    },
    /// A recommender has to recommend something.
    #[error("the ranked list is empty, so figures about it are undefined")]
    EmptyRanking,
    /// Without a relevant item there is nothing to find.
    #[error("the ground truth is empty, so accuracy is undefined")]
    EmptyTruth,
    /// A user is averaged once.
    #[error("the user was observed more than once")]
    DuplicateUser,

    /// At least one cut-off is needed.
    #[error("the configuration names no cut-off")]
    NoCutoffs,
    /// A cut-off counts list places, from 1 on.
    #[error("the configuration contains the cut-off 0")]
    ZeroCutoff,
    /// A cut-off is computed once.
    #[error("the configuration contains the cut-off {0} more than once")]
    DuplicateCutoff(usize),
    /// At least one metric is needed.
    #[error("the configuration names no metric")]
    NoMetrics,
    /// A metric is computed once.
    #[error("the configuration contains the metric `{0}` more than once")]
    DuplicateMetric(&'static str),
    /// The name is none of the known metrics.
    #[error("unknown metric `{0}`")]
    UnknownMetric(String),
    /// The head is a real part of the interactions.
    #[error("the head share must lie strictly between 0 and 1, got {0}")]
    HeadShare(f64),
    /// A metric needs data that the catalogue was built without.
    #[error("the metric `{metric}` needs {needs}, which the catalogue lacks")]
    MissingData {
        /// The metric asked for.
        metric: &'static str,
        /// What has to be attached to the catalogue.
        needs: &'static str,
    },
    /// Only evaluators of one configuration and one catalogue can be merged.
    #[error("the evaluators differ in {0} and cannot be merged")]
    MergeMismatch(&'static str),

    /// A catalogue holds at least one real item beside the padding row.
    #[error("the catalogue holds no item")]
    EmptyCatalogue,
    /// Row 0 is padding and was never interacted with.
    #[error("row 0 is padding, but it counts {0} interactions")]
    PadCounted(u64),
    /// Popularity is undefined when nobody interacted with anything.
    #[error("the catalogue counts no train interaction, so popularity is undefined")]
    NoInteractions,
    /// No item can have more users than there are.
    #[error("item {item} has {users} users, but there are only {total}")]
    TooManyUsers {
        /// The item.
        item: u32,
        /// Its number of users.
        users: u64,
        /// The number of all users.
        total: u64,
    },
    /// Side data has one row for every row of the catalogue, padding included.
    #[error("{what} has {got} rows, the catalogue has {expected} (padding row included)")]
    RowCount {
        /// The side data.
        what: &'static str,
        /// Its number of rows.
        got: usize,
        /// The number of rows of the catalogue.
        expected: usize,
    },
    /// Offsets start at 0, never fall, and end at the number of values.
    #[error("the category offsets are not those of a compressed sparse row layout")]
    Offsets,
    /// Category 0 stands for "no category" and is left out of a list.
    #[error("item {0} lists category 0; leave the list empty for \"no category\"")]
    PadCategory(u32),
    /// A table of vectors is a whole number of rows of finite numbers.
    #[error("{got} values are no table of finite vectors of length {dim}")]
    Vectors {
        /// The length of one vector.
        dim: usize,
        /// The number of values given.
        got: usize,
    },

    /// Scores that are compared or added have to be finite numbers.
    #[error("the score at position {position} is {score}, not a usable number")]
    Score {
        /// Where in the input it stands.
        position: usize,
        /// The score.
        score: f32,
    },
    /// The target is one of the scored items.
    #[error("the target {target} is not one of the {scores} scores")]
    Target {
        /// Position of the target.
        target: usize,
        /// Number of scores.
        scores: usize,
    },
    /// The weight of diversity is zero or more; infinity only where that is defined.
    #[error("the diversity weight lambda must be a number of at least 0, got {0}")]
    Lambda(f32),

    /// Parallel arrays have one length.
    #[error("{left} has {left_len} entries, {right} has {right_len}")]
    LengthMismatch {
        /// The first array.
        left: &'static str,
        /// Its length.
        left_len: usize,
        /// The second array.
        right: &'static str,
        /// Its length.
        right_len: usize,
    },
    /// A mean needs at least one sample.
    #[error("there are no samples")]
    NoSamples,
    /// A probability lies between 0 and 1.
    #[error("the probability at position {position} is {value}")]
    Probability {
        /// Where in the input it stands.
        position: usize,
        /// The value.
        value: f32,
    },

    /// Resampling needs at least one resample.
    #[error("the bootstrap needs at least one resample")]
    NoResamples,
    /// The level of an interval lies strictly between 0 and 1.
    #[error("the level of an interval must lie strictly between 0 and 1, got {0}")]
    Level(f64),
    /// The spread over users is undefined for fewer than two users.
    #[error("the bootstrap needs at least two users, got {0}")]
    TooFewUsers(usize),
    /// A value to be averaged has to be finite.
    #[error("the value at position {position} is {value}, which cannot be averaged")]
    Value {
        /// Where in the input it stands.
        position: usize,
        /// The value.
        value: f64,
    },
    /// A paired comparison looks at the same users in both runs.
    #[error("the two runs evaluated different users and cannot be paired")]
    DifferentUsers,
    /// The report has no values per user under that name.
    #[error("the report has no values per user for `{0}`")]
    NotPerUser(String),
}

impl Error {
    /// Says whose input broke the rule.
    pub(crate) fn of_user(self, user: u32) -> Self {
        Self::User { user, source: Box::new(self) }
    }
}

/// The result type of the crate.
pub type Result<T> = std::result::Result<T, Error>;
