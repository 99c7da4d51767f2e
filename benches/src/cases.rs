//! Every case, one table.

use seqrec_core::optim::RowScope;

use crate::{Case, Kind, Workload, evaluation, loss, serving, steps};

const TOUCHED: RowScope = RowScope::Touched;
const ALL: RowScope = RowScope::All;

const fn step(name: &'static str, what: &'static str, make: fn() -> Workload) -> Case {
    Case { name, what, kind: Kind::Step, make }
}

const fn request(name: &'static str, what: &'static str, make: fn() -> Workload) -> Case {
    Case { name, what, kind: Kind::Request, make }
}

const fn part(name: &'static str, what: &'static str, make: fn() -> Workload) -> Case {
    Case { name, what, kind: Kind::Part, make }
}

/// Every case.
pub const CASES: &[Case] = &[
    step(
        "comirec-10000",
        "ComiRec-SA step, batch 128, history 20, 1,280 negatives, 10,000 items, touched rows",
        || steps::comirec_sa(10_000, TOUCHED),
    ),
    step("comirec-50000-dense", "the same, 50,000 items, Adam on all rows", || {
        steps::comirec_sa(50_000, ALL)
    }),
    step("comirec-500000", "the same, 500,000 items, touched rows", || steps::comirec_sa(500_000, TOUCHED)),
    step("comirec-10000000", "the same, 10,000,000 items, touched rows", || {
        steps::comirec_sa(10_000_000, TOUCHED)
    }),
    step(
        "comirec-500000-short",
        "the same, 500,000 items, histories as short as Beauty's (mean 8 of 20)",
        || steps::comirec_sa_short(500_000, TOUCHED),
    ),
    step(
        "comirec-dr-50000-dense",
        "ComiRec-DR step, as ComiRec-SA's, 50,000 items, Adam on all rows",
        || steps::comirec_dr(50_000, ALL),
    ),
    step("comirec-dr-500000", "the same, 500,000 items, touched rows", || {
        steps::comirec_dr(500_000, TOUCHED)
    }),
    step("mind-50000-dense", "MIND step, as ComiRec-SA's, 50,000 items, Adam on all rows", || {
        steps::mind(50_000, ALL)
    }),
    step("mind-500000", "the same, 500,000 items, touched rows", || steps::mind(500_000, TOUCHED)),
    step(
        "youtube-dnn-50000-dense",
        "YouTube-DNN step, as ComiRec-SA's, 50,000 items, Adam on all rows",
        || steps::youtube_dnn(50_000, ALL),
    ),
    step("youtube-dnn-500000", "the same, 500,000 items, touched rows", || {
        steps::youtube_dnn(500_000, TOUCHED)
    }),
    step(
        "gru4rec-comirec-50000-dense",
        "ComiRec's GRU step, as ComiRec-SA's, 50,000 items, Adam on all rows",
        || steps::gru4rec_comirec(50_000, ALL),
    ),
    step("gru4rec-comirec-500000", "the same, 500,000 items, touched rows", || {
        steps::gru4rec_comirec(500_000, TOUCHED)
    }),
    step(
        "sasrec-3700",
        "SASRec step, batch 256, history 50, softmax over 3,700 items at the last position",
        || steps::sasrec(3_700, 0.0),
    ),
    step("sasrec-3700-dropout", "the same with dropout .2", || steps::sasrec(3_700, 0.2)),
    step("sasrec-50000", "the same, 50,000 items, no dropout", || steps::sasrec(50_000, 0.0)),
    step(
        "sasrec-12101-short",
        "the same, 12,101 items, histories as short as Beauty's (mean 8 of 50)",
        steps::sasrec_short,
    ),
    step(
        "sasrec-3700-bce",
        "SASRec step, batch 128, history 50, every event, one negative each, 3,700 items, dropout .2",
        || steps::sasrec_bce(3_700),
    ),
    step("sasrec-3700-gbce", "the same, 256 negatives each, gBCE", || steps::sasrec_gbce(3_700)),
    step(
        "sasrecf-3700",
        "SASRecF step, batch 128, history 50, every event, softmax over 3,700 items, two categories an item",
        || steps::sasrecf(3_700),
    ),
    step(
        "ssr-9700",
        "SSR step, batch 128, history 50, every event, hinge on 16 negatives each, 9,700 items with two categories",
        || steps::ssr(9_700),
    ),
    step("gru4rec-3700", "GRU step, batch 256, history 20, hidden 100, softmax over 3,700 items", || {
        steps::gru4rec(3_700)
    }),
    step("gru4rec-3700-short", "the same, histories as short as Beauty's (mean 8 of 20)", || {
        steps::gru4rec_short(3_700)
    }),
    step(
        "session-gru4rec-37000",
        "GRU4Rec step, 32 sessions side by side, hidden 100, 2,048 negatives, 37,000 items, Adagrad on touched rows",
        || steps::session_gru4rec(37_000),
    ),
    step(
        "narm-43000",
        "NARM step, batch 100, prefixes of sessions of 3 to 8 events, softmax over 43,000 items",
        || steps::narm(43_000),
    ),
    step(
        "sr-gnn-43000",
        "SR-GNN step, batch 100, prefixes of sessions of 3 to 8 events, softmax over 43,000 items",
        || steps::sr_gnn(43_000),
    ),
    step("sr-gnn-3700", "the same, 3,700 items", || steps::sr_gnn(3_700)),
    request(
        "serve-comirec-50000",
        "best 20 of 50,000 items for one user, ComiRec-SA, history 20",
        serving::comirec_sa,
    ),
    request("serve-sasrec-50000", "the same, SASRec, history 50", serving::sasrec),
    request("serve-gru4rec-50000", "the same, GRU, history 50", serving::gru4rec),
    request("serve-sr-gnn-50000", "the same, SR-GNN, session of 5", serving::sr_gnn),
    request(
        "serve-session-gru4rec-50000",
        "the same, GRU4Rec, one more event of a session",
        serving::session_gru4rec,
    ),
    part(
        "cross-entropy",
        "cross-entropy of 12,800 queries over 50,000 items, d 64, forward and backward",
        loss::cross_entropy,
    ),
    part("full-ranking", "top 50 of 100,000 items for 512 users, d 64", evaluation::full_ranking),
    part(
        "full-ranking-metrics",
        "the same, with five metrics of the lists",
        evaluation::full_ranking_with_metrics,
    ),
];
