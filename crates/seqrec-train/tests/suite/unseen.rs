//! Items that training never saw are found by their content.

use seqrec_core::{
    Backend, Seed, Stream,
    init::Init,
    items::{ContentEncoder, ContentEncoderConfig, FeatureValues, ItemFeature},
};
use seqrec_data::{Sequences, Span, Split};
use seqrec_models::{Ssr, SsrConfig};
use seqrec_train::{
    Learner, Recommender,
    evaluate::{EvaluationConfig, catalogue},
    loader::{
        BatchSource as _, HingeConfig, InBatchConfig, LossConfig, OwnNegativesConfig, Pool, RetrievalConfig,
        RetrievalSource,
    },
    trainer::{OptimizerConfig, Retrieval, Task as _},
};

const SEED: Seed = Seed(19);
/// Items of each genre: those that users walk through, and those that nobody has.
const SEEN: u32 = 8;
const UNSEEN: u32 = 2;
const GENRES: u32 = 3;
const ITEMS: u32 = GENRES * (SEEN + UNSEEN);
const USERS: u32 = 30;

fn genre(item: u32) -> u32 {
    1 + (item - 1) % GENRES
}

/// Users who walk through the items of one genre, each from a place of its own.
fn world() -> (Sequences, Split) {
    let item = |genre: u32, at: u32| 1 + genre + GENRES * (at % SEEN);
    let walk = |user: u32| (0..6).map(|at| item(user % GENRES, user / GENRES + at)).collect();
    let histories: Vec<Vec<u32>> = (0..USERS).map(walk).collect();
    let sequences = Sequences::from_histories(&histories, ITEMS as usize).unwrap();
    let train = (0..USERS).map(|user| Span { user, start: 0, end: 6 }).collect();
    (sequences, Split { train, ..Split::default() })
}

fn learner(sequences: &Sequences, split: &Split) -> Learner<Ssr, ContentEncoder> {
    let items = ContentEncoderConfig { dim: 16, output: 16, ..Default::default() };
    let config = SsrConfig { items, ..Default::default() };
    let codes = std::iter::once(0).chain((1..=ITEMS).map(genre)).collect();
    let values = FeatureValues::Codes { codes, cardinality: GENRES as usize + 1 };
    let genres = vec![ItemFeature::new("genre", values).unwrap()];

    let device = Backend::default().device().unwrap();
    let training = device.clone().autodiff();
    let rng = &mut SEED.rng(Stream::Init, 0);
    let model = config.init(rng, &training).unwrap();
    let table = Init::Normal { std: 0.1 };
    let encoder = config.items.init(genres, split.train_items(sequences), table, rng, &training).unwrap();
    let optimizer = OptimizerConfig { learning_rate: 0.01, ..Default::default() };
    Learner::new(model, encoder, ITEMS as usize, optimizer, SEED, &device).unwrap()
}

/// The share of the unseen items of its own genre in each user's list of that many unseen items.
fn share_found(learner: &Learner<Ssr, ContentEncoder>, sequences: &Sequences, split: &Split) -> f64 {
    let (model, items) = learner.frozen();
    let catalogue = catalogue(sequences, split).unwrap();
    let recommender = Recommender::new(model, items, catalogue, EvaluationConfig::default());
    let histories: Vec<&[u32]> = (0..USERS).map(|user| sequences.items(user)).collect();
    let lists = recommender.recommend(&histories, ITEMS as usize, 0.0).unwrap();
    let found = histories.iter().zip(lists).map(|(history, list)| {
        let unseen = list.iter().map(|scored| scored.item).filter(|&item| item > GENRES * SEEN);
        unseen.take(UNSEEN as usize).filter(|&item| genre(item) == genre(history[0])).count()
    });
    found.sum::<usize>() as f64 / f64::from(USERS * UNSEEN)
}

#[test]
fn new_items_of_the_right_genre_come_first_after_training_on_each_loss() {
    let (sequences, split) = world();
    let own = OwnNegativesConfig { negatives: 4, in_batch: 4, pool: Pool::Training, ..Default::default() };
    let chance = 1.0 / f64::from(GENRES);
    let before = share_found(&learner(&sequences, &split), &sequences, &split);
    assert!((before - chance).abs() < 0.34, "untrained, {before} are found");
    for (loss, temperature) in [
        (LossConfig::InBatch(InBatchConfig::default()), 0.1),
        (LossConfig::Bpr(own), 0.1),
        (LossConfig::Hinge(HingeConfig { own, ..Default::default() }), 1.0),
    ] {
        let mut learner = learner(&sequences, &split);
        let batches = RetrievalConfig { batch_size: 30, loss, temperature, ..Default::default() };
        let source = RetrievalSource::new(&sequences, &split, batches, SEED).unwrap();
        let mut source = source.for_model(&learner.net().model);
        for step in 0..60 {
            let batch = source.batch(step).unwrap();
            let never = |id: &u32| *id > GENRES * SEEN;
            assert!(!batch.rows.ids().iter().any(never), "{loss:?}: an item from the future trains");
            Retrieval { seed: SEED }.step(&mut learner, &batch, step).unwrap();
        }
        let found = share_found(&learner, &sequences, &split);
        assert!(found > 0.95, "{loss:?}: {found} of the unseen items found, by chance {chance}");
    }
}
