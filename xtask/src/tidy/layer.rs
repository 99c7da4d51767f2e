//! Which crate may stand on which: the architecture as data.

use super::workspace::{DependencyKind, Package};

/// A library family that only some layers may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Tensors and automatic differentiation.
    Burn,
    /// Data frames.
    Polars,
}

impl Family {
    /// The family that a package belongs to: `burn` and every `burn-*`, likewise for polars.
    pub(super) fn of(package: &str) -> Option<Self> {
        match package.split_once('-').map_or(package, |(stem, _)| stem) {
            "burn" => Some(Self::Burn),
            "polars" => Some(Self::Polars),
            _ => None,
        }
    }
}

/// The place of a package in the architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Layer {
    /// `seqrec-core`: layers, losses and contracts on burn.
    Core,
    /// `seqrec-data`: ingestion on polars.
    Data,
    /// `seqrec-eval`: figures from ranked ids and scores.
    Eval,
    /// Every other library: models.
    Model,
    /// `seqrec-train`: data, models and evaluation brought together.
    Train,
    /// `xtask`, benches: whatever is not a library under `crates/`.
    Tool,
}

impl Layer {
    /// The layer that a package belongs to.
    pub(super) fn of(package: &Package) -> Self {
        if !package.is_library() {
            return Self::Tool;
        }
        match package.name() {
            "seqrec-core" => Self::Core,
            "seqrec-data" => Self::Data,
            "seqrec-eval" => Self::Eval,
            "seqrec-train" => Self::Train,
            _ => Self::Model,
        }
    }

    /// Whether this layer may stand on `other`, another package of the workspace.
    pub(super) fn may_use(self, other: Layer, kind: DependencyKind) -> bool {
        use Layer::{Core, Data, Eval, Model, Tool, Train};
        let dev = kind == DependencyKind::Dev;
        match (self, other) {
            (Tool, _) => true,
            (_, Tool) | (Core | Data | Eval, _) => false,
            (Model, Core) | (Train, Core | Data | Eval) => true,
            (Model, Data | Eval | Train) => dev,
            (Train, Model) => dev,
            (Model, Model) | (Train, Train) => false,
        }
    }

    /// Whether this layer's manifests may name a package of `family`.
    pub(super) fn may_name(self, family: Family) -> bool {
        match self {
            Self::Tool => true,
            Self::Data => family == Family::Polars,
            Self::Core | Self::Model | Self::Train => family == Family::Burn,
            Self::Eval => false,
        }
    }

    /// Whether a consumer of this layer may get `family` through any chain of dependencies.
    pub(super) fn may_reach(self, family: Family) -> bool {
        match self {
            Self::Train => true,
            layer => layer.may_name(family),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_family_is_the_package_and_its_parts() {
        assert_eq!(Family::of("burn"), Some(Family::Burn));
        assert_eq!(Family::of("polars-core"), Some(Family::Polars));
        assert_eq!(Family::of("burner"), None);
        assert_eq!(Family::of("serde-polars"), None);
    }

    #[test]
    fn a_model_may_be_tested_with_the_crates_above_it_but_not_stand_on_them() {
        use DependencyKind::{Build, Dev, Normal};
        for upper in [Layer::Train, Layer::Data, Layer::Eval] {
            assert!(Layer::Model.may_use(upper, Dev));
            assert!(!Layer::Model.may_use(upper, Normal));
            assert!(!Layer::Model.may_use(upper, Build));
        }
        assert!(!Layer::Model.may_use(Layer::Model, Dev));
    }

    #[test]
    fn nothing_stands_on_the_runner() {
        for layer in [Layer::Core, Layer::Data, Layer::Eval, Layer::Model, Layer::Train] {
            assert!(!layer.may_use(Layer::Tool, DependencyKind::Dev), "{layer:?}");
        }
    }
}
