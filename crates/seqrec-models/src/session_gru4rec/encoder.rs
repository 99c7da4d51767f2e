use burn::{module::Module, tensor::Tensor};
use seqrec_core::{
    StepContext,
    init::Init,
    items::{ItemEncoder, ItemVectors, TableConfig},
};

use super::{Embedding, SessionGru4RecConfig};

/// Item vectors of [`SessionGru4Rec`](super::SessionGru4Rec): what its first layer reads, what user vectors
/// are compared with, and a bias for each item.
///
/// A step updates the rows of its batch in every table. With momentum, a row that only one table needs
/// repeats its last change in the others.
#[derive(Module, Debug)]
pub struct SessionItems {
    #[module(skip)]
    pub(super) config: SessionGru4RecConfig,
    #[module(skip)]
    pub(super) items: usize,
}

impl SessionItems {
    /// `U(-a, a)`, `a = sqrt(6 / (items + width))`; with several matrices side by side, `width` is one's.
    fn init(&self, width: usize) -> Init {
        Init::Uniform { bound: (6.0 / (self.items + width) as f32).sqrt() }
    }
}

impl ItemEncoder for SessionItems {
    fn tables(&self) -> Vec<TableConfig> {
        let user = self.config.user_size();
        let table = |name: &str, width, init| TableConfig { name: name.into(), width, init };
        let mut tables =
            vec![table("output", user, self.init(user)), table("bias", 1, Init::Constant { value: 0.0 })];
        let width = self.config.input_size();
        match self.config.embedding {
            Embedding::Constrained => {}
            Embedding::Separate { .. } => tables.push(table("input", width, self.init(width))),
            Embedding::OneHot => tables.push(table("input", width, self.init(width / 3))),
        }
        tables
    }

    fn encode(&self, rows: &[Tensor<2>], _ids: &[u32], _: &mut StepContext) -> ItemVectors {
        let (output, bias) = (rows[0].clone(), rows[1].clone());
        let [count, _] = bias.dims();
        let input = rows.get(2).unwrap_or(&output).clone();
        ItemVectors { input, output, bias: Some(bias.reshape([count])) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_as_wide_as_their_mode_asks_and_bounded_gate_by_gate() {
        for (embedding, expected) in [
            (Embedding::Constrained, vec![("output", 5, 0.5), ("bias", 1, 0.0)]),
            (
                Embedding::Separate { dim: 31 },
                vec![("output", 5, 0.5), ("bias", 1, 0.0), ("input", 31, 0.3464)],
            ),
            (Embedding::OneHot, vec![("output", 5, 0.5), ("bias", 1, 0.0), ("input", 93, 0.3464)]),
        ] {
            let layers = if embedding == Embedding::OneHot { vec![31, 5] } else { vec![7, 5] };
            let config = SessionGru4RecConfig { layers, embedding, ..Default::default() };
            let tables = config.encoder(19).unwrap().tables();
            for (table, (name, width, bound)) in tables.iter().zip(&expected) {
                assert_eq!((table.name.as_str(), table.width), (*name, *width));
                let found = match table.init {
                    Init::Uniform { bound } => bound,
                    _ => 0.0,
                };
                assert!((found - bound).abs() < 1e-4, "{name}: {found} {bound}");
            }
            assert_eq!(tables.len(), expected.len());
        }
    }
}
