"""SSR: a GRU over the history and a tower over ids and two of 18 categories of items, matched by cosine."""

import torch
from torch import nn
from torch.nn import functional as F

D, HIDDEN, OUT, CATEGORIES, CATEGORIES_AN_ITEM = 128, 128, 100, 18, 2


class Ssr(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.ids = nn.Embedding(items + 1, D)
        self.categories = nn.Embedding(CATEGORIES + 1, D, padding_idx=0)
        nn.init.normal_(self.ids.weight, 0, 0.02)
        self.head, self.gru, self.out = nn.Linear(D, OUT), nn.GRU(D, HIDDEN, batch_first=True), nn.Linear(HIDDEN, OUT)
        codes = 1 + torch.rand(items + 1, CATEGORIES).argsort(1)[:, :CATEGORIES_AN_ITEM]
        codes[0] = 0
        self.register_buffer("codes", codes)

    def loss(self, ids, past, following, others):
        """`ids`: the distinct items of the batch, each encoded once; the others: where in them."""
        kept = (torch.rand(len(ids), 1) < 0.5).float()
        content = self.ids(ids) * kept + self.categories(self.codes[ids]).sum(1)
        vectors = F.normalize(self.head(content), dim=-1)
        states = self.gru(F.embedding(past, content))[0]
        users = F.normalize(self.out(states.cummax(1).values), dim=-1)
        positive = (users * F.embedding(following, vectors)).sum(-1)
        negative = torch.einsum("bld,blnd->bln", users, F.embedding(others, vectors))
        return F.relu(0.8 - positive[..., None] + negative).mean()
