//! What a report says in sentences, the same in every rendering.

use super::format::{counted, decimal, level, percent};
use super::metric_name::label;
use super::model::{Figure, RunReport};
use super::verdict::{Verdict, target};

/// Mean pairwise cosine above which interests count as collapsed. A rule of thumb: at 0.95 two
/// vectors are 18 degrees apart and rank nearly alike.
const COLLAPSE_COSINE: f64 = 0.95;
/// Share of targets won by one interest above which the others count as unused. A rule of thumb.
const COLLAPSE_SHARE: f64 = 0.95;

/// The outcome in a sentence or two.
pub fn summary(report: &RunReport) -> String {
    let Some(figure) = report.primary_figure() else {
        let primary = label(&report.primary);
        return format!("{primary}, the metric that decides, is not among the figures: there is no verdict.");
    };
    let seeds = counted(report.seeds.len(), "seed");
    let ours = format!("{} is {} over {seeds}", label(&figure.metric), decimal(figure.ours.mean));
    let Some(target) = target(figure.published.as_ref(), figure.reference.as_ref()) else {
        return format!("{ours}. There is no comparable figure to hold it against.");
    };
    let difference = figure.ours.mean - target.value();
    let side = if difference < 0.0 { "below" } else { "above" };
    let distance = match decimal(difference.abs()) {
        none if none == "0.0000" => "equal to".to_owned(),
        some => format!("{some} {side}"),
    };
    let within = match figure.verdict {
        Verdict::Reproduced => "within",
        _ => "outside",
    };
    format!(
        "{ours}, {distance} the {} value of {} and {within} the tolerance of {}.",
        target.kind(),
        decimal(target.value()),
        decimal(figure.tolerance),
    )
}

/// How to read the comparison: one statement each.
pub fn how_to_read(report: &RunReport) -> Vec<String> {
    let mut lines = vec![spread(report)];
    lines.extend(report.figures.first().map(interval));
    lines.push(
        "A verdict compares means: reproduced says that ours differs from the target by at most the \
         tolerance, which the recipe fixes beforehand. The target is the reference, the original code run on \
         the same data; where there is none, it is the published value if its protocol is the same."
            .to_owned(),
    );
    lines.push(
        "MostPopular ranks all items by their number of training events, alike for every user.".to_owned(),
    );
    lines.extend(not_comparable(report));
    lines
}

fn spread(report: &RunReport) -> String {
    match report.seeds.len() {
        0 => "No seed was run.".to_owned(),
        1 => "One seed was run, so nothing is known of the spread over seeds: another seed would give other \
              figures."
            .to_owned(),
        seeds => format!(
            "± is the standard deviation over {} (with n - 1): how far a figure moves when only the seed \
             changes.",
            counted(seeds, "seed")
        ),
    }
}

fn interval(figure: &Figure) -> String {
    format!(
        "The interval in brackets is a {} percentile bootstrap interval over test cases: how far the figure \
         depends on which cases were tested. It does not cover the choice of the seed, and takes several cases \
         of one user, which some protocols have, for independent ones.",
        level(figure.ours.level)
    )
}

fn not_comparable(report: &RunReport) -> Option<String> {
    let other = report
        .figures
        .iter()
        .filter(|figure| figure.published.as_ref().is_some_and(|quoted| quoted.protocol_differs.is_some()));
    let names: Vec<String> = other.map(|figure| label(&figure.metric)).collect();
    (!names.is_empty()).then(|| {
        format!(
            "The published values of {} come from another protocol. They are shown for orientation and decide \
             nothing.",
            names.join(", ")
        )
    })
}

/// What the interest diagnostics mean; `None` for models with one interest.
pub fn interests(report: &RunReport) -> Option<String> {
    let runs: Vec<_> =
        report.seeds.iter().filter_map(|run| Some((run.seed, run.interests.as_ref()?))).collect();
    let first = runs.first()?.1;
    let collapsed: Vec<String> = runs
        .iter()
        .filter(|(_, interests)| {
            let most = interests.target_shares.iter().copied().fold(0.0, f64::max);
            interests.mean_pairwise_cosine > COLLAPSE_COSINE || most > COLLAPSE_SHARE
        })
        .map(|(seed, _)| seed.to_string())
        .collect();
    let finding = match collapsed.as_slice() {
        [] => "None of the runs shows it.".to_owned(),
        seeds => format!("This is so for seed {}.", seeds.join(", ")),
    };
    Some(format!(
        "Collapse would mean that the {} interests of a user do the work of one: a mean pairwise cosine above \
         {COLLAPSE_COSINE}, or one interest that wins more than {} of the targets. {finding}",
        first.target_shares.len(),
        percent(COLLAPSE_SHARE),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::fixture;
    use crate::report::verdict::judge;

    #[test]
    fn the_summary_gives_the_difference_and_its_side() {
        let mut report = fixture::full();
        let text = summary(&report);
        assert_eq!(
            text,
            "Recall@50 is 0.2265 over 3 seeds, 0.0013 below the reference value of 0.2278 and within the tolerance \
             of 0.0100."
        );
        report.figures[0].tolerance = 0.001;
        let Figure { ours, published, reference, tolerance, .. } = report.figures[0].clone();
        report.figures[0].verdict = judge(&ours, published.as_ref(), reference.as_ref(), tolerance);
        assert!(summary(&report).ends_with("outside the tolerance of 0.0010."));
    }

    #[test]
    fn without_a_target_the_summary_says_so() {
        assert!(summary(&fixture::no_reference()).contains("no comparable figure"));
        let mut report = fixture::full();
        report.primary = "mrr@10".into();
        assert!(summary(&report).starts_with("MRR@10, the metric that decides"));
    }

    #[test]
    fn one_seed_is_owned_up_to() {
        assert!(how_to_read(&fixture::one_seed())[0].starts_with("One seed was run"));
        assert!(how_to_read(&fixture::full())[0].contains("over 3 seeds"));
    }

    #[test]
    fn collapse_is_named_with_its_seed() {
        let mut report = fixture::full();
        assert!(interests(&report).is_some_and(|text| text.ends_with("None of the runs shows it.")));
        if let Some(interests) = &mut report.seeds[1].interests {
            interests.mean_pairwise_cosine = 0.99;
        }
        assert!(interests(&report).is_some_and(|text| text.ends_with("This is so for seed 20.")));
        for seed in &mut report.seeds {
            seed.interests = None;
        }
        assert_eq!(interests(&report), None);
    }
}
