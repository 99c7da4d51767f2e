"""The peers' side of `workload`: the same shapes in plain PyTorch (and torch-rechub), one case a process.

usage: steps.py <case> [repetitions] [threads]
"""

import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

D = 64


class Block(nn.Module):
    """Pre-norm attention block as SASRec ports build it."""

    def __init__(self, heads, inner, dropout):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.norm, self.forward_norm = nn.LayerNorm(D, eps=1e-8), nn.LayerNorm(D, eps=1e-8)
        self.q, self.k, self.v = nn.Linear(D, D), nn.Linear(D, D), nn.Linear(D, D)
        self.inner, self.outer = nn.Linear(D, inner), nn.Linear(inner, D)

    def forward(self, x, hidden):
        b, length, _ = x.shape
        drop = lambda t: F.dropout(t, self.dropout, self.training)
        split = lambda t: t.view(b, length, self.heads, -1).transpose(1, 2)
        y = self.norm(x)
        q, k, v = split(self.q(y)), split(self.k(x)), split(self.v(x))
        scores = (q @ k.transpose(-1, -2)) / math.sqrt(D // self.heads)
        p = drop(scores.masked_fill(hidden, -1e9).softmax(-1))
        a = self.forward_norm(y + (p @ v).transpose(1, 2).reshape(b, length, D))
        return a + drop(self.outer(drop(F.relu(self.inner(a)))))


class SasRec(nn.Module):
    def __init__(self, items, length, dropout):
        super().__init__()
        self.items, self.positions = nn.Embedding(items + 1, D), nn.Embedding(length, D)
        nn.init.normal_(self.items.weight, 0, 0.02)
        self.blocks = nn.ModuleList(Block(2, 256, dropout) for _ in range(2))
        self.norm, self.dropout = nn.LayerNorm(D), dropout
        self.register_buffer("future", torch.ones(length, length, dtype=torch.bool).triu(1)[None, None])

    def loss(self, histories, lengths, targets):
        x = F.dropout(self.items(histories) * D**0.5 + self.positions.weight, self.dropout, self.training)
        hidden = self.future | (histories == 0)[:, None, None, :]
        for block in self.blocks:
            x = block(x, hidden)
        last = self.norm(x[torch.arange(len(x)), lengths - 1])
        return F.cross_entropy(last @ self.items.weight.t(), targets)


class Gru4Rec(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.items, self.gru = nn.Embedding(items + 1, D), nn.GRU(D, 100, batch_first=True)
        self.out = nn.Linear(100, D)

    def loss(self, histories, lengths, targets):
        last = self.out(self.gru(self.items(histories))[0][:, -1])
        return F.cross_entropy(last @ self.items.weight.t(), targets)


class SrGnn(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.items, self.bias = nn.Embedding(items + 1, D), nn.Parameter(torch.zeros(2 * D))
        nn.init.uniform_(self.items.weight, -0.02, 0.02)
        self.incoming, self.outgoing = nn.Linear(D, D), nn.Linear(D, D)
        self.message, self.state = nn.Linear(2 * D, 3 * D), nn.Linear(D, 3 * D)
        self.last, self.event, self.score = nn.Linear(D, D), nn.Linear(D, D), nn.Linear(D, 1, bias=False)
        self.out = nn.Linear(2 * D, D)

    def loss(self, nodes, alias, arriving, leaving, lengths, targets):
        v = self.items(nodes)
        message = torch.cat([arriving @ self.incoming(v), leaving @ self.outgoing(v)], 2) + self.bias
        (xr, xz, xn), (pr, pz, pn) = self.message(message).chunk(3, 2), self.state(v).chunk(3, 2)
        v = v + torch.sigmoid(xz + pz) * (torch.tanh(xn + torch.sigmoid(xr + pr) * pn) - v)
        s = v.gather(1, alias[..., None].expand(-1, -1, D))
        last = s[torch.arange(len(s)), lengths - 1]
        score = self.score(torch.sigmoid(self.last(last)[:, None] + self.event(s)))
        event = torch.arange(s.shape[1])[None] < lengths[:, None]
        user = self.out(torch.cat([(score * s * event[..., None]).sum(1), last], 1))
        return F.cross_entropy(user @ self.items.weight.t(), targets)


class ComiRecSa(nn.Module):
    def __init__(self, items, sparse):
        super().__init__()
        self.items, self.positions = nn.Embedding(items + 1, D, sparse=sparse), nn.Parameter(torch.randn(20, D) / 8)
        nn.init.uniform_(self.items.weight, -0.02, 0.02)
        self.hidden, self.heads = nn.Linear(D, 4 * D), nn.Linear(4 * D, 4)

    def loss(self, histories, lengths, targets, negatives):
        h, target, negative = self.items(histories), self.items(targets), self.items(negatives)
        scores = self.heads(torch.tanh(self.hidden(h + self.positions))).transpose(1, 2)
        interests = scores.masked_fill((histories == 0)[:, None], -1e9).softmax(-1) @ h
        best = (interests @ target[:, :, None])[:, :, 0].argmax(1)
        user = interests[torch.arange(len(h)), best]
        hit = targets[:, None] == negatives[None]
        logits = torch.cat([(user * target).sum(1, keepdim=True), (user @ negative.t()).masked_fill(hit, -1e9)], 1)
        return F.cross_entropy(logits, torch.zeros(len(h), dtype=torch.long))


def histories(batch, window, items, short=False):
    ids = torch.randint(1, items + 1, (batch, window))
    lengths = torch.full((batch,), window)
    if short:  # as `sasrec_short` in benches/src/steps.rs, right-padded to the window
        user = torch.randint(0, 100, (batch,))
        lengths = torch.where(user == 99, 50, torch.where(user >= 95, 30, torch.where(user >= 85, 15, 3 + user % 7)))
        ids[torch.arange(window)[None] >= lengths[:, None]] = 0
    return ids, lengths, torch.randint(1, items + 1, (batch,))


def graphs(batch, items):
    """Prefixes of sessions of 3 to 8 events, as `sr_gnn` in benches/src/steps.rs, with dense matrices of edges."""
    prefixes = torch.tensor([cut for length in range(3, 9) for cut in range(1, length)])
    lengths = prefixes[torch.randint(0, len(prefixes), (batch,))]
    window = int(lengths.max())
    sessions = torch.randint(1, items + 1, (batch, window)) * (torch.arange(window)[None] < lengths[:, None])
    nodes, alias = torch.zeros_like(sessions), torch.zeros_like(sessions)
    leaving = torch.zeros(batch, window, window)
    for row, (session, length) in enumerate(zip(sessions, lengths)):
        distinct, place = session[:length].unique(return_inverse=True)
        nodes[row, : len(distinct)], alias[row, :length] = distinct, place
        leaving[row, place[:-1], place[1:]] = 1
    arriving = leaving.transpose(1, 2)
    normal = lambda edges: edges / edges.sum(2, keepdim=True).clamp(min=1)
    return nodes, alias, normal(arriving), normal(leaving), lengths, torch.randint(1, items + 1, (batch,))


def sr_gnn(items):
    return stepper(SrGnn(items), [graphs(100, items) for _ in range(8)]), 100


def stepper(model, batches, sparse=None):
    """Loss, backward, update, as a training loop does; the table apart where its gradient is sparse."""
    dense = [p for p in model.parameters() if p is not sparse]
    optimizers = [torch.optim.Adam(dense, 1e-3)]
    if sparse is not None:
        optimizers.append(torch.optim.SparseAdam([sparse], 1e-3))
    model.train()

    def step(index):
        loss = model.loss(*batches[index % len(batches)])
        loss.item()
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()

    return step


def sasrec(items, dropout=0.0, short=False):
    return stepper(SasRec(items, 50, dropout), [histories(256, 50, items, short) for _ in range(4)]), 256


def comirec(items, sparse):
    model = ComiRecSa(items, sparse)
    # Log-uniform, as ours: mostly frequent items.
    negatives = lambda: (torch.rand(1280) * math.log(items)).exp().long().clamp(1, items)
    batches = [(*histories(128, 20, items), negatives()) for _ in range(8)]
    return stepper(model, batches, model.items.weight if sparse else None), 128


def rechub_comirec(items):
    """torch-rechub's ComiRec-SA, each example with 10 negatives of its own."""
    from torch_rechub.basic.features import SequenceFeature, SparseFeature
    from torch_rechub.models.matching import ComirecSA

    item = SparseFeature("item", vocab_size=items + 1, embed_dim=D)
    history = SequenceFeature("history", items + 1, D, pooling="concat", shared_with="item")
    negative = SequenceFeature("negative", items + 1, D, pooling="concat", shared_with="item")
    user = SparseFeature("user", vocab_size=2, embed_dim=D)
    model = ComirecSA([user], [history], [item], [negative], temperature=1.0, interest_num=4)
    batches = []
    for _ in range(8):
        ids, _, targets = histories(128, 20, items)
        user_ids, negatives = torch.ones(128, dtype=torch.long), torch.randint(1, items + 1, (128, 10))
        batches.append(({"user": user_ids, "history": ids, "item": targets, "negative": negatives},))
    model.loss = lambda x: F.cross_entropy(model(x), torch.zeros(128, dtype=torch.long))
    return stepper(model, batches), 128


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


CASES = {
    "sasrec-3700": lambda: sasrec(3_700),
    "sasrec-3700-dropout": lambda: sasrec(3_700, 0.2),
    "sasrec-50000": lambda: sasrec(50_000),
    "sasrec-12101-short": lambda: sasrec(12_101, short=True),
    "gru4rec-3700": lambda: (stepper(Gru4Rec(3_700), [histories(256, 20, 3_700) for _ in range(4)]), 256),
    "sr-gnn-43000": lambda: sr_gnn(43_000),
    "sr-gnn-3700": lambda: sr_gnn(3_700),
    "comirec-50000-dense": lambda: comirec(50_000, False),
    "comirec-500000": lambda: comirec(500_000, True),
    "comirec-500000-dense": lambda: comirec(500_000, False),
    "comirec-50000-rechub": lambda: rechub_comirec(50_000),
    "cross-entropy": cross_entropy,
    "full-ranking": full_ranking,
    "full-ranking-metrics": recbole_evaluation,
}


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in CASES:
        sys.exit(f"{__doc__}\ncases: {', '.join(CASES)}")
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    if len(sys.argv) > 3:
        torch.set_num_threads(int(sys.argv[3]))
    torch.manual_seed(7)
    run, samples = CASES[name]()
    for index in range(2):
        run(index)
    times = []
    for index in range(repetitions):
        start = time.perf_counter()
        run(index)
        times.append(1e3 * (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"case": name, "milliseconds": times, "samples": samples, "peak_mib": peak}))


if __name__ == "__main__":
    main()
