use crate::Backend;

/// What can go wrong in `seqrec-core`; each variant names the rule that was broken.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CoreError {
    /// The name is none of the known backends.
    #[error("unknown backend `{name}`: known backends are flex, ndarray and wgpu")]
    UnknownBackend {
        /// The name as given.
        name: String,
    },
    /// The backend is known, but this binary was built without it.
    #[error(
        "backend `{backend}` is not compiled in: build with `--features {backend}` (compiled in: {compiled})"
    )]
    BackendNotCompiled {
        /// The backend asked for.
        backend: Backend,
        /// Comma-separated names of those that are there.
        compiled: String,
    },
    /// The backend is compiled in, but the machine has nothing to run it on.
    #[error("backend `{backend}` found no usable device: {reason}")]
    NoDevice {
        /// The backend asked for.
        backend: Backend,
        /// What the driver said.
        reason: String,
    },
    /// A configuration value breaks a rule.
    #[error("invalid configuration: {field} {rule}, but is {value}")]
    InvalidConfig {
        /// The field, as written in the configuration.
        field: &'static str,
        /// The rule, as in "must be positive".
        rule: &'static str,
        /// The value found.
        value: String,
    },
    /// An item id lies outside the catalogue.
    #[error("item id {id} is outside the catalogue of {items} items (ids 1 to {items}, 0 is padding)")]
    ItemOutOfRange {
        /// The id.
        id: u32,
        /// Number of real items.
        items: usize,
    },
    /// More distinct negatives were asked for than there are items.
    #[error("{asked} distinct negatives asked for, but the catalogue has {items} items")]
    TooManyNegatives {
        /// Number asked for.
        asked: usize,
        /// Number of real items.
        items: usize,
    },
    /// A feature of items breaks a rule.
    #[error("item feature `{name}` {rule}")]
    Feature {
        /// Its name.
        name: String,
        /// What is wrong with it.
        rule: String,
    },
    /// A parameter of the module is not in the file, or has another shape there.
    #[error("weights: {0}")]
    Weights(String),
    /// The optimizer's state could not be decoded.
    #[error("optimizer state: {0}")]
    OptimizerState(String),
}
