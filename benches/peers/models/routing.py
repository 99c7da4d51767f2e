"""Dynamic routing of events to capsules (Sabour et al. 2017), as ComiRec and MIND train it."""

import torch


def squash(x):
    squared = x.square().sum(-1, keepdim=True)
    return x * (squared / ((1 + squared) * (squared + 1e-9).sqrt()))


def route(predictions, logits, events, rounds=3):
    """Capsules `[B, K, d]` of predictions `[B, K, L, d]`; a gradient goes through the last round alone."""
    events = events[:, None]
    capsules = lambda logits, vectors: squash(((logits.softmax(1) * events)[:, :, None] @ vectors)[:, :, 0])
    with torch.no_grad():
        for _ in range(rounds - 1):
            logits = logits + (predictions @ capsules(logits, predictions)[..., None])[..., 0]
    return capsules(logits, predictions)
