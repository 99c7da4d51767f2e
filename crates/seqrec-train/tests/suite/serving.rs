//! What is served is what was trained: exact lists, the same for one user and for many.

use std::collections::HashSet;

use seqrec_core::{
    Retriever as _, StepContext,
    batch::{Histories, Padded, Rows},
};
use seqrec_eval::Scored;
use seqrec_train::{
    Recommender, TrainError,
    evaluate::{EvaluationConfig, SeenItems},
};

use crate::common::{DIM, LENGTH, Run, SaLearner, World, evaluation};

const TOLERANCE: f32 = 1e-5;

struct Served {
    world: World,
    learner: SaLearner,
}

impl Served {
    fn new() -> Self {
        let world = World::new();
        let learner = Run::default().train(&world).learner;
        Self { world, learner }
    }

    fn recommender(&self, config: EvaluationConfig) -> Recommender<seqrec_models::ComiRecSa> {
        let (model, items) = self.learner.frozen();
        Recommender::new(model, items, self.world.catalogue.clone(), config)
    }

    fn items(&self) -> usize {
        self.world.sequences.num_items()
    }

    /// The score of every item, entry 0 for item 1: the largest dot product with an interest.
    fn scores(&self, history: &[u32]) -> Vec<f32> {
        let (model, items) = self.learner.frozen();
        let padded = Padded::new([history], LENGTH);
        let device = items.input.device();
        let histories = Histories::new(&padded, &Rows::all(self.items()), &device);
        let vectors = model.interests(&histories, &items, &mut StepContext::inference()).vectors;
        let interests = vectors.into_data().try_to_vec::<f32>().unwrap();
        let table = items.output.into_data().try_to_vec::<f32>().unwrap();
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        let score = |item: &[f32]| interests.chunks(DIM).map(|v| dot(v, item)).fold(f32::MIN, f32::max);
        table.chunks(DIM).skip(1).map(score).collect()
    }
}

fn ids(list: &[Scored]) -> Vec<u32> {
    list.iter().map(|scored| scored.item).collect()
}

#[test]
fn lists_equal_brute_force_over_the_frozen_vectors() {
    let served = Served::new();
    let recommender = served.recommender(evaluation());
    for user in 0..20 {
        let history = served.world.sequences.items(user);
        let list = recommender.recommend(&[history], 30, 0.0).unwrap().remove(0);
        let scores = served.scores(history);
        let mut best = scores.clone();
        best.sort_by(|a, b| b.total_cmp(a));
        assert_eq!(list.len(), 30);
        for (scored, best) in list.iter().zip(best) {
            assert!((scored.score - best).abs() < TOLERANCE, "{scored:?} in place of {best}");
            assert!((scored.score - scores[scored.item as usize - 1]).abs() < TOLERANCE, "{scored:?}");
        }
        let mut distinct = ids(&list);
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), 30);
    }
}

#[test]
fn one_user_and_many_get_the_same_lists() {
    let served = Served::new();
    let recommender = served.recommender(evaluation());
    let histories: Vec<&[u32]> = (0..50).map(|user| served.world.sequences.items(user)).collect();
    let together = recommender.recommend(&histories, 10, 0.0).unwrap();
    for (history, list) in histories.iter().zip(&together) {
        let alone = recommender.recommend(&[history], 10, 0.0).unwrap().remove(0);
        assert_eq!(ids(&alone), ids(list));
    }
    assert!(recommender.recommend(&[], 10, 0.0).unwrap().is_empty());
}

#[test]
fn only_the_most_recent_events_of_a_long_history_count() {
    let served = Served::new();
    let recommender = served.recommender(evaluation());
    let long: Vec<u32> = (1..=4 * LENGTH as u32).collect();
    let window = &long[long.len() - LENGTH..];
    let list = |history: &[u32]| recommender.recommend(&[history], 15, 0.0).unwrap().remove(0);
    assert_eq!(list(&long), list(window));
    assert_ne!(ids(&list(&long)), ids(&list(&long[..LENGTH])), "other events give another list");
    // A configuration that allows more than the model's positions is held to the model's window.
    let generous = served.recommender(EvaluationConfig { max_length: 1_000, ..evaluation() });
    assert_eq!(generous.recommend(&[&long], 15, 0.0).unwrap()[0], list(window));
}

#[test]
fn repeated_events_are_fine_and_repeat_nothing_in_the_list() {
    let served = Served::new();
    let history = [7, 7, 7, 3, 7];
    let keep = served.recommender(evaluation());
    let all = ids(&keep.recommend(&[&history], served.items(), 0.0).unwrap()[0]);
    let mut sorted = all.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=served.items() as u32).collect::<Vec<_>>(), "every item once");

    let mask = served.recommender(EvaluationConfig { seen: SeenItems::Mask, ..evaluation() });
    let masked = ids(&mask.recommend(&[&history], served.items(), 0.0).unwrap()[0]);
    let unseen: Vec<u32> = all.into_iter().filter(|item| !history.contains(item)).collect();
    assert_eq!(masked, unseen, "the same order without what was seen");
}

#[test]
fn a_depth_beyond_the_catalogue_gives_the_catalogue() {
    let served = Served::new();
    let recommender = served.recommender(evaluation());
    let list = recommender.recommend(&[&[1, 2]], 10 * served.items(), 0.0).unwrap().remove(0);
    assert_eq!(list.len(), served.items());
}

#[test]
fn an_empty_history_gets_the_most_popular_items() {
    let served = Served::new();
    let recommender = served.recommender(evaluation());
    let lists = recommender.recommend(&[&[], &[5, 6]], 8, 0.0).unwrap();
    assert_eq!(ids(&lists[0]), served.world.catalogue.popularity().most_popular(8));
    assert!(lists[0].windows(2).all(|pair| pair[0].score > pair[1].score));
    let alone = recommender.recommend(&[&[5, 6]], 8, 0.0).unwrap().remove(0);
    assert_eq!(ids(&lists[1]), ids(&alone), "a neighbour without history changes nothing");
}

#[test]
fn an_item_outside_the_catalogue_is_refused_by_its_id() {
    let served = Served::new();
    let recommender = served.recommender(evaluation());
    let beyond = served.items() as u32 + 1;
    for unknown in [0, beyond, u32::MAX] {
        let error = recommender.recommend(&[&[1, 2], &[3, unknown]], 5, 0.0).unwrap_err();
        assert!(matches!(error, TrainError::UnknownItem { id, .. } if id == unknown), "{error}");
    }
}

#[test]
fn a_positive_lambda_spreads_the_list_over_categories() {
    let served = Served::new();
    let recommender = served.recommender(evaluation());
    let categories = |lambda| {
        let histories: Vec<&[u32]> = (0..20).map(|user| served.world.sequences.items(user)).collect();
        let table = served.world.sequences.categories().unwrap();
        let distinct =
            |list: Vec<Scored>| list.iter().map(|scored| table.of(scored.item)).collect::<HashSet<_>>().len();
        recommender.recommend(&histories, 5, lambda).unwrap().into_iter().map(distinct).sum::<usize>()
    };
    let (plain, diverse) = (categories(0.0), categories(10.0));
    assert!(diverse > plain, "{diverse} categories, {plain} without the diversity step");
}
