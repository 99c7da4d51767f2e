"""GRU4Rec as its authors define it: sessions side by side, whose states go on from step to step."""

import torch
from torch import nn
from torch.nn import functional as F

HIDDEN = 100


class SessionGru4Rec(nn.Module):
    """One table for events and candidates, with sparse gradients."""

    def __init__(self, items, slots):
        super().__init__()
        self.items, self.bias = nn.Embedding(items + 1, HIDDEN, sparse=True), nn.Embedding(items + 1, 1, sparse=True)
        nn.init.uniform_(self.items.weight, -0.02, 0.02)
        nn.init.zeros_(self.bias.weight)
        self.cell, self.states = nn.GRUCell(HIDDEN, HIDDEN), torch.zeros(slots, HIDDEN)

    def advance(self, events, states):
        return self.cell(self.items(events), states)

    def loss(self, events, targets, negatives, log_popularity, begins):
        states = self.advance(events, self.states.masked_fill(begins, 0))
        self.states = states.detach()
        candidates = torch.cat([targets, negatives])
        bias = self.bias(candidates)[:, 0] - log_popularity
        scores = torch.addmm(bias, states, self.items(candidates).t())
        return F.cross_entropy(scores, torch.arange(len(states)))
