"""Causal self-attention blocks. Histories are padded on the right, so that causality hides padding."""

import math

import torch
from torch import nn
from torch.nn import functional as F


def attention(q, k, v, heads, dropout):
    """Attention of `[B, L, d]` to itself and the events before."""
    b, length, d = q.shape
    q, k, v = (t.view(b, length, heads, -1).transpose(1, 2) for t in (q, k, v))
    if dropout == 0:
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    else:  # With dropout PyTorch has no fused kernel for the CPU.
        future = torch.ones(length, length, dtype=torch.bool).triu(1)
        scores = (q @ k.transpose(-1, -2)) / math.sqrt(d // heads)
        out = F.dropout(scores.masked_fill(future, -math.inf).softmax(-1), dropout) @ v
    return out.transpose(1, 2).reshape(b, length, d)


class Block(nn.Module):
    """What SASRec's variants share: attention, two dense layers, two normalisations."""

    def __init__(self, d, heads, inner, dropout, epsilon):
        super().__init__()
        self.heads, self.dropout = heads, dropout
        self.attention_norm, self.forward_norm = nn.LayerNorm(d, eps=epsilon), nn.LayerNorm(d, eps=epsilon)
        self.q, self.k, self.v = nn.Linear(d, d), nn.Linear(d, d), nn.Linear(d, d)
        self.inner, self.outer = nn.Linear(d, inner), nn.Linear(inner, d)

    def drop(self, x):
        return F.dropout(x, self.dropout, self.training)

    def attend(self, queries, events):
        dropout = self.dropout if self.training else 0
        return attention(self.q(queries), self.k(events), self.v(events), self.heads, dropout)


class PreNorm(Block):
    """As the authors of SASRec have it."""

    def forward(self, x):
        y = self.attention_norm(x)
        a = self.forward_norm(y + self.attend(y, x))
        return a + self.drop(self.outer(self.drop(F.relu(self.inner(a)))))


class PostNorm(Block):
    """As RecBole has it."""

    def __init__(self, d, heads, inner, dropout, epsilon):
        super().__init__(d, heads, inner, dropout, epsilon)
        self.projection = nn.Linear(d, d)

    def forward(self, x):
        a = self.attention_norm(x + self.drop(self.projection(self.attend(x, x))))
        return self.forward_norm(a + self.drop(self.outer(F.gelu(self.inner(a)))))
