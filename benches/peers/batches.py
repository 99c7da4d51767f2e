"""What the models read, as the workloads in benches/src/steps make it: drawn ids, padded on the right by 0."""

import math

import torch


def drawn(items, *shape):
    return torch.randint(1, items + 1, shape)


def histories(batch, window, items, short=False):
    """Histories, their lengths and the item that follows each."""
    ids, lengths = drawn(items, batch, window), torch.full((batch,), window)
    if short:  # as short as Beauty's
        user = torch.randint(0, 100, (batch,))
        lengths = torch.where(user == 99, 50, torch.where(user >= 95, 30, torch.where(user >= 85, 15, 3 + user % 7)))
        lengths = lengths.clamp(max=window)
        ids[torch.arange(window)[None] >= lengths[:, None]] = 0
    return ids, lengths, drawn(items, batch)


def sampled(batch, window, items, negatives, short=False):
    """Histories with distinct log-uniform negatives for all; ln Q of the targets and of the negatives."""
    ids, lengths, targets = histories(batch, window, items, short)
    frequency = torch.arange(1, items + 1, dtype=torch.float64)
    share = torch.log1p(1 / frequency) / math.log(items + 1)
    shared = 1 + torch.multinomial(share, negatives)
    log_q = share.log().float()
    return ids, lengths, targets, shared, log_q[targets - 1], log_q[shared - 1]


def every_event(batch, window, items, negatives):
    """Histories with what follows each event, and as many negatives for each."""
    ids = drawn(items, batch, window + 1)
    return ids[:, :-1], ids[:, 1:], drawn(items, batch, window, negatives)


def distinct(parts):
    """The distinct ids of all parts, and each part as places among them."""
    ids, where = torch.cat([part.flatten() for part in parts]).unique(return_inverse=True)
    places = where.split([part.numel() for part in parts])
    return ids, *(place.view_as(part) for place, part in zip(places, parts))


def prefixes(batch, items):
    """The histories of 1 to 8 events that sessions have as prefixes, and what follows them."""
    cuts = torch.tensor([cut for length in range(3, 9) for cut in range(1, length + 1)])
    lengths = cuts[torch.randint(0, len(cuts), (batch,))]
    window = int(lengths.max())
    ids = drawn(items, batch, window) * (torch.arange(window)[None] < lengths[:, None])
    return ids, lengths, drawn(items, batch)


def graphs(batch, items):
    """Sessions as SR-GNN reads them, with dense matrices of edges."""
    ids, lengths, targets = prefixes(batch, items)
    return *as_graphs([row[:length].tolist() for row, length in zip(ids, lengths)]), targets


def as_graphs(sessions):
    """Nodes, the node of each event, shares of arriving and leaving edges, and lengths."""
    count, window = len(sessions), max(map(len, sessions))
    nodes, alias = torch.zeros(count, window, dtype=torch.long), torch.zeros(count, window, dtype=torch.long)
    leaving = torch.zeros(count, window, window)
    for row, session in enumerate(sessions):
        place = {}
        at = torch.tensor([place.setdefault(item, len(place)) for item in session])
        nodes[row, : len(place)], alias[row, : len(session)] = torch.tensor(list(place)), at
        leaving[row, at[:-1], at[1:]] = 1
    arriving = leaving.transpose(1, 2)
    shares = lambda edges: edges / edges.sum(2, keepdim=True).clamp(min=1)
    return nodes, alias, shares(arriving), shares(leaving), torch.tensor([len(session) for session in sessions])


def turns(slots, items, negatives, count):
    """Steps of sessions side by side: events, what follows, negatives, ln of their popularity, and which begin."""
    batches = []
    for at in range(count):
        begins = torch.rand(slots, 1) < (0.2 if at else 1.0)
        popularity = torch.rand(slots + negatives).mul(20).add(1).log()
        batches.append((drawn(items, slots), drawn(items, slots), drawn(items, negatives), popularity, begins))
    return batches


def history(ids):
    """One user's history as a batch."""
    return torch.tensor([ids]), torch.tensor([len(ids)])


def graph(ids):
    """One session's graph as a batch."""
    return as_graphs([ids])
