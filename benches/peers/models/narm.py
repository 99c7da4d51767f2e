"""NARM (Li et al. 2017) as RecBole has it: the last state of a GRU, and attention over all of its states."""

import torch
from torch import nn
from torch.nn import functional as F

from .losses import full_softmax

D, HIDDEN = 64, 128


class Narm(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.items, self.gru = nn.Embedding(items + 1, D), nn.GRU(D, HIDDEN, batch_first=True)
        nn.init.normal_(self.items.weight, 0, 0.02)
        self.last, self.each = nn.Linear(HIDDEN, HIDDEN, bias=False), nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.energy, self.out = nn.Linear(HIDDEN, 1, bias=False), nn.Linear(2 * HIDDEN, D, bias=False)

    def users(self, histories, lengths):
        states = self.gru(F.dropout(self.items(histories), 0.25, self.training))[0]
        last = states[torch.arange(len(states)), lengths - 1]
        weights = self.energy(torch.sigmoid(self.last(last)[:, None] + self.each(states)))
        local = (weights * states * (histories != 0)[..., None]).sum(1)
        return self.out(F.dropout(torch.cat([last, local], 1), 0.5, self.training))

    def loss(self, histories, lengths, targets):
        return full_softmax(self.users(histories, lengths), self.items.weight, targets)
