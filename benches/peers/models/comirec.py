"""ComiRec (Cen et al. 2020) and the baselines of its comparison."""

import torch
from torch import nn

from .losses import sampled_softmax
from .routing import route

D, INTERESTS = 64, 4


class SampledRetriever(nn.Module):
    """The interest that agrees best with the target trains against negatives that the batch shares."""

    def __init__(self, items, sparse=False):
        super().__init__()
        self.items = nn.Embedding(items + 1, D, sparse=sparse)
        nn.init.uniform_(self.items.weight, -0.02, 0.02)

    def loss(self, histories, lengths, targets, negatives, target_log_q, negative_log_q):
        target, negative = self.items(targets), self.items(negatives)
        users = self.users(histories, lengths)
        if users.dim() == 3:
            best = self.agreement(users, target).argmax(1)
            users = users[torch.arange(len(users)), best]
        hit = targets[:, None] == negatives[None]
        return sampled_softmax(users, target, negative, hit, target_log_q, negative_log_q)

    @torch.no_grad()
    def agreement(self, interests, target):
        return (interests @ target[:, :, None])[:, :, 0]


class ComiRecSa(SampledRetriever):
    def __init__(self, items, sparse=False):
        super().__init__(items, sparse)
        self.positions = nn.Parameter(torch.randn(20, D) / 8)
        self.hidden, self.heads = nn.Linear(D, 4 * D), nn.Linear(4 * D, INTERESTS)

    def users(self, histories, lengths):
        h = self.items(histories)
        scores = self.heads(torch.tanh(self.hidden(h + self.positions))).transpose(1, 2)
        return scores.masked_fill((histories == 0)[:, None], -1e9).softmax(-1) @ h


class ComiRecDr(SampledRetriever):
    """A matrix for each position and interest; capsules by dynamic routing."""

    def __init__(self, items, sparse=False):
        super().__init__(items, sparse)
        self.transform = nn.Parameter(torch.randn(20, D, INTERESTS * D))

    def users(self, histories, lengths):
        # One product a position: [L, B, d] by [L, d, K d].
        predictions = torch.bmm(self.items(histories).transpose(0, 1), self.transform)
        window, batch, _ = predictions.shape
        predictions = predictions.view(window, batch, INTERESTS, D).permute(1, 2, 0, 3)
        return route(predictions, torch.zeros(batch, INTERESTS, window), histories != 0)


class YoutubeDnn(SampledRetriever):
    def __init__(self, items, sparse=False):
        super().__init__(items, sparse)
        self.out = nn.Linear(D, D)

    def users(self, histories, lengths):
        events = (histories != 0)[..., None]
        return self.out((self.items(histories) * events).sum(1) / lengths[:, None])


class Gru4RecComiRec(SampledRetriever):
    """The last state; PyTorch's cell, which resets after the product, in place of TensorFlow's."""

    def __init__(self, items, sparse=False):
        super().__init__(items, sparse)
        self.gru = nn.GRU(D, D, batch_first=True)

    def users(self, histories, lengths):
        states = self.gru(self.items(histories))[0]
        return states[torch.arange(len(states)), lengths - 1]
