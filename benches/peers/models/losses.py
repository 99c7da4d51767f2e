"""Losses that several models train on."""

import torch
from torch.nn import functional as F


def full_softmax(users, table, targets):
    return F.cross_entropy(users @ table.t(), targets)


def sampled_softmax(users, target, negative, hit, target_log_q, negative_log_q):
    """Against shared negatives, log-Q corrected; `hit` says where a negative is the target."""
    positive = (users * target).sum(1, keepdim=True) - target_log_q[:, None]
    others = (users @ negative.t() - negative_log_q).masked_fill(hit, -1e9)
    return F.cross_entropy(torch.cat([positive, others], 1), torch.zeros(len(users), dtype=torch.long))


def binary(positive, negatives, beta=1.0, scale=1.0):
    """Binary cross-entropy of each query's target and negatives; `beta` and `scale` make it gBCE."""
    terms = beta * F.logsigmoid(positive) + F.logsigmoid(-negatives).sum(-1)
    return -scale * terms.mean()
