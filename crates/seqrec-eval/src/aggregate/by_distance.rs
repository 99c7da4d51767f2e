//! Greedy diversity by any distance between items.

use super::{Candidates, check_lambda};
use crate::{Result, Scored};

impl Candidates {
    /// Takes `n` items one by one, each time the item with the highest
    /// `f(u,i) + λ Σ_{j∈S} g(i,j)` over the items `S` taken so far; of equal values the lower id.
    ///
    /// `distance` is `g`, symmetric and finite, for instance
    /// [`Categories::jaccard_distance`](crate::Categories::jaccard_distance) for items of several
    /// categories. With `g(i,j) = 1[category(i) ≠ category(j)]` the result is that of
    /// [`diversify_by_category`](Self::diversify_by_category), which is faster.
    ///
    /// `λ = 0` gives [`top`](Self::top); `λ = ∞` compares the distances first. With fewer than `n`
    /// candidates the list is shorter. The scores returned are `f(u,i)`. `O(n · candidates)`.
    ///
    /// # Errors
    /// [`Error::Lambda`](crate::Error::Lambda) if `λ` is negative or NaN.
    pub fn diversify(
        &self,
        n: usize,
        lambda: f32,
        distance: impl Fn(u32, u32) -> f64,
    ) -> Result<Vec<Scored>> {
        let lambda = check_lambda(lambda)?;
        let key = |scored: Scored, apart: f64| match lambda.is_infinite() {
            true => (apart, f64::from(scored.score)),
            false => (f64::from(scored.score) + lambda * apart, 0.0),
        };
        // Each candidate with the sum of its distances to the items taken so far.
        let mut open: Vec<(Scored, f64)> = self.as_slice().iter().map(|&scored| (scored, 0.0)).collect();
        let mut taken = Vec::with_capacity(n.min(open.len()));
        while taken.len() < n && !open.is_empty() {
            let mut best = 0;
            for index in 1..open.len() {
                let (new, old) = (open[index], open[best]);
                let (new_key, old_key) = (key(new.0, new.1), key(old.0, old.1));
                if new_key > old_key || (new_key == old_key && new.0.item < old.0.item) {
                    best = index;
                }
            }
            let (scored, _) = open.swap_remove(best);
            for (other, apart) in &mut open {
                *apart += distance(other.item, scored.item);
            }
            taken.push(scored);
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Categories;

    #[test]
    fn shared_categories_are_held_back_in_proportion() {
        let list = [Scored::new(1, 1.0), Scored::new(2, 0.9), Scored::new(3, 0.6)];
        let candidates = Candidates::new(&list).unwrap();
        // Item 2 shares half of its categories with item 1, item 3 none.
        let categories = Categories::from_csr(vec![0, 0, 2, 3, 4], vec![1, 2, 2, 3]).unwrap();
        let picked = |lambda| {
            let list = candidates.diversify(2, lambda, |a, b| categories.jaccard_distance(a, b));
            list.unwrap().iter().map(|s| s.item).collect::<Vec<_>>()
        };
        assert_eq!(picked(0.0), [1, 2]);
        assert_eq!(picked(0.5), [1, 2]);
        assert_eq!(picked(0.7), [1, 3]);
        assert_eq!(picked(f32::INFINITY), [1, 3]);
    }

    #[test]
    fn too_few_candidates_give_a_shorter_list() {
        let candidates = Candidates::new(&[Scored::new(4, 1.0)]).unwrap();
        assert_eq!(candidates.diversify(3, 1.0, |_, _| 1.0).unwrap(), candidates.top(3));
        assert!(candidates.diversify(3, -1.0, |_, _| 1.0).is_err());
    }
}
