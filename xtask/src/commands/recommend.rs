use seqrec_core::{Retriever, Seed, items::ItemEncoder};
use seqrec_data::Sequences;
use seqrec_eval::Scored;
use seqrec_train::{
    Learner, Recommender,
    checkpoint::CheckpointStore,
    evaluate::{EvaluationConfig, SeenItems},
};

use super::stored;
use crate::{
    cli::Recommend,
    error::{Result, RunError},
    models::{WithLearner, with_model},
    output::say,
    run::Stage,
};

/// `cargo xtask recommend`.
pub fn run(args: Recommend) -> Result<()> {
    let (stage, folder, seed) = stored(&args.run)?;
    let sequences = &stage.data.sequences;
    let histories = histories(&args, sequences)?;
    let backend = args.run.backend;
    let store = folder.checkpoints(&stage.recipe, &stage.data, seed, None);
    let mut config = stage.recipe.evaluation.clone();
    if args.unseen {
        config.seen = SeenItems::Mask;
    }
    let best = Best { args: &args, stage: &stage, store: &store, histories: &histories, config };
    let lists = with_model(&stage, Seed(seed), backend, best)?;
    for (history, list) in histories.iter().zip(lists) {
        match history.len() {
            0 => say!("no history: the most popular items"),
            events => say!("after {events} events, the last ones:"),
        }
        for &item in history.iter().rev().take(5).rev() {
            say!("        {}", describe(sequences, item));
        }
        say!("recommended:");
        for (rank, scored) in list.iter().enumerate() {
            say!("{:>4}  {}  (score {:.3})", rank + 1, describe(sequences, scored.item), scored.score);
        }
        say!();
    }
    Ok(())
}

/// The histories asked for, as dense item ids.
fn histories(args: &Recommend, sequences: &Sequences) -> Result<Vec<Vec<u32>>> {
    if let Some(id) = &args.user {
        let user = sequences.user_ids().code(id).ok_or_else(|| {
            RunError::Usage(format!("user `{id}` is not in the prepared data (ids are those of the files)"))
        })?;
        return Ok(vec![sequences.items(user).to_vec()]);
    }
    if args.history.is_empty() {
        return Err(RunError::Usage("give a --user or at least one --history".into()));
    }
    let code = |id: &str| {
        let code = sequences.item_ids().code(id).filter(|&item| item as usize <= sequences.num_items());
        let unknown = || {
            RunError::Usage(format!("item `{id}` is not in the prepared data (ids are those of the files)"))
        };
        code.ok_or_else(unknown)
    };
    let parse = |text: &String| -> Result<Vec<u32>> {
        text.split(',').map(str::trim).filter(|id| !id.is_empty()).map(code).collect()
    };
    args.history.iter().map(parse).collect()
}

/// Title and category where the data has them, the id in the files otherwise.
fn describe(sequences: &Sequences, item: u32) -> String {
    let id = sequences.item_ids().name(item).unwrap_or("?");
    let title = sequences.title(item).filter(|title| !title.is_empty());
    let mut text = title.map_or_else(|| format!("item {id}"), |title| format!("{title} [{id}]"));
    let category = sequences.categories().and_then(|categories| categories.name(categories.of(item)));
    if let Some(category) = category {
        text.push_str(&format!("  {category}"));
    }
    text
}

/// Serves the best checkpoint.
struct Best<'a> {
    args: &'a Recommend,
    stage: &'a Stage,
    store: &'a CheckpointStore,
    histories: &'a [Vec<u32>],
    config: EvaluationConfig,
}

impl WithLearner for Best<'_> {
    type Output = Vec<Vec<Scored>>;

    fn run<M: Retriever, E: ItemEncoder>(self, mut learner: Learner<M, E>) -> Result<Vec<Vec<Scored>>> {
        self.store.load_best(&mut learner)?;
        let (model, items) = learner.frozen();
        let recommender = Recommender::new(model, items, self.stage.catalogue.clone(), self.config);
        let slices: Vec<&[u32]> = self.histories.iter().map(Vec::as_slice).collect();
        Ok(recommender.recommend(&slices, usize::from(self.args.n), self.args.lambda)?)
    }
}
