use serde::{Deserialize, Serialize};

use crate::ops::{Segments, SparseMatrix};

/// What an edge counts that several pairs of neighbours make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EdgeWeights {
    /// One, however often the pair occurs (SR-GNN's code).
    #[default]
    Binary,
    /// As many as there are pairs (SR-GNN's paper).
    Count,
}

/// Each history as a directed graph of its distinct items, packed like the histories.
///
/// An item and the one right after it make an edge, also where both are the same. Weights are
/// normalised: those of the edges that leave a node sum to 1, and so do those that arrive (Wu et al.,
/// AAAI 2019, section 3.2). Graphs speak of events by their place, so they need no row numbers.
///
/// ```
/// use seqrec_core::{
///     batch::{EdgeWeights, SessionGraphs},
///     ops::Segments,
/// };
///
/// let graphs = SessionGraphs::new(&[1, 2, 3, 2, 4], &Segments::new([5]), EdgeWeights::Binary);
/// assert_eq!(graphs.nodes_of_events, [0, 1, 2, 1, 3]);
/// assert_eq!(graphs.outgoing.row(1).collect::<Vec<_>>(), [(2, 0.5), (3, 0.5)]);
/// assert_eq!(graphs.incoming.row(1).collect::<Vec<_>>(), [(0, 0.5), (2, 0.5)]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SessionGraphs {
    /// The event at which each node occurs first, `[M]`.
    pub first_events: Vec<u32>,
    /// The node of each event, `[T]`.
    pub nodes_of_events: Vec<u32>,
    /// The edges that arrive at each node, `[M, M]`.
    pub incoming: SparseMatrix,
    /// The edges that leave each node, `[M, M]`.
    pub outgoing: SparseMatrix,
    /// What edges counted before they were normalised.
    pub weights: EdgeWeights,
}

impl SessionGraphs {
    /// The graphs of packed `events`, `[T]`; only which events are equal matters.
    ///
    /// # Panics
    ///
    /// If the segments do not cover the events.
    pub fn new(events: &[u32], segments: &Segments, weights: EdgeWeights) -> Self {
        assert_eq!(events.len(), segments.rows(), "the segments cover all events");
        let mut first_events = Vec::new();
        let mut nodes_of_events = Vec::with_capacity(events.len());
        let mut edges = Vec::with_capacity(events.len());
        for s in 0..segments.count() {
            let start = segments.start(s);
            for (at, first) in first_occurrences(&events[start..][..segments.len(s)]).into_iter().enumerate()
            {
                if first == at {
                    nodes_of_events.push(first_events.len() as u32);
                    first_events.push((start + at) as u32);
                } else {
                    nodes_of_events.push(nodes_of_events[start + first]);
                }
            }
            edges.extend(nodes_of_events[start..].windows(2).map(|pair| (pair[0], pair[1])));
        }
        let nodes = first_events.len();
        let reversed = edges.iter().map(|&(from, to)| (to, from)).collect();
        Self {
            first_events,
            nodes_of_events,
            incoming: adjacency(reversed, nodes, weights),
            outgoing: adjacency(edges, nodes, weights),
            weights,
        }
    }
}

/// For each event of one history, the place where its item occurs first.
fn first_occurrences(events: &[u32]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by_key(|&at| events[at]);
    let mut first = vec![0; events.len()];
    for same in order.chunk_by(|&a, &b| events[a] == events[b]) {
        same.iter().for_each(|&at| first[at] = same[0]);
    }
    first
}

/// (row, column) pairs as a matrix whose rows sum to 1, or to 0 without a pair.
fn adjacency(mut edges: Vec<(u32, u32)>, nodes: usize, weights: EdgeWeights) -> SparseMatrix {
    edges.sort_unstable();
    let mut rows = vec![Vec::new(); nodes];
    for same in edges.chunk_by(|a, b| a == b) {
        let (row, column) = same[0];
        let weight = match weights {
            EdgeWeights::Binary => 1.0,
            EdgeWeights::Count => same.len() as f32,
        };
        rows[row as usize].push((column, weight));
    }
    for row in &mut rows {
        let total: f32 = row.iter().map(|(_, weight)| weight).sum();
        row.iter_mut().for_each(|(_, weight)| *weight /= total);
    }
    SparseMatrix::new(rows, nodes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows(matrix: &SparseMatrix) -> Vec<Vec<(u32, f32)>> {
        (0..matrix.dims()[0]).map(|row| matrix.row(row).collect()).collect()
    }

    #[test]
    fn the_worked_example_and_one_event() {
        let graphs = SessionGraphs::new(&[7, 1, 2, 3, 2, 4], &Segments::new([1, 0, 5]), EdgeWeights::Binary);
        assert_eq!(graphs.first_events, [0, 1, 2, 3, 5]);
        assert_eq!(graphs.nodes_of_events, [0, 1, 2, 3, 2, 4]);
        let outgoing = [vec![], vec![(2, 1.0)], vec![(3, 0.5), (4, 0.5)], vec![(2, 1.0)], vec![]];
        assert_eq!(rows(&graphs.outgoing), outgoing);
        let incoming = [vec![], vec![], vec![(1, 0.5), (3, 0.5)], vec![(2, 1.0)], vec![(2, 1.0)]];
        assert_eq!(rows(&graphs.incoming), incoming);
    }

    #[test]
    fn repeated_pairs_count_where_they_should_and_self_loops_are_edges() {
        let of = |weights| SessionGraphs::new(&[1, 2, 1, 2, 2], &Segments::new([5]), weights);
        let third = 1.0 / 3.0;
        assert_eq!(rows(&of(EdgeWeights::Binary).outgoing), [vec![(1, 1.0)], vec![(0, 0.5), (1, 0.5)]]);
        assert_eq!(rows(&of(EdgeWeights::Binary).incoming), [vec![(1, 1.0)], vec![(0, 0.5), (1, 0.5)]]);
        assert_eq!(rows(&of(EdgeWeights::Count).outgoing), [vec![(1, 1.0)], vec![(0, 0.5), (1, 0.5)]]);
        assert_eq!(
            rows(&of(EdgeWeights::Count).incoming),
            [vec![(1, 1.0)], vec![(0, 2.0 * third), (1, third)]]
        );
    }

    proptest! {
        #[test]
        fn a_batch_holds_the_graphs_of_its_histories(
            histories in prop::collection::vec(prop::collection::vec(1u32..6, 0..9), 1..5),
            counted: bool,
        ) {
            let weights = if counted { EdgeWeights::Count } else { EdgeWeights::Binary };
            let segments = Segments::new(histories.iter().map(Vec::len));
            let graphs = SessionGraphs::new(&histories.concat(), &segments, weights);
            let (mut node, mut event) = (0, 0);
            for history in &histories {
                let alone = SessionGraphs::new(history, &Segments::new([history.len()]), weights);
                for (at, &of) in alone.nodes_of_events.iter().enumerate() {
                    prop_assert_eq!(graphs.nodes_of_events[event + at], node + of);
                    let first = graphs.first_events[(node + of) as usize] as usize - event;
                    prop_assert_eq!(history[first], history[at]);
                }
                for matrix in [(&graphs.incoming, &alone.incoming), (&graphs.outgoing, &alone.outgoing)] {
                    for row in 0..alone.first_events.len() {
                        let expected: Vec<_> =
                            matrix.1.row(row).map(|(column, weight)| (column + node, weight)).collect();
                        let found: Vec<_> = matrix.0.row(node as usize + row).collect();
                        let total: f32 = found.iter().map(|(_, weight)| weight).sum();
                        prop_assert!(found.is_empty() || (total - 1.0).abs() < 1e-6);
                        prop_assert_eq!(found, expected);
                    }
                }
                node += alone.first_events.len() as u32;
                event += history.len();
            }
        }
    }
}
