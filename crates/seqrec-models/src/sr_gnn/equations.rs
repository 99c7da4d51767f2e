//! The equations of the specification on dense matrices, one session at a time.

use seqrec_core::{
    Backend, Retriever as _, StepContext,
    batch::EdgeWeights,
    params::{self, HostTensor},
    testing,
};

use super::{Readout, SrGnn, SrGnnConfig};

type Rows = Vec<Vec<f32>>;

fn product(a: &Rows, b: &Rows) -> Rows {
    let entry = |row: &Vec<f32>, j: usize| row.iter().zip(b).map(|(x, row)| x * row[j]).sum();
    a.iter().map(|row| (0..b[0].len()).map(|j| entry(row, j)).collect()).collect()
}

fn plus(a: &Rows, bias: &[f32]) -> Rows {
    a.iter().map(|row| row.iter().zip(bias).map(|(x, b)| x + b).collect()).collect()
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

struct Weights(std::collections::BTreeMap<String, HostTensor>);

impl Weights {
    fn vector(&self, path: &str) -> &[f32] {
        &self.0[path].values
    }

    fn matrix(&self, path: &str) -> Rows {
        let tensor = &self.0[path];
        tensor.values.chunks(tensor.shape[1]).map(<[f32]>::to_vec).collect()
    }

    fn linear(&self, path: &str, x: &Rows) -> Rows {
        plus(&product(x, &self.matrix(&format!("{path}.weight"))), self.vector(&format!("{path}.bias")))
    }
}

/// `A_out` of a session over its `nodes`; of the reversed session it is `A_in`.
fn adjacency(session: &[u32], nodes: &[u32], weights: EdgeWeights) -> Rows {
    let mut matrix = vec![vec![0.0; nodes.len()]; nodes.len()];
    let node = |item| nodes.iter().position(|&node| node == item).unwrap();
    for pair in session.windows(2) {
        let entry: &mut f32 = &mut matrix[node(pair[0])][node(pair[1])];
        *entry = match weights {
            EdgeWeights::Binary => 1.0,
            EdgeWeights::Count => *entry + 1.0,
        };
    }
    for row in &mut matrix {
        let total: f32 = row.iter().sum();
        row.iter_mut().filter(|_| total > 0.0).for_each(|entry| *entry /= total);
    }
    matrix
}

fn interest(model: &SrGnn, table: &Rows, session: &[u32]) -> Vec<f32> {
    let (weights, config) = (Weights(params::export(model)), &model.config);
    let d = config.dim;
    let mut nodes = session.to_vec();
    nodes.sort_unstable();
    nodes.dedup();
    let reversed: Vec<u32> = session.iter().rev().copied().collect();
    let a_in = adjacency(&reversed, &nodes, config.edges);
    let a_out = adjacency(session, &nodes, config.edges);

    let mut v: Rows = nodes.iter().map(|&item| table[item as usize].clone()).collect();
    for _ in 0..config.steps {
        let side = |a: &Rows, name: &str| {
            let sum = product(a, &weights.linear(&format!("propagation.{name}"), &v));
            plus(&sum, weights.vector(&format!("propagation.{name}_bias")))
        };
        let m: Rows = std::iter::zip(side(&a_in, "incoming"), side(&a_out, "outgoing"))
            .map(|(incoming, outgoing)| [incoming, outgoing].concat())
            .collect();
        let (x, p) = (weights.linear("propagation.message", &m), weights.linear("propagation.state", &v));
        for (v, (x, p)) in v.iter_mut().zip(x.iter().zip(&p)) {
            for i in 0..d {
                let r = sigmoid(x[i] + p[i]);
                let z = sigmoid(x[d + i] + p[d + i]);
                let n = (x[2 * d + i] + r * p[2 * d + i]).tanh();
                v[i] = (1.0 - z) * v[i] + z * n;
            }
        }
    }

    let state = |item: &u32| v[nodes.iter().position(|node| node == item).unwrap()].clone();
    let s: Rows = session.iter().map(state).collect();
    let last = s[s.len() - 1].clone();
    let of_last = weights.linear("attention.last", &vec![last.clone()]);
    let mut summary = vec![0.0; d];
    for (s, of_event) in s.iter().zip(weights.linear("attention.event", &s)) {
        let hidden = of_event.iter().zip(&of_last[0]).map(|(a, b)| sigmoid(a + b));
        let score: f32 = hidden.zip(weights.vector("attention.score")).map(|(a, q)| a * q).sum();
        summary.iter_mut().zip(s).for_each(|(sum, s)| *sum += score * s);
    }
    match config.readout {
        Readout::Hybrid => weights.linear("output", &vec![[summary, last].concat()]).remove(0),
        Readout::Nonhybrid => summary,
    }
}

#[test]
fn the_packed_model_equals_them() {
    let device = Backend::default().device().unwrap();
    for (steps, edges, readout) in [
        (1, EdgeWeights::Binary, Readout::Hybrid),
        (3, EdgeWeights::Count, Readout::Hybrid),
        (2, EdgeWeights::Binary, Readout::Nonhybrid),
    ] {
        let config = SrGnnConfig { dim: 5, steps, edges, readout };
        let model = config.init(&mut testing::rng(), &device).unwrap();
        let sessions: [&[u32]; 4] = [&[1, 2, 3, 2, 4], &[5], &[7, 8, 7, 8, 7, 7, 9], &[6, 6]];
        let (items, histories) = testing::retriever_input(5, &sessions, 7, &device);
        let table: Rows =
            items.input.to_data().try_to_vec::<f32>().unwrap().chunks(5).map(<[f32]>::to_vec).collect();
        let interests = model.interests(&histories, &items, &mut StepContext::inference()).vectors;
        let interests = interests.into_data().try_to_vec::<f32>().unwrap();
        for (session, ours) in sessions.iter().zip(interests.chunks(5)) {
            let difference = testing::max_difference(ours, &interest(&model, &table, session));
            assert!(difference < 1e-5, "{config:?} {session:?}: {difference}");
        }
    }
}
