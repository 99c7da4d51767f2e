"""A training step as a loop has it: loss, backward, update."""

import torch


def adam(model):
    """PyTorch's quickest Adam on the CPU; tables with sparse gradients have one of their own."""
    sparse = [m.weight for m in model.modules() if isinstance(m, torch.nn.Embedding) and m.sparse]
    dense = [p for p in model.parameters() if all(p is not weight for weight in sparse)]
    optimizers = [torch.optim.Adam(dense, 1e-3, fused=True)]
    return optimizers + [torch.optim.SparseAdam(sparse, 1e-3)] if sparse else optimizers


class IndexedAdagrad(torch.optim.Optimizer):
    """Adagrad on the rows that a step touched, by index, as GRU4Rec's PyTorch version updates them."""

    def __init__(self, tables, lr):
        super().__init__(tables, {"lr": lr, "eps": 1e-6})
        for table in self.param_groups[0]["params"]:
            self.state[table]["squares"] = torch.zeros_like(table)

    @torch.no_grad()
    def step(self):
        group = self.param_groups[0]
        for table in group["params"]:
            gradient = table.grad.coalesce()
            rows, values = gradient.indices()[0], gradient.values()
            squares = self.state[table]["squares"]
            of_rows = squares[rows].addcmul_(values, values)
            squares.index_copy_(0, rows, of_rows)
            table.index_add_(0, rows, values / of_rows.add_(group["eps"]).sqrt_(), alpha=-group["lr"])


def indexed_adagrad(model, lr=0.1):
    """What GRU4Rec trains with: Adagrad, by rows where a table's gradient is sparse."""
    sparse = [m.weight for m in model.modules() if isinstance(m, torch.nn.Embedding)]
    dense = [p for p in model.parameters() if all(p is not weight for weight in sparse)]
    return [torch.optim.Adagrad(dense, lr, eps=1e-6, fused=True), IndexedAdagrad(sparse, lr)]


def stepper(model, batches, optimizers=None):
    """One step on each of `batches` in turn; without `optimizers`, Adam."""
    optimizers = optimizers or adam(model)
    model.train()

    def step(index):
        loss = model.loss(*batches[index % len(batches)])
        loss.item()
        for optimizer in optimizers:
            optimizer.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()

    return step
