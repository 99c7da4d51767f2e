"""SR-GNN (Wu et al. 2019): gated propagation along the edges of a session, and attention to its last event."""

import torch
from torch import nn

from .losses import full_softmax

D = 64


class SrGnn(nn.Module):
    def __init__(self, items):
        super().__init__()
        self.items, self.bias = nn.Embedding(items + 1, D), nn.Parameter(torch.zeros(2 * D))
        nn.init.uniform_(self.items.weight, -0.02, 0.02)
        self.incoming, self.outgoing = nn.Linear(D, D), nn.Linear(D, D)
        self.message, self.state = nn.Linear(2 * D, 3 * D), nn.Linear(D, 3 * D)
        self.last, self.event, self.score = nn.Linear(D, D), nn.Linear(D, D), nn.Linear(D, 1, bias=False)
        self.out = nn.Linear(2 * D, D)

    def users(self, nodes, alias, arriving, leaving, lengths):
        v = self.items(nodes)
        message = torch.cat([arriving @ self.incoming(v), leaving @ self.outgoing(v)], 2) + self.bias
        (xr, xz, xn), (pr, pz, pn) = self.message(message).chunk(3, 2), self.state(v).chunk(3, 2)
        v = v + torch.sigmoid(xz + pz) * (torch.tanh(xn + torch.sigmoid(xr + pr) * pn) - v)
        s = v.gather(1, alias[..., None].expand(-1, -1, D))
        last = s[torch.arange(len(s)), lengths - 1]
        score = self.score(torch.sigmoid(self.last(last)[:, None] + self.event(s)))
        event = torch.arange(s.shape[1])[None] < lengths[:, None]
        return self.out(torch.cat([(score * s * event[..., None]).sum(1), last], 1))

    def loss(self, nodes, alias, arriving, leaving, lengths, targets):
        return full_softmax(self.users(nodes, alias, arriving, leaving, lengths), self.items.weight, targets)
