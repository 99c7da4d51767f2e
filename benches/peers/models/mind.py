"""MIND (Li et al. 2019): one map for all capsules, fixed routing logits, as many interests as a history gives."""

import torch
from torch import nn
from torch.nn import functional as F

from .comirec import D, INTERESTS, SampledRetriever
from .routing import route


class Mind(SampledRetriever):
    def __init__(self, items, sparse=False):
        super().__init__(items, sparse)
        self.bilinear, self.projection = nn.Linear(D, D, bias=False), nn.Linear(D, D)
        self.register_buffer("logits", torch.randn(INTERESTS, 20))

    def users(self, histories, lengths):
        predictions = self.bilinear(self.items(histories))[:, None].expand(-1, INTERESTS, -1, -1)
        surplus = self.surplus(lengths)[..., None]
        logits = self.logits.expand(len(histories), -1, -1).masked_fill(surplus, -1e9)
        capsules = F.relu(self.projection(route(predictions, logits, histories != 0)))
        # A surplus interest is 0, so that it never agrees better than one that counts.
        return capsules.masked_fill(surplus, 0)

    def surplus(self, lengths):
        """Which interests do not count, `[B, K]`: all from `max(1, floor(log2 length))` on."""
        counted = lengths.float().log2().floor().clamp(1, INTERESTS)
        return torch.arange(INTERESTS)[None] >= counted[:, None]
