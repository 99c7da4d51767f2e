use burn::tensor::Tensor;
use rayon::prelude::*;
use seqrec_core::{
    items::ItemVectors,
    ops::{HostValues, Matrix, MatrixMut, Panels, dispatch, multiply},
};
use seqrec_eval::{Candidates, Scored, TopLists, TopN};

use crate::{Result, TrainError};

/// Interest vectors of some users, with the depth of the list that each wants.
#[derive(Clone, Debug)]
pub struct UserVectors {
    /// `[B, K, d]`.
    pub interests: Tensor<3>,
    /// Which interests count, `[B, K]` row-major; `None` where all do.
    pub mask: Option<Vec<bool>>,
    /// Length of each user's candidate list per interest, `[B]`.
    pub depths: Vec<usize>,
}

/// Exact search by inner product over all items, in blocks.
///
/// Scores are computed for a block of items at a time and only each list's best are kept, so memory
/// does not grow with users times items. Ties go to the lower id. Neither the blocks nor the users
/// that are searched for together change the result.
#[derive(Clone, Debug)]
pub struct Searcher {
    output: Tensor<2>,
    bias: Option<Vec<f32>>,
    block: usize,
    panels: Option<Panels>,
}

/// Queries and items whose scores are computed together: as many as a core's own cache holds.
const QUERIES: usize = 256;
const ITEMS: usize = 512;

/// Fewer items than this do not make a block of their own: the matrix kernel adds up small products
/// in another order.
const LEAST_ITEMS: usize = 64;

/// Queries are filled up to a multiple of this, the width of vectors, for the same reason.
const LANES: usize = 16;

/// Up to as many queries go over panels, where those are kept: less work than filling up.
const FEW: usize = 8;

impl Searcher {
    /// Searches the output vectors of `items`. On a device whose memory is not the host's, `block`
    /// items are scored at a time.
    pub fn new(items: &ItemVectors, block: usize) -> Self {
        let bias = items.bias.clone().map(|bias| bias.into_data().try_to_vec::<f32>().expect("bias is f32"));
        Self { output: items.output.clone().without_autodiff(), bias, block: block.max(1), panels: None }
    }

    /// The same for searches of single users: keeps a second copy of the item vectors, laid out so that
    /// one query, or a few, costs one pass over them. Results are the same to the bit.
    pub fn for_requests(items: &ItemVectors, block: usize) -> Self {
        let searcher = Self::new(items, block);
        let [_, d] = searcher.output.dims();
        let panels = HostValues::of(searcher.output.clone()).and_then(|values| Panels::new(&values, d));
        Self { panels, ..searcher }
    }

    /// The candidates of each user: the best of every interest, merged by the largest score.
    ///
    /// # Errors
    ///
    /// [`TrainError::NonFiniteScores`] if a score is NaN or infinite: the model is broken.
    pub fn search(&self, users: UserVectors) -> Result<Vec<Candidates>> {
        let [batch, interests, d] = users.interests.dims();
        let queries = users.interests.without_autodiff().reshape([batch * interests, d]);
        let depths: Vec<usize> = (0..batch * interests).map(|row| users.depths[row / interests]).collect();
        let lists = match (HostValues::of(queries.clone()), HostValues::of(self.output.clone())) {
            (Some(queries), Some(items)) => match &self.panels {
                Some(panels) if depths.len() <= FEW => self.in_panels(panels, &queries, d, &depths),
                _ => self.on_host(&queries, &items, d, &depths),
            },
            _ => self.on_device(queries, &depths),
        };
        if let Some(row) = lists.iter().position(|list| list.nan_count() > 0) {
            return Err(TrainError::NonFiniteScores { user: row / interests });
        }
        let lists: Vec<Vec<Scored>> = lists.into_par_iter().map(TopN::into_sorted).collect();
        lists
            .par_chunks(interests)
            .enumerate()
            .map(|(user, lists)| {
                let counted = lists.iter().enumerate().filter(|(interest, _)| {
                    users.mask.as_ref().is_none_or(|mask| mask[user * interests + interest])
                });
                Ok(Candidates::merge(counted.map(|(_, list)| list))?)
            })
            .collect()
    }

    /// One pass over the items, each thread over its share of the panels.
    fn in_panels(&self, panels: &Panels, queries: &[f32], d: usize, depths: &[usize]) -> Vec<TopN> {
        let empty = || depths.iter().map(|&depth| TopN::new(depth)).collect::<Vec<_>>();
        let share = panels.count().div_ceil(rayon::current_num_threads()).max(1);
        let of_share = |start: usize| {
            let mut lists = empty();
            dispatch(
                #[inline(always)]
                || {
                    for panel in start..panels.count().min(start + share) {
                        let rows = panels.rows(panel);
                        for (query, list) in queries.chunks_exact(d).zip(&mut lists) {
                            let mut scores = panels.multiply(panel, query);
                            let scores = &mut scores[..rows.len()];
                            if let Some(bias) = &self.bias {
                                let pairs = scores.iter_mut().zip(&bias[rows.clone()]);
                                pairs.for_each(|(score, bias)| *score += bias);
                            }
                            list.push_block(rows.start as u32, scores);
                        }
                    }
                },
            );
            lists
        };
        let shares = (0..panels.count()).into_par_iter().step_by(share).map(of_share);
        let merged = shares.reduce_with(|mut lists, others| {
            lists.iter_mut().zip(others).for_each(|(list, other)| list.merge(other));
            lists
        });
        merged.unwrap_or_else(empty)
    }

    /// Scores and lists in one pass: a tile of scores is read while the cache still holds it.
    fn on_host(&self, queries: &[f32], items: &[f32], d: usize, depths: &[usize]) -> Vec<TopN> {
        let rows = items.len() / d;
        let blocks = depths.par_chunks(QUERIES).zip(queries.par_chunks(QUERIES * d));
        let shares = rayon::current_num_threads().div_ceil(blocks.len().max(1));
        let share = rows.div_ceil(shares).next_multiple_of(ITEMS);
        let lists = blocks.flat_map_iter(|(depths, queries)| {
            let filled = match rows > LEAST_ITEMS {
                true => depths.len().next_multiple_of(LANES),
                false => QUERIES,
            };
            let queries = transposed(queries, d, filled);
            (1..rows)
                .into_par_iter()
                .step_by(share)
                .map(|start| {
                    let mut lists = TopLists::new(depths);
                    self.share(&queries, items, d, start..rows.min(start + share), &mut lists);
                    lists
                })
                .reduce_with(|mut lists, others| {
                    lists.merge(others);
                    lists
                })
                .unwrap_or_else(|| TopLists::new(depths))
                .into_lists()
        });
        lists.collect()
    }

    /// Offers the items of `share` to the lists of a block of `queries`, `[d, queries]`.
    fn share(
        &self,
        queries: &[f32],
        items: &[f32],
        d: usize,
        share: std::ops::Range<usize>,
        lists: &mut TopLists,
    ) {
        let count = queries.len() / d;
        let mut tile = Vec::new();
        let mut from = share.start;
        while from < share.end {
            let left = share.end - from;
            let width = if left < ITEMS + LEAST_ITEMS { left } else { ITEMS };
            tile.resize(width * count, 0.0);
            let block = Matrix::new(&items[from * d..][..width * d], width, d);
            let out = MatrixMut::new(&mut tile, width, count);
            multiply(out, block, Matrix::new(queries, d, count), 1.0, false);
            if let Some(bias) = &self.bias {
                let rows = tile.chunks_exact_mut(count).zip(&bias[from..]);
                rows.for_each(|(scores, bias)| scores.iter_mut().for_each(|score| *score += bias));
            }
            dispatch(
                #[inline(always)]
                || {
                    for (scores, item) in tile.chunks_exact(count).zip(from as u32..) {
                        lists.push(item, scores);
                    }
                },
            );
            from += width;
        }
    }

    /// Scores of a block of items on the device, lists on the host.
    fn on_device(&self, queries: Tensor<2>, depths: &[usize]) -> Vec<TopN> {
        let [rows, _] = self.output.dims();
        let mut lists: Vec<TopN> = depths.iter().map(|&depth| TopN::new(depth)).collect();
        for first in (1..rows).step_by(self.block) {
            let count = self.block.min(rows - first);
            let block = self.output.clone().narrow(0, first, count);
            let scores = queries.clone().matmul(block.transpose());
            let mut scores = scores.into_data().try_to_vec::<f32>().expect("scores are f32");
            scores.par_chunks_mut(count).zip(&mut lists).for_each(|(scores, list)| {
                self.offer(list, first, scores);
            });
        }
        lists
    }

    /// Offers the scores of the items from `first` on, their bias added.
    fn offer(&self, list: &mut TopN, first: usize, scores: &mut [f32]) {
        if let Some(bias) = &self.bias {
            scores.iter_mut().zip(&bias[first..]).for_each(|(score, bias)| *score += bias);
        }
        dispatch(
            #[inline(always)]
            || list.push_block(first as u32, scores),
        );
    }
}

/// `[queries, d]` as `[d, filled]`, zeros where there is no query.
fn transposed(queries: &[f32], d: usize, filled: usize) -> Vec<f32> {
    let mut transposed = vec![0.0; d * filled];
    for (at, query) in queries.chunks_exact(d).enumerate() {
        query
            .iter()
            .zip(transposed[at..].iter_mut().step_by(filled))
            .for_each(|(value, slot)| *slot = *value);
    }
    transposed
}

#[cfg(test)]
mod tests {
    use super::*;
    use seqrec_core::{Backend, testing};

    fn brute_force(items: &[f32], users: &[f32], d: usize, k: usize, user: usize, depth: usize) -> Vec<u32> {
        let score = |item: usize| {
            (0..k)
                .map(|interest| {
                    let query = &users[(user * k + interest) * d..][..d];
                    query.iter().zip(&items[item * d..][..d]).map(|(a, b)| a * b).sum::<f32>()
                })
                .fold(f32::MIN, f32::max)
        };
        let mut ids: Vec<u32> = (1..(items.len() / d) as u32).collect();
        ids.sort_by(|&a, &b| score(b as usize).total_cmp(&score(a as usize)));
        ids.truncate(depth);
        ids
    }

    #[test]
    fn equals_brute_force_for_any_block_size() {
        for backend in Backend::compiled() {
            let device = backend.device().unwrap();
            let table = testing::tensor::<2>([60, 5], &device);
            let interests = testing::tensor::<3>([3, 2, 5], &device).mul_scalar(1.7);
            let items = table.to_data().try_to_vec::<f32>().unwrap();
            let users = interests.to_data().try_to_vec::<f32>().unwrap();
            for block in [1, 7, 59, 100] {
                let searcher = Searcher::new(&ItemVectors::tied(table.clone()), block);
                let vectors =
                    UserVectors { interests: interests.clone(), mask: None, depths: vec![10, 4, 200] };
                let found = searcher.search(vectors).unwrap();
                for (user, depth) in [(0, 10), (1, 4), (2, 59)] {
                    let got: Vec<u32> = found[user].top(depth).iter().map(|s| s.item).collect();
                    assert_eq!(got, brute_force(&items, &users, 5, 2, user, depth), "{backend} {block}");
                }
            }
        }
    }

    #[test]
    fn neither_blocks_nor_company_change_a_bit() {
        let device = Backend::default().device().unwrap();
        // The last blocks hold a few items or one; the small catalogues are no block at all.
        for items in [513, 515, 2_500, 40, 3] {
            let table = testing::tensor::<2>([items + 1, 64], &device);
            let mut vectors = ItemVectors::tied(table);
            vectors.bias = Some(testing::tensor::<2>([items + 1, 1], &device).reshape([items + 1]));
            let searchers = [Searcher::new(&vectors, 64), Searcher::for_requests(&vectors, 64)];
            let interests = testing::tensor::<3>([300, 1, 64], &device);
            let found = |searcher: &Searcher, first: usize, count: usize| {
                let interests = interests.clone().narrow(0, first, count);
                let users = UserVectors { interests, mask: None, depths: vec![20; count] };
                let found = searcher.search(users).unwrap();
                found.into_iter().map(|found| found.top(20)).collect::<Vec<_>>()
            };
            let together = found(&searchers[0], 0, 300);
            for (searcher, count) in searchers.iter().flat_map(|searcher| [(searcher, 1), (searcher, 10)]) {
                for user in [0, 255, 256, 299] {
                    let first = user.min(300 - count);
                    let found = found(searcher, first, count);
                    assert_eq!(found[user - first], together[user], "{items} items, {count} users");
                }
            }
        }
    }

    #[test]
    fn masked_interests_find_nothing_and_a_bias_moves_items() {
        let device = Backend::default().device().unwrap();
        let table = Tensor::<2>::from_data([[0.0, 0.0], [1.0, 0.0], [0.0, 5.0]], &device);
        let interests = Tensor::<3>::from_data([[[1.0, 0.0], [0.0, 1.0]]], &device);
        let mut items = ItemVectors::tied(table);
        let top = |items: &ItemVectors, mask| {
            let vectors = UserVectors { interests: interests.clone(), mask, depths: vec![1] };
            Searcher::new(items, 10).search(vectors).unwrap()[0].top(1)[0].item
        };
        assert_eq!(top(&items, None), 2);
        assert_eq!(top(&items, Some(vec![true, false])), 1);
        items.bias = Some(Tensor::from_data([0.0, 9.0, 0.0], &device));
        assert_eq!(top(&items, None), 1);
    }
}
