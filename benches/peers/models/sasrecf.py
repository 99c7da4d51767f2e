"""SASRecF, RecBole's SASRec over items with features: here a list of two of 18 categories."""

import torch
from torch import nn
from torch.nn import functional as F

from .losses import full_softmax
from .transformer import PostNorm

D, CATEGORIES, CATEGORIES_AN_ITEM = 64, 18, 2


class SasRecF(nn.Module):
    def __init__(self, items, window, heads, inner, dropout):
        super().__init__()
        self.items, self.positions = nn.Embedding(items + 1, D), nn.Embedding(window, D)
        self.categories = nn.Embedding(CATEGORIES + 1, D, padding_idx=0)
        for table in (self.items, self.positions, self.categories):
            nn.init.normal_(table.weight, 0, 0.02)
        self.mix, self.norm, self.dropout = nn.Linear(2 * D, D), nn.LayerNorm(D, eps=1e-12), dropout
        self.blocks = nn.Sequential(*(PostNorm(D, heads, inner, dropout, 1e-12) for _ in range(2)))
        codes = 1 + torch.rand(items + 1, CATEGORIES).argsort(1)[:, :CATEGORIES_AN_ITEM]
        codes[0] = 0
        self.register_buffer("codes", codes)

    def states(self, histories):
        categories = self.categories(self.codes[histories]).sum(2)
        x = self.mix(torch.cat([self.items(histories), categories], -1))
        return self.blocks(F.dropout(self.norm(x + self.positions.weight), self.dropout, self.training))

    def loss(self, histories, next_items, _):
        events = histories != 0
        return full_softmax(self.states(histories)[events], self.items.weight, next_items[events])
