"""torch-rechub's ComiRec-SA, each example with 10 negatives of its own."""

import torch
from torch.nn import functional as F

import batches
from training import stepper


def comirec(items):
    from torch_rechub.basic.features import SequenceFeature, SparseFeature
    from torch_rechub.models.matching import ComirecSA

    item = SparseFeature("item", vocab_size=items + 1, embed_dim=64)
    history = SequenceFeature("history", items + 1, 64, pooling="concat", shared_with="item")
    negative = SequenceFeature("negative", items + 1, 64, pooling="concat", shared_with="item")
    user = SparseFeature("user", vocab_size=2, embed_dim=64)
    model = ComirecSA([user], [history], [item], [negative], temperature=1.0, interest_num=4)
    data = []
    for _ in range(8):
        ids, _, targets = batches.histories(128, 20, items)
        user_ids, negatives = torch.ones(128, dtype=torch.long), batches.drawn(items, 128, 10)
        data.append(({"user": user_ids, "history": ids, "item": targets, "negative": negatives},))
    model.loss = lambda x: F.cross_entropy(model(x), torch.zeros(128, dtype=torch.long))
    return stepper(model, data), 128
