//! How much each interest is used.

use super::Plot;
use crate::report::chart::{Axis, Bar, BarChart, BarGroup, padded};
use crate::report::format::{decimal, percent};
use crate::report::model::{InterestDiagnostics, RunReport};
use crate::report::prose;

/// Share of targets won by each interest, one group a seed; `None` for models with one interest.
pub fn shares(report: &RunReport) -> Option<Plot> {
    let runs = report.seeds.iter().filter_map(|run| Some((run.seed, run.interests.as_ref()?)));
    let groups: Vec<BarGroup> = runs.clone().map(|(seed, interests)| group(seed, interests)).collect();
    let values = runs.clone().flat_map(|(_, interests)| interests.target_shares.iter().copied());
    let top = padded(values.chain([0.0]), 0.1)?.1;
    let interests = runs.clone().map(|(_, interests)| interests.target_shares.len()).next()?;
    let equal = 1.0 / interests.max(1) as f64;
    let top = top.max(1.15 * equal);
    let chart = BarChart {
        label: "share of test targets won by each interest".into(),
        y: Axis::linear("share of test targets won (%)", (0.0, 100.0 * top), 5),
        groups,
        line: Some((100.0 * equal, format!("equal shares: {}", percent(equal)))),
    };
    Some(Plot {
        name: "interests",
        title: "Use of the interests".into(),
        caption: format!(
            "An interest wins a target if, of all interests of the user, it scores the target highest. Interests \
             of different seeds do not correspond. {}",
            prose::interests(report)?
        ),
        drawing: chart.draw(),
    })
}

fn group(seed: u64, interests: &InterestDiagnostics) -> BarGroup {
    let cosine = format!("mean cosine {}", decimal(interests.mean_pairwise_cosine));
    let bars = interests.target_shares.iter().enumerate().map(|(i, &share)| Bar {
        value: 100.0 * share,
        label: format!("{:.1}", 100.0 * share),
        tip: format!("seed {seed}, interest {}\n{} of targets\n{cosine}", i + 1, percent(share)),
    });
    BarGroup { captions: vec![format!("seed {seed}"), cosine.clone()], bars: bars.collect() }
}
