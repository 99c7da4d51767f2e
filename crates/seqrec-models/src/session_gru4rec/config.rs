use burn::tensor::Device;
use seqrec_core::{CoreError, Rng, init::Init, layers::Gru, ops::Reset};
use serde::{Deserialize, Serialize};

use super::{SessionGru4Rec, SessionItems};

/// What the first layer reads of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Embedding {
    /// The vector that user vectors are compared with: one table for both.
    #[default]
    Constrained,
    /// A vector of its own.
    Separate {
        /// Its size.
        dim: usize,
    },
    /// Nothing but which item it is: each item has its own products with the gates.
    OneHot,
}

/// Configuration of [`SessionGru4Rec`]; the defaults are those of the authors' PyTorch version, whose cell
/// with embeddings is [`Reset::After`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SessionGru4RecConfig {
    /// Size of each layer's state; the last one is the size of user vectors. Default: one layer of 100.
    pub layers: Vec<usize>,
    /// What the first layer reads. Default: constrained.
    pub embedding: Embedding,
    /// The cell. `before` is the papers' and the Theano code's, with one bias a gate; `after` is
    /// PyTorch's, with two. Default: `before`.
    pub reset: Reset,
    /// Dropout on what the first layer reads. Default: 0.
    pub dropout_embedding: f64,
    /// Dropout on the states of every layer; what is left goes to the next layer and to the next event.
    /// Default: 0.
    pub dropout_hidden: f64,
}

impl Default for SessionGru4RecConfig {
    fn default() -> Self {
        Self {
            layers: vec![100],
            embedding: Embedding::Constrained,
            reset: Reset::Before,
            dropout_embedding: 0.0,
            dropout_hidden: 0.0,
        }
    }
}

impl SessionGru4RecConfig {
    /// Checks the configuration and makes the model: each gate's matrix Glorot uniform by itself, biases
    /// zero.
    ///
    /// # Errors
    ///
    /// [`CoreError::InvalidConfig`] for no layers, a size of 0, a dropout outside `[0, 1)`, and a dropout
    /// on one-hot inputs.
    pub fn init(&self, rng: &mut Rng, device: &Device) -> Result<SessionGru4Rec, CoreError> {
        self.check()?;
        let glorot = Init::GlorotUniform;
        let mut width = self.input_size();
        let layers = self.layers.iter().enumerate().map(|(at, &hidden)| {
            if at == 0 && self.embedding == Embedding::OneHot {
                width = hidden;
                return Gru::of_products(hidden, self.reset, glorot, rng, device);
            }
            let layer = Gru::new(width, hidden, self.reset, glorot, rng, device);
            width = hidden;
            match self.reset {
                Reset::Before => layer.with_one_bias(),
                Reset::After => layer,
            }
        });
        Ok(SessionGru4Rec { layers: layers.collect(), config: self.clone() })
    }

    /// Checks the configuration and makes the encoder of a catalogue of `items`.
    ///
    /// # Errors
    ///
    /// As [`init`](Self::init), and for an empty catalogue.
    pub fn encoder(&self, items: usize) -> Result<SessionItems, CoreError> {
        self.check()?;
        if items == 0 {
            return Err(invalid("items", "must be positive", 0));
        }
        Ok(SessionItems { config: self.clone(), items })
    }

    /// Width of what the first layer reads.
    pub(super) fn input_size(&self) -> usize {
        match self.embedding {
            Embedding::Constrained => self.user_size(),
            Embedding::Separate { dim } => dim,
            Embedding::OneHot => 3 * self.layers[0],
        }
    }

    /// Width of user vectors.
    pub(super) fn user_size(&self) -> usize {
        self.layers[self.layers.len() - 1]
    }

    fn check(&self) -> Result<(), CoreError> {
        if self.layers.is_empty() || self.layers.contains(&0) {
            let value = format!("{:?}", self.layers);
            return Err(invalid("layers", "must be sizes of at least 1, one a layer", value));
        }
        if self.embedding == (Embedding::Separate { dim: 0 }) {
            return Err(invalid("dim", "must be positive", 0));
        }
        let dropouts =
            [("dropout_embedding", self.dropout_embedding), ("dropout_hidden", self.dropout_hidden)];
        if let Some((field, value)) = dropouts.into_iter().find(|(_, p)| !(0.0..1.0).contains(p)) {
            return Err(invalid(field, "must lie in [0, 1)", value));
        }
        if self.embedding == Embedding::OneHot && self.dropout_embedding > 0.0 {
            let rule = "must be 0 for one-hot inputs, which have no vector";
            return Err(invalid("dropout_embedding", rule, self.dropout_embedding));
        }
        Ok(())
    }
}

fn invalid(field: &'static str, rule: &'static str, value: impl ToString) -> CoreError {
    CoreError::InvalidConfig { field, rule, value: value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::{Backend, testing};

    #[test]
    fn what_cannot_be_built_is_refused_by_name() {
        let base = SessionGru4RecConfig::default();
        let device = Backend::default().device().unwrap();
        for (config, name) in [
            (SessionGru4RecConfig { layers: vec![], ..base.clone() }, "layers"),
            (SessionGru4RecConfig { layers: vec![5, 0], ..base.clone() }, "layers"),
            (SessionGru4RecConfig { embedding: Embedding::Separate { dim: 0 }, ..base.clone() }, "dim"),
            (SessionGru4RecConfig { dropout_hidden: 1.0, ..base.clone() }, "dropout_hidden"),
            (
                SessionGru4RecConfig { embedding: Embedding::OneHot, dropout_embedding: 0.1, ..base.clone() },
                "dropout_embedding",
            ),
        ] {
            let error = config.init(&mut testing::rng(), &device).unwrap_err().to_string();
            assert!(error.contains(name), "{error}");
            assert!(config.encoder(3).is_err());
        }
        assert!(base.encoder(0).is_err());
    }
}
