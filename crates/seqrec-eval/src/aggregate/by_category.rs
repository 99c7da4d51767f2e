//! Greedy diversity by category.

use std::cmp::Ordering;
use std::collections::{BinaryHeap, HashMap, VecDeque};

use super::{Candidates, check_lambda};
use crate::{Result, Scored};

impl Candidates {
    /// Takes `n` items one by one, each time the item with the highest
    /// `f(u,i) - λ · (items of its category taken so far)`; of equal values the lower id.
    ///
    /// This is the greedy rule for `g(i,j) = 1[category(i) ≠ category(j)]`: with `|S|` items taken,
    /// `Σ_{j∈S} g(i,j)` is `|S|` minus the count, and `|S|` is the same for all candidates.
    ///
    /// * `λ = 0` gives [`top`](Self::top); `λ = ∞` takes one item of every category first.
    /// * An item without a category is its own category and is never held back.
    /// * With fewer than `n` candidates the list is shorter. The scores returned are `f(u,i)`.
    ///
    /// `O(candidates + n log(categories))`.
    ///
    /// # Errors
    /// [`Error::Lambda`](crate::Error::Lambda) if `λ` is negative or NaN.
    pub fn diversify_by_category(
        &self,
        n: usize,
        lambda: f32,
        category: impl Fn(u32) -> Option<u32>,
    ) -> Result<Vec<Scored>> {
        let lambda = check_lambda(lambda)?;
        // Within a category all candidates are held back alike, so only its best one competes.
        let mut queues = queues(self.as_slice(), category);
        let mut heads: BinaryHeap<Head> = queues
            .iter_mut()
            .enumerate()
            .filter_map(|(queue, of)| Head::next(of, queue, 0, lambda))
            .collect();
        let mut taken = Vec::with_capacity(n.min(self.len()));
        while taken.len() < n
            && let Some(head) = heads.pop()
        {
            taken.push(head.scored);
            heads.extend(Head::next(&mut queues[head.queue], head.queue, head.count + 1, lambda));
        }
        Ok(taken)
    }
}

/// The candidates of each category, best first.
fn queues(sorted: &[Scored], category: impl Fn(u32) -> Option<u32>) -> Vec<VecDeque<Scored>> {
    let mut queues: Vec<VecDeque<Scored>> = Vec::new();
    let mut queue_of: HashMap<u32, usize> = HashMap::new();
    for &scored in sorted {
        let new = queues.len();
        let queue = category(scored.item).map_or(new, |id| *queue_of.entry(id).or_insert(new));
        if queue == new {
            queues.push(VecDeque::new());
        }
        queues[queue].push_back(scored);
    }
    queues
}

/// The best remaining candidate of a category.
struct Head {
    scored: Scored,
    queue: usize,
    /// Items of the category taken so far.
    count: usize,
    /// What is compared first and second.
    key: (f64, f64),
}

impl Head {
    fn next(of: &mut VecDeque<Scored>, queue: usize, count: usize, lambda: f64) -> Option<Self> {
        let scored = of.pop_front()?;
        let score = f64::from(scored.score);
        let key = if lambda.is_infinite() {
            (-(count as f64), score)
        } else {
            (score - lambda * count as f64, 0.0)
        };
        Some(Self { scored, queue, count, key })
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_key = self.key.partial_cmp(&other.key).unwrap_or(Ordering::Equal);
        by_key.then(other.scored.item.cmp(&self.scored.item))
    }
}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Head {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    fn candidates(scores: &[f32]) -> Candidates {
        let list: Vec<Scored> = scores.iter().zip(1..).map(|(&s, item)| Scored::new(item, s)).collect();
        Candidates::new(&list).unwrap()
    }

    fn picked(from: &Candidates, n: usize, lambda: f32, categories: &[u32]) -> Vec<u32> {
        let category = |item: u32| Some(categories[item as usize - 1]).filter(|&id| id > 0);
        let list = from.diversify_by_category(n, lambda, category).unwrap();
        list.iter().map(|scored| scored.item).collect()
    }

    #[test]
    fn infinite_weight_goes_round_the_categories() {
        let from = candidates(&[10.0, 9.0, 8.0, 1.0, 0.5]);
        assert_eq!(picked(&from, 5, f32::INFINITY, &[1, 1, 1, 2, 2]), [1, 4, 2, 5, 3]);
    }

    #[test]
    fn items_without_category_are_never_held_back() {
        let from = candidates(&[3.0, 2.0, 1.0]);
        assert_eq!(picked(&from, 3, 100.0, &[0, 0, 0]), [1, 2, 3]);
    }

    #[test]
    fn equal_values_take_the_lower_id() {
        // After item 1, item 2 is held back to 1.0, where item 3 stands.
        let from = candidates(&[3.0, 2.0, 1.0]);
        assert_eq!(picked(&from, 3, 1.0, &[1, 1, 2]), [1, 2, 3]);
        assert_eq!(picked(&from, 3, 1.5, &[1, 1, 2]), [1, 3, 2]);
    }

    #[test]
    fn too_few_candidates_give_a_shorter_list() {
        assert_eq!(picked(&candidates(&[1.0, 2.0]), 5, 0.5, &[1, 1]), [2, 1]);
        assert!(picked(&candidates(&[]), 5, 0.5, &[]).is_empty());
    }

    #[test]
    fn the_weight_has_to_be_a_weight() {
        for lambda in [-0.1, f32::NAN, f32::NEG_INFINITY] {
            let found = candidates(&[1.0]).diversify_by_category(1, lambda, |_| None);
            assert!(matches!(found, Err(Error::Lambda(_))));
        }
    }
}
