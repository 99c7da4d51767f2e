"""GRU4Rec as RecBole has it: the last state of a GRU, projected to the items' space."""

import torch
from torch import nn

from .losses import full_softmax

D, HIDDEN = 64, 100


class Gru4Rec(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.items, self.gru = nn.Embedding(items + 1, D), nn.GRU(D, HIDDEN, batch_first=True)
        self.out = nn.Linear(HIDDEN, D)

    def users(self, histories, lengths):
        states = self.gru(self.items(histories))[0]
        return self.out(states[torch.arange(len(states)), lengths - 1])

    def loss(self, histories, lengths, targets):
        return full_softmax(self.users(histories, lengths), self.items.weight, targets)
