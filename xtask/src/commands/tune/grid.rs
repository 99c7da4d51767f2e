use rand::seq::SliceRandom as _;
use seqrec_core::{Seed, Stream};

use crate::{
    error::{Result, RunError},
    recipe::Choices,
};

/// A search of more combinations than this is a mistake.
const MOST: usize = 100_000;

/// Combinations of one value for each key, as `KEY=VALUE`: at most `limit` of all, in an order that the
/// seed fixes.
///
/// # Errors
///
/// [`RunError::Usage`] where there is nothing to choose from, or more than can be meant.
pub fn combinations(choices: &Choices, limit: Option<usize>, seed: u64) -> Result<Vec<Vec<String>>> {
    if choices.is_empty() {
        let message =
            "nothing to choose from: give `--choice KEY=[VALUE, ...]`, or a `[tune]` section in the recipe";
        return Err(RunError::Usage(message.into()));
    }
    if let Some((key, _)) = choices.iter().find(|(_, values)| values.is_empty()) {
        return Err(RunError::Usage(format!("{key} has no values to choose from")));
    }
    let total = choices.values().try_fold(1usize, |total, values| total.checked_mul(values.len()));
    let total = total.filter(|total| *total <= MOST);
    let total = total.ok_or_else(|| RunError::Usage(format!("more than {MOST} combinations")))?;
    let mut order: Vec<usize> = (0..total).collect();
    order.shuffle(&mut Seed(seed).rng(Stream::Shuffle, 0));
    order.truncate(limit.unwrap_or(total));
    Ok(order.into_iter().map(|number| combination(choices, number)).collect())
}

/// The combination of a number, whose digits are the values' places.
fn combination(choices: &Choices, mut number: usize) -> Vec<String> {
    let choose = |(key, values): (&String, &Vec<toml::Value>)| {
        let value = &values[number % values.len()];
        number /= values.len();
        format!("{key}={value}")
    };
    choices.iter().map(choose).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn choices() -> Choices {
        toml::from_str("\"a.b\" = [1, 2, 3]\nc = [\"x\", { kind = \"y\" }]").unwrap()
    }

    #[test]
    fn every_combination_comes_once_and_a_seed_fixes_the_order() {
        let all = combinations(&choices(), None, 3).unwrap();
        let distinct: BTreeSet<_> = all.iter().collect();
        assert_eq!((all.len(), distinct.len()), (6, 6));
        assert!(all.contains(&vec!["a.b=2".to_owned(), "c={ kind = \"y\" }".to_owned()]), "{all:?}");
        assert_eq!(combinations(&choices(), Some(4), 3).unwrap(), all[..4]);
        assert_ne!(combinations(&choices(), None, 4).unwrap(), all);
    }

    #[test]
    fn no_choice_and_far_too_many_are_refused() {
        assert!(combinations(&Choices::new(), None, 1).unwrap_err().to_string().contains("--choice"));
        let many = (0..20).map(|key| (key.to_string(), vec![toml::Value::from(1), 2.into()])).collect();
        assert!(combinations(&many, Some(3), 1).unwrap_err().to_string().contains("100000"));
        let none = Choices::from([("a".to_owned(), vec![])]);
        assert!(combinations(&none, None, 1).unwrap_err().to_string().contains("a has no values"));
    }
}
