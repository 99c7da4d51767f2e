//! All metrics of a full ranking, user by user, in one pass.

mod config;
mod metric;
mod observation;
mod per_user;
mod report;
mod totals;

pub use config::EvaluatorConfig;
pub use metric::Metric;
pub use per_user::PerUser;
pub use report::Report;

use std::collections::HashSet;

use crate::accuracy::Hits;
use crate::{Catalogue, Error, Result};

use observation::Observation;
use per_user::Rows;
use totals::Totals;

/// Evaluates the ranked lists of many users over one catalogue.
///
/// Users may come in any order, and several evaluators may each take a part of them:
/// [`fork`](Self::fork) makes another one for a second thread, [`merge`](Self::merge) joins them.
/// The report is the same to the last bit however the users were ordered and distributed.
///
/// The "user" is whatever the protocol averages over. Where it averages over events, number the
/// events.
///
/// Memory is 8 bytes for each user-averaged figure of each user, and for each item and cut-off.
///
/// ```
/// use seqrec_eval::{Catalogue, Evaluator, EvaluatorConfig, Metric};
///
/// let catalogue = Catalogue::new(vec![0, 9, 4, 2, 1, 1])?;
/// let config = EvaluatorConfig {
///     cutoffs: vec![2],
///     metrics: vec![Metric::Recall, Metric::Ndcg, Metric::Coverage],
///     ..EvaluatorConfig::default()
/// };
/// let mut evaluator = Evaluator::new(config, &catalogue)?;
/// // user, ranked list, ground truth, history
/// evaluator.observe(7, &[1, 2, 3], &[2], &[4])?;
/// evaluator.observe(3, &[1, 4, 2], &[4, 5], &[2, 3])?;
///
/// let report = evaluator.finish();
/// assert_eq!(report.metric("recall@2"), Some(0.75));
/// assert_eq!(report.metric("coverage@2"), Some(0.6));
/// assert_eq!(report.user_ids(), [3, 7]);
/// assert_eq!(report.per_user("recall@2"), Some(&[0.5, 1.0][..]));
/// # Ok::<(), seqrec_eval::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Evaluator<'a> {
    config: EvaluatorConfig,
    catalogue: &'a Catalogue,
    head_size: usize,
    seen: HashSet<u32>,
    skipped: usize,
    rows: Rows,
    totals: Totals,
}

impl<'a> Evaluator<'a> {
    /// An evaluator that has seen no user.
    ///
    /// # Errors
    /// What [`EvaluatorConfig::check`] finds; [`Error::MissingData`] if a metric needs data that
    /// the catalogue lacks.
    pub fn new(config: EvaluatorConfig, catalogue: &'a Catalogue) -> Result<Self> {
        config.check()?;
        for metric in &config.metrics {
            metric.check_data(catalogue)?;
        }
        let head_size = catalogue.popularity().head_size(config.head_share)?;
        let columns = config.per_user_metrics().count() * config.cutoffs.len();
        Ok(Self {
            catalogue,
            head_size,
            seen: HashSet::new(),
            skipped: 0,
            rows: Rows::new(columns),
            totals: Totals::new(catalogue.num_items(), config.cutoffs.len()),
            config,
        })
    }

    /// An evaluator of the same configuration and catalogue that has seen no user.
    #[must_use]
    pub fn fork(&self) -> Self {
        Self {
            config: self.config.clone(),
            catalogue: self.catalogue,
            head_size: self.head_size,
            seen: HashSet::new(),
            skipped: 0,
            rows: Rows::new(self.rows.columns()),
            totals: Totals::new(self.catalogue.num_items(), self.config.cutoffs.len()),
        }
    }

    /// Takes in one user.
    ///
    /// * `ranked`: the recommended items, best first. It may be shorter or longer than the
    ///   cut-offs; what lies beyond the largest cut-off has no influence.
    /// * `truth`: the held-out items, in order of time. A user without any is counted as skipped
    ///   and enters no figure.
    /// * `history`: the items that the user's list was computed from. Only popularity lift uses
    ///   it; it may be empty, and such a user is left out of that metric.
    ///
    /// # Errors
    /// [`Error::User`] with the user and one of: [`Error::DuplicateUser`], [`Error::Pad`],
    /// [`Error::UnknownItem`], [`Error::DuplicateItem`], [`Error::EmptyRanking`]. The evaluator is
    /// then unchanged.
    pub fn observe(&mut self, user: u32, ranked: &[u32], truth: &[u32], history: &[u32]) -> Result<()> {
        self.try_observe(user, ranked, truth, history).map_err(|error| error.of_user(user))
    }

    fn try_observe(&mut self, user: u32, ranked: &[u32], truth: &[u32], history: &[u32]) -> Result<()> {
        if self.seen.contains(&user) {
            return Err(Error::DuplicateUser);
        }
        self.catalogue.check_ids("the ranked list", ranked)?;
        self.catalogue.check_ids("the ground truth", truth)?;
        self.catalogue.check_ids("the history", history)?;
        if truth.is_empty() {
            self.seen.insert(user);
            self.skipped += 1;
            return Ok(());
        }
        if ranked.is_empty() {
            return Err(Error::EmptyRanking);
        }
        let hits = Hits::new(ranked, truth, self.config.truth)?;
        let view = Observation { ranked, hits: &hits, catalogue: self.catalogue, head_size: self.head_size };

        self.seen.insert(user);
        let config = &self.config;
        let figures = config
            .per_user_metrics()
            .flat_map(|metric| config.cutoffs.iter().map(move |&n| (metric, n)))
            .map(|(metric, n)| view.figure(metric, n));
        self.rows.push(user, figures);
        self.totals.add(user, &view, truth, history, &self.config.cutoffs);
        Ok(())
    }

    /// Takes over the users of another evaluator.
    ///
    /// # Errors
    /// [`Error::MergeMismatch`] if configuration or catalogue differ; [`Error::User`] with
    /// [`Error::DuplicateUser`] if both saw the same user. The evaluator is then unchanged.
    pub fn merge(&mut self, other: Self) -> Result<()> {
        if self.config != other.config {
            return Err(Error::MergeMismatch("their configuration"));
        }
        if !std::ptr::eq(self.catalogue, other.catalogue) && self.catalogue != other.catalogue {
            return Err(Error::MergeMismatch("their catalogue"));
        }
        if let Some(&user) = self.seen.intersection(&other.seen).min() {
            return Err(Error::DuplicateUser.of_user(user));
        }
        self.seen.extend(other.seen);
        self.skipped += other.skipped;
        self.rows.append(other.rows);
        self.totals.merge(other.totals);
        Ok(())
    }

    /// Averages what was observed.
    pub fn finish(self) -> Report {
        report::build(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Categories, ItemVectors, UserCounts};

    fn catalogue() -> Catalogue {
        let vectors = (0..18_u16).map(|x| f32::from(x * x % 7)).collect();
        Catalogue::new(vec![0, 40, 20, 10, 5, 3, 2, 0, 0])
            .and_then(|it| it.with_categories(Categories::single(&[0, 1, 1, 2, 2, 3, 3, 0, 0])))
            .and_then(|it| it.with_vectors(ItemVectors::new(2, vectors)?))
            .and_then(|it| it.with_user_counts(UserCounts::new(vec![0, 9, 8, 7, 5, 3, 2, 0, 0], 9)?))
            .unwrap()
    }

    fn all_metrics() -> EvaluatorConfig {
        EvaluatorConfig { cutoffs: vec![2, 4], metrics: Metric::ALL.to_vec(), ..EvaluatorConfig::default() }
    }

    fn observe(evaluator: &mut Evaluator<'_>, user: u32) {
        let ranked: Vec<u32> = (0..1 + user % 5).map(|place| 1 + (user * 7 + place * 3) % 8).collect();
        let truth: Vec<u32> = (0..user % 4).map(|k| 1 + (user + k * 5) % 8).collect();
        let history: Vec<u32> = (0..user % 5).map(|k| 1 + (user * 7 + k) % 8).collect();
        evaluator.observe(user, &ranked, &truth, &history).unwrap();
    }

    #[test]
    fn order_and_distribution_of_users_leave_every_bit_alone() {
        let catalogue = catalogue();
        let empty = Evaluator::new(all_metrics(), &catalogue).unwrap();
        let mut whole = empty.fork();
        (0..97).for_each(|user| observe(&mut whole, user));
        let mut parts: Vec<Evaluator<'_>> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..3)
                .map(|part| {
                    let mut own = empty.fork();
                    scope.spawn(move || {
                        let users = (0..97).rev().filter(|user| user / 5 % 3 == part);
                        users.for_each(|user| observe(&mut own, user));
                        own
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let mut joined = parts.pop().unwrap();
        for part in parts {
            joined.merge(part).unwrap();
        }
        let (whole, joined) = (whole.finish(), joined.finish());
        assert_eq!(whole, joined);
        assert_eq!((whole.users_evaluated, whole.users_skipped), (72, 25));
        assert!(whole.undefined.is_empty(), "{:?}", whole.undefined);
        for (name, figure) in &whole.metrics {
            assert_eq!(figure.to_bits(), joined.metrics[name].to_bits(), "{name}");
        }
    }

    #[test]
    fn faulty_input_names_user_and_rule_and_changes_nothing() {
        let catalogue = catalogue();
        let mut evaluator = Evaluator::new(all_metrics(), &catalogue).unwrap();
        evaluator.observe(1, &[1, 2], &[2], &[3]).unwrap();
        let before = evaluator.clone().finish();
        for (user, ranked, truth, history, fault) in [
            (1, &[1][..], &[2][..], &[][..], Error::DuplicateUser),
            (2, &[], &[2], &[], Error::EmptyRanking),
            (2, &[0], &[2], &[], Error::Pad { place: "the ranked list" }),
            (2, &[1], &[0], &[], Error::Pad { place: "the ground truth" }),
            (2, &[1], &[2], &[0], Error::Pad { place: "the history" }),
            (2, &[1, 9], &[2], &[], Error::UnknownItem { place: "the ranked list", item: 9, last: 8 }),
            (2, &[1], &[10], &[], Error::UnknownItem { place: "the ground truth", item: 10, last: 8 }),
            (2, &[3, 1, 3], &[2], &[], Error::DuplicateItem { place: "the ranked list", item: 3 }),
        ] {
            let error = evaluator.observe(user, ranked, truth, history).unwrap_err();
            assert_eq!(error, fault.of_user(user));
        }
        assert_eq!(evaluator.clone().finish(), before);
        evaluator.observe(2, &[1], &[2], &[]).unwrap();
    }

    #[test]
    fn only_evaluators_of_one_kind_are_merged() {
        let catalogue = catalogue();
        let other_catalogue = Catalogue::new(vec![0, 1]).unwrap();
        let config = EvaluatorConfig { cutoffs: vec![1], ..EvaluatorConfig::default() };
        fn new<'a>(config: &EvaluatorConfig, catalogue: &'a Catalogue) -> Evaluator<'a> {
            Evaluator::new(config.clone(), catalogue).unwrap()
        }
        let other_config = EvaluatorConfig { cutoffs: vec![2], ..config.clone() };
        let mut evaluator = new(&config, &catalogue);
        assert_eq!(
            evaluator.merge(new(&other_config, &catalogue)),
            Err(Error::MergeMismatch("their configuration"))
        );
        assert_eq!(
            new(&config, &catalogue).merge(new(&config, &other_catalogue)),
            Err(Error::MergeMismatch("their catalogue"))
        );
        let mut same_user = evaluator.fork();
        same_user.observe(4, &[1], &[1], &[]).unwrap();
        evaluator.observe(4, &[2], &[], &[]).unwrap();
        assert_eq!(evaluator.merge(same_user), Err(Error::DuplicateUser.of_user(4)));
    }

    #[test]
    fn a_metric_without_its_data_is_refused() {
        let bare = Catalogue::new(vec![0, 1]).unwrap();
        for (metric, needs) in [
            (Metric::CategoryDiversity, "categories"),
            (Metric::IntraListDiversity, "item vectors"),
            (Metric::UserNovelty, "user counts"),
        ] {
            let config = EvaluatorConfig { metrics: vec![metric], ..EvaluatorConfig::default() };
            let error = Evaluator::new(config, &bare).unwrap_err();
            assert_eq!(error, Error::MissingData { metric: metric.name(), needs });
        }
    }
}
