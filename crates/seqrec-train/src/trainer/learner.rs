use burn::{
    module::Module,
    optim::GradientsParams,
    tensor::{Device, Tensor},
};
use seqrec_core::{
    Network, Seed, StepContext, Stream,
    batch::Rows,
    items::{ItemEncoder, ItemTable, ItemVectors},
    optim::{DenseOptimizer, RowOptimizer},
    params,
};

use super::OptimizerConfig;
use crate::{Result, TrainError};

/// A model and the encoder that feeds it.
#[derive(Module, Debug)]
pub struct Net<M: Network, E: Network> {
    /// The retriever or ranker.
    pub model: M,
    /// Turns item rows into vectors.
    pub encoder: E,
}

/// A model in training: dense parameters, item tables and the state of their optimizers.
pub struct Learner<M: Network, E: Network> {
    net: Net<M, E>,
    tables: Vec<ItemTable>,
    optimizer: DenseOptimizer,
    row_optimizers: Vec<RowOptimizer>,
    carried: Vec<Tensor<2>>,
    config: OptimizerConfig,
    learning_rate: f64,
    items: usize,
    device: Device,
}

impl<M: Network, E: ItemEncoder> Learner<M, E> {
    /// Fresh tables and optimizers for `model` and `encoder` on a catalogue of `items`.
    ///
    /// `device` needs no autodiff; `model` and `encoder` must have been made on
    /// [`training_device`](Self::training_device) of it.
    ///
    /// # Errors
    ///
    /// Those of [`OptimizerConfig::check`].
    pub fn new(
        model: M,
        encoder: E,
        items: usize,
        config: OptimizerConfig,
        seed: Seed,
        device: &Device,
    ) -> Result<Self> {
        config.check()?;
        let device = device.clone().inner();
        // Stream index 0 belongs to the dense parameters, one further index to each table.
        let tables: Vec<_> = (1..)
            .zip(encoder.tables())
            .map(|(index, table)| ItemTable::new(&table, items, &mut seed.rng(Stream::Init, index), &device))
            .collect();
        let row_optimizers =
            tables.iter().map(|table| RowOptimizer::new(config.rule, config.rows, table)).collect();
        Ok(Self {
            net: Net { model, encoder },
            tables,
            optimizer: DenseOptimizer::new(config.rule),
            row_optimizers,
            carried: Vec::new(),
            config,
            learning_rate: config.learning_rate,
            items,
            device,
        })
    }

    /// The device that models in training are made on.
    pub fn training_device(device: &Device) -> Device {
        device.clone().autodiff()
    }

    /// The device, without autodiff.
    pub fn device(&self) -> &Device {
        &self.device
    }

    /// Number of real items.
    pub fn items(&self) -> usize {
        self.items
    }

    /// Trains at `learning_rate` from the next step on. [`fit`](super::fit) sets what the configured decay
    /// says.
    pub fn set_learning_rate(&mut self, learning_rate: f64) {
        self.learning_rate = learning_rate;
    }

    /// The model and encoder in training.
    pub fn net(&self) -> &Net<M, E> {
        &self.net
    }

    /// The item tables.
    pub fn tables(&self) -> &[ItemTable] {
        &self.tables
    }

    /// What the last step left for the next one, outside autodiff: states of sessions that go on. A part
    /// of checkpoints.
    pub fn carried(&self) -> &[Tensor<2>] {
        &self.carried
    }

    /// Leaves `carried` for the next step.
    pub fn carry(&mut self, carried: Vec<Tensor<2>>) {
        self.carried = carried;
    }

    /// A frozen copy for evaluation and serving: model, encoder and vectors of all items.
    pub fn frozen(&self) -> (M, ItemVectors) {
        let net = self.net.valid();
        let rows = Rows::all(self.items);
        let tables: Vec<_> = self.tables.iter().map(ItemTable::weights).collect();
        let vectors = net.encoder.encode(&tables, rows.ids(), &mut StepContext::inference());
        (net.model, vectors)
    }

    /// One step: `loss` of the vectors of `rows`, backward, update. Returns the loss. Encoder and loss draw
    /// from `context`, in this order.
    ///
    /// # Errors
    ///
    /// [`TrainError::Diverged`] if the loss is not finite; nothing is updated then.
    pub fn step(
        &mut self,
        rows: &Rows,
        step: u64,
        context: &mut StepContext,
        loss: impl FnOnce(&Net<M, E>, &ItemVectors, &mut StepContext) -> Tensor<1>,
    ) -> Result<f32> {
        let leaves: Vec<_> = self.tables.iter().map(|table| table.leaf(rows)).collect();
        let vectors = self.net.encoder.encode(&leaves, rows.ids(), context);
        let loss = loss(&self.net, &vectors, context);
        let value = loss.clone().into_scalar::<f32>();
        if !value.is_finite() {
            return Err(self.diverged(step));
        }
        let mut gradients = loss.backward();
        let row_gradients: Vec<_> = leaves.iter().map(|leaf| leaf.grad_remove(&mut gradients)).collect();
        // Let go of the leaves before the update, so that a table can be changed in place.
        drop((leaves, vectors));

        let gradients = GradientsParams::from_grads(gradients, &self.net);
        let learning_rate = self.learning_rate;
        self.net = self.optimizer.step(self.net.clone(), gradients, learning_rate);
        let tables = self.tables.iter_mut().zip(&mut self.row_optimizers);
        for ((table, optimizer), gradient) in tables.zip(row_gradients) {
            // No gradient: the encoder does not read this table.
            if let Some(gradient) = gradient {
                optimizer.step(table, rows, gradient, learning_rate);
            }
        }
        Ok(value)
    }

    /// Checks that every parameter and table is finite.
    ///
    /// # Errors
    ///
    /// [`TrainError::Diverged`] naming the first tensor that is not.
    pub fn check_finite(&self, step: u64) -> Result<()> {
        match self.first_non_finite() {
            Some(_) => Err(self.diverged(step)),
            None => Ok(()),
        }
    }

    fn diverged(&self, step: u64) -> TrainError {
        let tensor = self.first_non_finite().unwrap_or_else(|| "loss".into());
        TrainError::Diverged { step, tensor, learning_rate: self.learning_rate }
    }

    fn first_non_finite(&self) -> Option<String> {
        let finite = |table: &ItemTable| table.weights().is_finite().all().into_scalar::<bool>();
        params::first_non_finite(&self.net.valid()).or_else(|| {
            self.tables.iter().find(|table| !finite(table)).map(|table| format!("table.{}", table.name()))
        })
    }

    pub(crate) fn optimizers(&self) -> (&DenseOptimizer, &[RowOptimizer]) {
        (&self.optimizer, &self.row_optimizers)
    }

    pub(crate) fn replace(
        &mut self,
        net: Net<M, E>,
        tables: Vec<ItemTable>,
        optimizer: DenseOptimizer,
        row_optimizers: Vec<RowOptimizer>,
    ) {
        self.net = net;
        self.tables = tables;
        self.optimizer = optimizer;
        self.row_optimizers = row_optimizers;
    }

    pub(crate) fn config(&self) -> OptimizerConfig {
        self.config
    }
}
