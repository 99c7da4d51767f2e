"""SASRec (Kang & McAuley 2018), with the losses that people train it with."""

import torch
from torch import nn
from torch.nn import functional as F

from .losses import binary, full_softmax
from .transformer import PreNorm

D = 64


class SasRec(nn.Module):
    """The last state trains against the catalogue."""

    def __init__(self, items, window, heads, inner, dropout):
        super().__init__()
        self.items, self.positions = nn.Embedding(items + 1, D), nn.Embedding(window, D)
        nn.init.normal_(self.items.weight, 0, 0.02)
        self.blocks = nn.Sequential(*(PreNorm(D, heads, inner, dropout, 1e-8) for _ in range(2)))
        self.norm, self.dropout = nn.LayerNorm(D, eps=1e-8), dropout

    def states(self, histories):
        x = self.items(histories) * D**0.5 + self.positions.weight
        return self.blocks(F.dropout(x, self.dropout, self.training))

    def users(self, histories, lengths):
        states = self.states(histories)
        return self.norm(states[torch.arange(len(states)), lengths - 1])

    def loss(self, histories, lengths, targets):
        return full_softmax(self.users(histories, lengths), self.items.weight, targets)


class SasRecOfPairs(SasRec):
    """Every state trains against negatives of its own: binary cross-entropy, or gBCE with `calibration`.

    `all_scores` multiplies by the whole table and picks the negatives' scores, which on a small catalogue is less
    work than a product with each negative's row.
    """

    def __init__(self, *sizes, calibration=None, all_scores=False):
        super().__init__(*sizes)
        self.calibration, self.all_scores = calibration, all_scores

    def loss(self, histories, next_items, negatives):
        events = histories != 0
        states, next_items, negatives = self.states(histories)[events], next_items[events], negatives[events]
        positive, others = self.scores(self.norm(states), next_items, negatives)
        if self.calibration is None:
            return binary(positive, others)
        count, items = others.shape[1], self.items.num_embeddings - 1
        beta = 1 - self.calibration * (1 - count / (items - 1))
        return binary(positive, others, beta, 1 / (count + 1))

    def scores(self, states, next_items, negatives):
        if self.all_scores:
            scores = states @ self.items.weight.t()
            return scores.gather(1, next_items[:, None])[:, 0], scores.gather(1, negatives)
        others = (self.items(negatives) @ states[..., None])[..., 0]
        return (states * self.items(next_items)).sum(-1), others
