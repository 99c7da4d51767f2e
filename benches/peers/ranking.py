"""A loss over a catalogue, and full rankings of many users."""

import math

import torch
from torch.nn import functional as F

D = 64


def cross_entropy():
    q, w = (torch.rand(n, D).requires_grad_() for n in (12_800, 50_000))
    targets = torch.randint(1, 50_000, (12_800,))

    def run(_):
        q.grad = w.grad = None
        F.cross_entropy(q @ w.t(), targets).backward()

    return run, 12_800


def full_ranking():
    """What RecBole does with a batch of users: all scores, the best 50, and a matrix of the relevant."""
    users, items = torch.rand(512, D), torch.rand(100_001, D)
    positive = torch.randint(1, 100_001, (512,))

    def run(_):
        with torch.no_grad():
            scores = users @ items.t()
            scores[:, 0] = -math.inf
            top = torch.topk(scores, 50, dim=-1)[1]
            relevant = torch.zeros_like(scores, dtype=torch.int)
            relevant[torch.arange(512), positive] = 1
            torch.cat((torch.gather(relevant, 1, top), relevant.sum(1, keepdim=True)), 1)

    return run, 512


def recbole_evaluation():
    """RecBole's own collector and evaluator on a batch of users, with its default metrics."""
    import numpy
    from recbole.evaluator import Collector, Evaluator

    numpy.float = float  # RecBole uses a name that NumPy has dropped.
    config = {
        "metrics": ["Recall", "MRR", "NDCG", "Hit", "Precision"],
        "topk": [50],
        "metric_decimal_place": 4,
        "eval_args": {"mode": "full"},
        "device": torch.device("cpu"),
    }
    users, items = torch.rand(512, D), torch.rand(100_001, D)
    rows, positive = torch.arange(512), torch.randint(1, 100_001, (512,))

    def run(_):
        collector = Collector(config)
        with torch.no_grad():
            scores = users @ items.t()
            scores[:, 0] = -math.inf
            collector.eval_batch_collect(scores, None, rows, positive)
        Evaluator(config).evaluate(collector.get_data_struct())

    return run, 512
