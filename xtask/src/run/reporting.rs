use std::collections::BTreeMap;

use seqrec_data::{CaseGroup, case_groups};
use seqrec_eval::{
    Report,
    bootstrap::{BootstrapConfig, mean_interval},
};
use seqrec_train::evaluate::{RetrievalReport, by_group, chance_of_recall};

use super::{SeedOutcome, Stage};
use crate::{
    error::Result,
    recipe::{Compare, Published, ReferenceRun},
    report::{
        model::{
            CurvePoint, Environment, Figure, Group, InterestDiagnostics, LambdaPoint, Ours, Quoted,
            RecipeHead, Reference, RunReport, SeedRun,
        },
        verdict::{Verdict, judge},
    },
};

/// Collects what a run found.
pub fn report(
    stage: &Stage,
    outcomes: &[SeedOutcome],
    most_popular: &Report,
    environment: Environment,
    command: String,
) -> Result<RunReport> {
    let recipe = &stage.recipe;
    let compare = &recipe.compare;
    let reference = compare.reference.iter().find(|run| run.dataset == recipe.data.dataset);
    let tests: Vec<&RetrievalReport> = outcomes.iter().filter_map(|outcome| outcome.test.as_ref()).collect();
    let figures = compare
        .figures
        .iter()
        .filter_map(|metric| figure(metric, &tests, most_popular, compare, reference, stage).transpose())
        .collect::<Result<Vec<_>>>()?;
    let config = toml::to_string(recipe).map_err(|error| crate::error::RunError::Usage(error.to_string()))?;
    Ok(RunReport {
        recipe: RecipeHead {
            name: recipe.name.clone(),
            title: recipe.title.clone(),
            model: recipe.model.name().to_owned(),
            dataset: recipe.data.dataset.clone(),
            protocol: recipe.protocol.clone(),
        },
        command,
        primary: compare.primary.clone(),
        figures,
        seeds: outcomes.iter().map(seed_run).collect(),
        most_popular: most_popular.metrics.clone(),
        groups: groups(stage, &tests, most_popular),
        reference_curve: reference.map(|run| run.curve(&recipe.training.fit.monitor)).unwrap_or_default(),
        reference_lambdas: reference.map(ReferenceRun::lambdas).unwrap_or_default(),
        card: card(stage),
        config,
        environment,
        notes: stage.notes.clone(),
    })
}

/// The test cases that are reported apart, with means over seeds.
fn groups(stage: &Stage, tests: &[&RetrievalReport], most_popular: &Report) -> Vec<Group> {
    let (sequences, split) = (&stage.data.sequences, &stage.data.split);
    let mut groups = case_groups(sequences, split, &split.test);
    if !groups.is_empty() {
        groups.insert(0, CaseGroup { name: "all", members: vec![true; split.test.len()] });
    }
    let of_seeds: Vec<_> = tests.iter().map(|test| by_group(test.first(), &groups)).collect();
    let n = of_seeds.len() as f64;
    let popular = by_group(most_popular, &groups).into_iter().enumerate();
    let group = popular.map(|(at, popular)| {
        let mean = |name: &String| {
            Some(of_seeds.iter().map(|seed| seed[at].metrics.get(name)).sum::<Option<f64>>()? / n)
        };
        let chance = groups.iter().find(|group| group.name == popular.name);
        let names = of_seeds.first().into_iter().flat_map(|seed| seed[at].metrics.keys());
        Group {
            name: popular.name,
            cases: popular.cases,
            metrics: names.filter_map(|name| Some((name.clone(), mean(name)?))).collect(),
            most_popular: popular.metrics,
            chance: chance.map(|group| chance_of_group(stage, group)).unwrap_or_default(),
        }
    });
    group.collect()
}

/// Recall of lists in random order on the test cases of `group`, at the recipe's cut-offs.
fn chance_of_group(stage: &Stage, group: &CaseGroup) -> BTreeMap<String, f64> {
    let (sequences, config) = (&stage.data.sequences, &stage.recipe.evaluation);
    let recall = |&k: &usize| {
        let cases = stage.data.split.test.iter().zip(&group.members);
        let cases = cases.filter_map(|(case, is)| is.then_some(case));
        let recall = chance_of_recall(sequences, cases, sequences.num_items(), k, config.seen)?;
        Some((format!("recall@{k}"), recall))
    };
    config.metrics.cutoffs.iter().filter_map(recall).collect()
}

/// One row of the comparison; `None` for a metric that the data does not support.
fn figure(
    metric: &str,
    tests: &[&RetrievalReport],
    most_popular: &Report,
    compare: &Compare,
    reference: Option<&ReferenceRun>,
    stage: &Stage,
) -> Result<Option<Figure>> {
    let values: Option<Vec<f64>> = tests.iter().map(|test| test.first().metric(metric)).collect();
    let Some(values) = values.filter(|values| !values.is_empty()) else { return Ok(None) };
    let ours = ours(metric, &values, tests)?;
    let dataset = &stage.recipe.data.dataset;
    let published = compare.published.iter().find(|run| run.dataset == *dataset);
    let tolerances = reference.map(|run| &run.tolerance).or(published.map(|run| &run.tolerance));
    let tolerance = tolerances.and_then(|tolerances| tolerances.get(metric).copied());
    let published = published.and_then(|run| quoted(run, metric));
    let reference = reference.and_then(|run| {
        Some(Reference {
            mean: *run.metrics.get(metric)?,
            spread: run.spread.get(metric).copied(),
            seeds: run.seeds,
            source: run.source.clone(),
        })
    });
    let verdict = tolerance.map_or(Verdict::NotJudged, |tolerance| {
        judge(&ours, published.as_ref(), reference.as_ref(), tolerance)
    });
    let tolerance = tolerance.unwrap_or(0.0);
    let most_popular = most_popular.metric(metric);
    let metric = metric.to_owned();
    Ok(Some(Figure { metric, published, reference, ours, most_popular, tolerance, verdict }))
}

fn quoted(run: &Published, metric: &str) -> Option<Quoted> {
    let value = *run.metrics.get(metric)?;
    Some(Quoted { value, source: run.source.clone(), protocol_differs: run.protocol_differs.clone() })
}

/// Mean and sample deviation over seeds; interval over cases of their mean over seeds.
fn ours(metric: &str, values: &[f64], tests: &[&RetrievalReport]) -> Result<Ours> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let spread = (values.len() > 1)
        .then(|| (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt());
    let config = BootstrapConfig::default();
    let columns: Option<Vec<&[f64]>> = tests.iter().map(|test| test.first().per_user(metric)).collect();
    let interval = match columns {
        Some(columns) => {
            let cases = columns[0].len();
            let means: Vec<f64> =
                (0..cases).map(|case| columns.iter().map(|column| column[case]).sum::<f64>() / n).collect();
            let interval = mean_interval(&means, &config)?;
            (interval.lower, interval.upper)
        }
        None => (mean, mean),
    };
    Ok(Ours { mean, spread, interval, level: config.level })
}

fn seed_run(outcome: &SeedOutcome) -> SeedRun {
    let progress = &outcome.fit.progress;
    let point = |point: &seqrec_train::trainer::CurvePoint| CurvePoint {
        step: point.step,
        loss: point.loss,
        seconds: point.seconds,
        validation: point.validation.clone(),
    };
    let test = outcome.test.as_ref();
    SeedRun {
        seed: outcome.seed,
        steps: progress.step,
        best_step: progress.stopping.best.map_or(progress.step, |(_, step)| step),
        train_seconds: progress.seconds,
        samples_per_second: outcome.samples_per_second,
        loader_wait_share: outcome.fit.loader.waited.as_secs_f64() / outcome.seconds.max(f64::MIN_POSITIVE),
        padded_share: outcome.padded_share,
        curve: progress.curve.iter().map(point).collect(),
        test: test.map(|test| test.first().metrics.clone()).unwrap_or_default(),
        lambdas: test.map(lambdas).unwrap_or_default(),
        interests: test.and_then(|test| test.interests.as_ref()).map(|interests| InterestDiagnostics {
            mean_pairwise_cosine: interests.mean_pairwise_cosine,
            target_shares: interests.target_shares.clone(),
        }),
        weights_sha256: outcome.weights_sha256.clone(),
    }
}

fn lambdas(test: &RetrievalReport) -> Vec<LambdaPoint> {
    let point = |(lambda, report): &(f32, Report)| LambdaPoint {
        lambda: *lambda,
        metrics: report.metrics.clone().into_iter().collect::<BTreeMap<_, _>>(),
    };
    test.by_lambda.iter().map(point).collect()
}

fn card(stage: &Stage) -> Vec<(String, String)> {
    let card = &stage.data.card;
    let kept = |kept: usize, raw: usize| format!("{kept} of {raw}");
    let part = |part: &seqrec_data::PartSize| {
        let size = format!(
            "{} users, {} events, {} targets in {} cases, {:.2} % of the targets unseen in training, {} cases of \
             users without training events",
            part.users,
            part.events,
            part.targets,
            part.cases,
            100.0 * part.unseen_targets,
            part.cold_cases
        );
        let left_out = part.left_out.phrases();
        match left_out.is_empty() {
            true => size,
            false => format!("{size}; left out: {}", left_out.join(", ")),
        }
    };
    let rows = [
        ("data set", card.name.clone()),
        ("users kept", kept(card.users, card.raw.users)),
        ("items kept", kept(card.items, card.raw.items)),
        ("events kept", kept(card.events, card.raw.events)),
        ("median length", card.median_length.to_string()),
        ("filter", card.prepare.filter.to_string()),
        (
            "training",
            format!("{} users, {} events, {} pairs", card.train.users, card.train.events, card.train.pairs),
        ),
        ("validation", part(&card.valid)),
        ("test", part(&card.test)),
        ("fingerprint", card.fingerprint.clone()),
    ];
    rows.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()
}

/// The curves and test figures as JSON lines.
pub fn metrics_lines(outcomes: &[SeedOutcome]) -> String {
    let mut lines = String::new();
    for outcome in outcomes {
        let run = seed_run(outcome);
        for point in &run.curve {
            let line = serde_json::json!({
                "seed": run.seed, "step": point.step, "seconds": point.seconds, "loss": point.loss,
                "validation": point.validation
            });
            lines.push_str(&format!("{line}\n"));
        }
        for point in &run.lambdas {
            let line = serde_json::json!({
                "seed": run.seed, "step": run.best_step, "lambda": point.lambda, "test": point.metrics
            });
            lines.push_str(&format!("{line}\n"));
        }
    }
    lines
}
