//! Training on session-parallel batches.

use std::{collections::BTreeMap, path::Path, sync::atomic::AtomicBool};

use seqrec_core::{
    Backend, Seed, Stream,
    losses::{FinalActivation, SessionLoss, SessionLossConfig},
    optim::{Adagrad, RowScope, UpdateRule},
};
use seqrec_data::{Case, Sequences, Span, Split};
use seqrec_models::{Embedding, SessionGru4Rec, SessionGru4RecConfig, SessionItems};
use seqrec_train::{
    Learner, Recommender, Result, SessionRecommender,
    checkpoint::CheckpointStore,
    evaluate::{EvaluationConfig, catalogue, evaluate_retriever},
    fit,
    loader::{SessionConfig, SessionSource, sessions_by_start},
    trainer::{Event, FitConfig, FitOutcome, OptimizerConfig, Sessions},
};

use crate::common::without_times;

type SessionLearner = Learner<SessionGru4Rec, SessionItems>;

/// Sessions that walk around rings of items, of different lengths, and the next event as the question.
fn world() -> (Sequences, Split) {
    let ring = |start: u32, len: u32| (0..len).map(move |at| 1 + (start + at) % 12).collect::<Vec<u32>>();
    let sessions: Vec<Vec<u32>> = (0..24).map(|user| ring(user * 5, 2 + user % 4)).collect();
    let train = sessions.iter().zip(0..).map(|(session, user)| Span { user, start: 0, end: session.len() });
    let case = |(session, user): (&Vec<u32>, u32)| {
        let last = session.len() - 1;
        Case { user, history: 0..last, targets: last..last + 1 }
    };
    let test = sessions.iter().zip(0..).map(case).collect();
    let split = Split { train: train.collect(), test, ..Split::default() };
    (Sequences::from_histories(&sessions, 12).unwrap(), split)
}

#[derive(Clone)]
struct Run {
    model: SessionGru4RecConfig,
    sessions: SessionConfig,
    optimizer: OptimizerConfig,
    fit: FitConfig,
    backend: Backend,
}

impl Run {
    fn new(objective: SessionLossConfig, steps: u64) -> Self {
        let rule = UpdateRule::Adagrad(Adagrad { momentum: 0.2, ..Default::default() });
        Self {
            model: SessionGru4RecConfig { layers: vec![16], dropout_hidden: 0.1, ..Default::default() },
            sessions: SessionConfig { batch_size: 5, negatives: 8, alpha: 0.5, objective },
            optimizer: OptimizerConfig { learning_rate: 0.1, rule, rows: RowScope::Touched, decay: None },
            fit: FitConfig { max_steps: steps, validate_every: 50, ..Default::default() },
            backend: Backend::default(),
        }
    }

    fn learner(&self, items: usize) -> SessionLearner {
        let device = self.backend.device().unwrap();
        let training = SessionLearner::training_device(&device);
        let model = self.model.init(&mut Seed(3).rng(Stream::Init, 0), &training).unwrap();
        let encoder = self.model.encoder(items).unwrap();
        Learner::new(model, encoder, items, self.optimizer, Seed(3), &device).unwrap()
    }

    fn store(&self, folder: &Path) -> CheckpointStore {
        CheckpointStore::new(folder, BTreeMap::new())
    }

    fn train(
        &self,
        store: Option<&CheckpointStore>,
        observe: impl FnMut(Event<'_>),
        stop: &AtomicBool,
    ) -> Result<(SessionLearner, FitOutcome)> {
        let (sequences, split) = world();
        let mut learner = self.learner(sequences.num_items());
        let progress = match store {
            Some(store) => store.resume(&mut learner)?.unwrap_or_default(),
            None => Default::default(),
        };
        let sessions = sessions_by_start(&sequences, &split);
        let source = SessionSource::new(&sessions, &sequences, &split, self.sessions, Seed(3))?;
        let task = Sessions { seed: Seed(3), config: self.sessions };
        let nothing = |_: &SessionLearner| Ok(BTreeMap::new());
        let outcome = fit(&mut learner, &task, source, &self.fit, progress, store, nothing, observe, stop)?;
        Ok((learner, outcome))
    }
}

fn objectives() -> [SessionLossConfig; 5] {
    let config = |loss, activation| SessionLossConfig { loss, activation };
    let linear = FinalActivation::Linear;
    [
        config(SessionLoss::CrossEntropy { log_q: 1.0 }, linear),
        config(SessionLoss::Bpr, linear),
        config(SessionLoss::Top1, FinalActivation::Tanh),
        config(SessionLoss::BprMax { bpreg: 0.5 }, FinalActivation::Elu { alpha: 0.5 }),
        config(SessionLoss::Top1Max, linear),
    ]
}

#[test]
fn every_loss_and_every_embedding_learns_a_small_set_by_heart() {
    let (sequences, split) = world();
    let catalogue = catalogue(&sequences, &split).unwrap();
    let mut config = EvaluationConfig::default();
    config.metrics.cutoffs = vec![1];
    let constrained = objectives().map(|objective| (objective, Embedding::Constrained));
    let others = [Embedding::Separate { dim: 8 }, Embedding::OneHot].map(|mode| (objectives()[0], mode));
    for (objective, embedding) in constrained.into_iter().chain(others) {
        let mut run = Run::new(objective, 600);
        run.model.embedding = embedding;
        let (learner, _) = run.train(None, |_| {}, &AtomicBool::new(false)).unwrap();
        let (model, items) = learner.frozen();
        let report =
            evaluate_retriever(&model, &items, &sequences, &split.test, &catalogue, &config).unwrap();
        let recall = report.first().metric("recall@1").unwrap();
        assert_eq!(recall, 1.0, "{objective:?}, {embedding:?}");
    }
}

/// With scores near 0 every candidate is as likely as any other; the scores of the first step differ by about
/// 0.2.
#[test]
fn losses_start_where_equal_scores_put_them() {
    let ln2 = 2f64.ln();
    let theory = [13f64.ln(), ln2, 1.0, ln2, 1.0];
    for (objective, theory) in objectives().into_iter().zip(theory) {
        let objective = match objective.loss {
            // The items of this small world are not equally popular.
            SessionLoss::CrossEntropy { .. } => SessionLossConfig::default(),
            _ => objective,
        };
        let mut run = Run::new(objective, 1);
        run.optimizer.learning_rate = 1e-9;
        let (_, outcome) = run.train(None, |_| {}, &AtomicBool::new(false)).unwrap();
        let loss = outcome.progress.curve[0].loss;
        assert!((loss - theory).abs() < 0.1, "{objective:?}: {loss} {theory}");
    }
}

#[test]
fn a_stopped_run_resumes_to_the_same_bits() {
    let run = Run::new(objectives()[0], 40);
    let end = |steps: &[u64]| {
        let folder = tempfile::tempdir().unwrap();
        let store = run.store(folder.path());
        for &at in steps {
            let stop = AtomicBool::new(false);
            let observe = |event: Event<'_>| match event {
                Event::Step { step, .. } if step == at => {
                    stop.store(true, std::sync::atomic::Ordering::Relaxed)
                }
                _ => {}
            };
            let (learner, _) = run.train(Some(&store), observe, &stop).unwrap();
            assert!(!learner.carried().is_empty(), "sessions go on");
        }
        let (_, outcome) = run.train(Some(&store), |_| {}, &AtomicBool::new(false)).unwrap();
        (store.last_weights_sha256().unwrap(), without_times(outcome.progress.curve))
    };
    assert_eq!(end(&[1, 7, 23]), end(&[]));
}

#[test]
fn all_backends_train_alike() {
    let losses = |backend| {
        let mut run = Run::new(objectives()[3], 12);
        run.backend = backend;
        let mut losses = Vec::new();
        let observe = |event: Event<'_>| {
            if let Event::Step { loss, .. } = event {
                losses.push(loss);
            }
        };
        run.train(None, observe, &AtomicBool::new(false)).unwrap();
        losses
    };
    let first = losses(Backend::default());
    assert_eq!(first.len(), 12);
    for backend in Backend::compiled() {
        let difference = seqrec_core::testing::max_difference(&first, &losses(backend));
        assert!(difference < 1e-3, "{backend}: {difference}");
    }
}

#[test]
fn a_session_served_event_by_event_gets_the_lists_of_its_history() {
    let (sequences, split) = world();
    let (learner, _) = Run::new(objectives()[0], 30).train(None, |_| {}, &AtomicBool::new(false)).unwrap();
    let catalogue = catalogue(&sequences, &split).unwrap();
    let (model, items) = learner.frozen();
    let config = EvaluationConfig::default();
    let whole = Recommender::new(model.clone(), items.clone(), catalogue.clone(), config.clone());
    let served = SessionRecommender::new(model, items, catalogue, config);
    let history = [3, 9, 9, 1, 12];
    let mut session = served.begin();
    for end in 1..=history.len() {
        let list = served.next(&mut session, history[end - 1], 4, 0.0).unwrap();
        let expected = whole.recommend(&[&history[..end]], 4, 0.0).unwrap().remove(0);
        let ids = |list: &[seqrec_eval::Scored]| list.iter().map(|scored| scored.item).collect::<Vec<_>>();
        assert_eq!(ids(&list), ids(&expected));
        for (ours, theirs) in list.iter().zip(&expected) {
            assert!((ours.score - theirs.score).abs() < 1e-5);
        }
    }
    let before = session.items().to_vec();
    assert!(served.next(&mut session, 13, 4, 0.0).unwrap_err().to_string().contains("item 13"));
    assert_eq!(session.items(), before);
}
