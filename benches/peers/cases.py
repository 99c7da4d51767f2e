"""Every case: its name makes what to run and the number of training examples, users or requests of one run."""

import batches
import ranking
import rechub
from models import (
    ComiRecDr,
    ComiRecSa,
    Gru4Rec,
    Gru4RecComiRec,
    Mind,
    Narm,
    SasRec,
    SasRecF,
    SasRecOfPairs,
    SessionGru4Rec,
    SrGnn,
    Ssr,
    YoutubeDnn,
)
from serving import server, session_server
from training import indexed_adagrad, stepper


def sampled(model, items, sparse, short=False):
    """A step of one of ComiRec's comparison, the table with dense or with sparse gradients."""
    data = [batches.sampled(128, 20, items, 1280, short) for _ in range(8)]
    return stepper(model(items, sparse), data), 128


def sasrec(items, dropout=0.0, short=False):
    return stepper(SasRec(items, 50, 2, 256, dropout), [batches.histories(256, 50, items, short) for _ in range(4)]), 256


def gru4rec(items, short=False):
    return stepper(Gru4Rec(items), [batches.histories(256, 20, items, short) for _ in range(4)]), 256


def every_event(model, items, negatives=0):
    """A step that supervises every event, with negatives of its own for each or against the catalogue."""
    return stepper(model, [batches.every_event(128, 50, items, negatives) for _ in range(4)]), 128


def pairs(negatives, **loss):
    return every_event(SasRecOfPairs(3_700, 50, 1, 64, 0.2, **loss), 3_700, negatives)


def ssr(items):
    data = [batches.distinct(batches.every_event(128, 50, items, 16)) for _ in range(4)]
    return stepper(Ssr(items), data), 128


def session_gru4rec(items):
    model = SessionGru4Rec(items, 32)
    return stepper(model, batches.turns(32, items, 2048, 64), indexed_adagrad(model)), 32


CASES = {
    "comirec-50000-dense": lambda: sampled(ComiRecSa, 50_000, False),
    "comirec-500000": lambda: sampled(ComiRecSa, 500_000, True),
    "comirec-500000-short": lambda: sampled(ComiRecSa, 500_000, True, short=True),
    "comirec-500000-dense": lambda: sampled(ComiRecSa, 500_000, False),
    "comirec-50000-rechub": lambda: rechub.comirec(50_000),
    "comirec-dr-50000-dense": lambda: sampled(ComiRecDr, 50_000, False),
    "comirec-dr-500000": lambda: sampled(ComiRecDr, 500_000, True),
    "mind-50000-dense": lambda: sampled(Mind, 50_000, False),
    "mind-500000": lambda: sampled(Mind, 500_000, True),
    "youtube-dnn-50000-dense": lambda: sampled(YoutubeDnn, 50_000, False),
    "youtube-dnn-500000": lambda: sampled(YoutubeDnn, 500_000, True),
    "gru4rec-comirec-50000-dense": lambda: sampled(Gru4RecComiRec, 50_000, False),
    "gru4rec-comirec-500000": lambda: sampled(Gru4RecComiRec, 500_000, True),
    "sasrec-3700": lambda: sasrec(3_700),
    "sasrec-3700-dropout": lambda: sasrec(3_700, 0.2),
    "sasrec-50000": lambda: sasrec(50_000),
    "sasrec-12101-short": lambda: sasrec(12_101, short=True),
    "sasrec-3700-bce": lambda: pairs(1),
    "sasrec-3700-gbce": lambda: pairs(256, calibration=0.75),
    "sasrec-3700-gbce-all-scores": lambda: pairs(256, calibration=0.75, all_scores=True),
    "sasrecf-3700": lambda: every_event(SasRecF(3_700, 50, 2, 256, 0.2), 3_700),
    "ssr-9700": lambda: ssr(9_700),
    "gru4rec-3700": lambda: gru4rec(3_700),
    "gru4rec-3700-short": lambda: gru4rec(3_700, short=True),
    "session-gru4rec-37000": lambda: session_gru4rec(37_000),
    "narm-43000": lambda: (stepper(Narm(43_000), [batches.prefixes(100, 43_000) for _ in range(8)]), 100),
    "sr-gnn-43000": lambda: (stepper(SrGnn(43_000), [batches.graphs(100, 43_000) for _ in range(8)]), 100),
    "sr-gnn-3700": lambda: (stepper(SrGnn(3_700), [batches.graphs(100, 3_700) for _ in range(8)]), 100),
    "serve-comirec-50000": lambda: (server(ComiRecSa(50_000), batches.history, 20), 1),
    "serve-sasrec-50000": lambda: (server(SasRec(50_000, 50, 2, 256, 0.0), batches.history, 50), 1),
    "serve-gru4rec-50000": lambda: (server(Gru4Rec(50_000), batches.history, 50), 1),
    "serve-sr-gnn-50000": lambda: (server(SrGnn(50_000), batches.graph, 5), 1),
    "serve-session-gru4rec-50000": lambda: (session_server(SessionGru4Rec(50_000, 1), 5), 1),
    "cross-entropy": ranking.cross_entropy,
    "full-ranking": ranking.full_ranking,
    "full-ranking-metrics": ranking.recbole_evaluation,
}
