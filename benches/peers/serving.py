"""One user's request: from the ids of a history to the best items of the whole catalogue."""

import math

import torch

BEST = 20
REQUESTS = 64


def best(scores):
    """Ids of the best real items by their scores `[1, n + 1]`."""
    scores[:, 0] = -math.inf
    return torch.topk(scores, BEST, dim=1).indices[0].tolist()


def ids(count, items):
    return torch.randint(1, items + 1, (count,)).tolist()


def server(model, tensors, length):
    """`tensors` makes of a history, a list of ids, what the model reads."""
    model.eval()
    table = model.items.weight.detach()
    histories = [ids(length, len(table) - 1) for _ in range(REQUESTS)]

    @torch.inference_mode()
    def serve(index):
        users = model.users(*tensors(histories[index % REQUESTS]))
        scores = users @ table.t()
        # Several interests: an item counts by the one it suits best.
        return best(scores.amax(1) if scores.dim() == 3 else scores)

    return serve


def session_server(model, length):
    """An event of a session that goes on; after `length` events another session begins."""
    model.eval()
    table, bias = model.items.weight.detach(), model.bias.weight.detach()[:, 0]
    events = ids(REQUESTS * length, len(table) - 1)
    state = torch.zeros(1, table.shape[1])

    @torch.inference_mode()
    def serve(index):
        nonlocal state
        if index % length == 0:
            state = torch.zeros(1, table.shape[1])
        state = model.advance(torch.tensor([events[index % len(events)]]), state)
        return best(torch.addmm(bias, state, table.t()))

    return serve
