"""Trains RecBole's own model with its defaults on sequences that seqrec prepared, and appends to recbole.jsonl,
after each epoch, the seconds so far (wall and processor, this validation not counted) and the validation NDCG@10,
a line of JSON each, and a last one when RecBole ends its training. Called again before that, it goes on after
the last epoch; its random numbers begin anew.

usage: recbole_quality.py <model> <folder with data/data.inter> <window> <threads> <budget in seconds>
"""

import json
import logging
import os
import sys
import time
from pathlib import Path

import torch
from recbole.config import Config
from recbole.data import create_dataset, data_preparation
from recbole.utils import get_model, get_trainer, init_seed


class Budget(Exception):
    """The time is over."""


class Progress:
    """The lines so far, and the trainer's state after one of them."""

    def __init__(self, folder):
        self.lines, self.state = folder / "recbole.jsonl", folder / "recbole.pth"

    def resume(self, trainer):
        """The last epoch, and the seconds after its validation; lines that are newer than the state are dropped."""
        lines = []
        if self.state.exists():
            trainer.resume_checkpoint(self.state)
            lines = self.lines.read_text().splitlines(keepends=True)[: trainer.start_epoch]
            if len(lines) < trainer.start_epoch:
                sys.exit(f"{self.lines} lacks epochs that {self.state} has; remove both to begin anew")
        self.lines.write_text("".join(lines))
        last = json.loads(lines[-1]) if lines else {"epoch": 0, "after_validation": (0.0, 0.0)}
        return last["epoch"], last["after_validation"]

    def finished(self):
        return self.lines.exists() and "finished" in self.lines.read_text()

    def add(self, line):
        with self.lines.open("a") as file:
            file.write(json.dumps(line) + "\n")

    def save(self, trainer, epoch):
        part = self.state.with_suffix(".part")
        trainer._save_checkpoint(epoch, verbose=False, saved_model_file=part)
        os.replace(part, self.state)


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    model_name, folder = sys.argv[1], Path(sys.argv[2])
    window, threads, budget = int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
    progress = Progress(folder)
    if progress.finished():
        return
    torch.set_num_threads(threads)
    logging.disable(logging.CRITICAL)
    settings = {
        "data_path": str(folder),
        "USER_ID_FIELD": "user_id",
        "ITEM_ID_FIELD": "item_id",
        "TIME_FIELD": "timestamp",
        "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
        "eval_args": {"split": {"LS": "valid_and_test"}, "order": "TO", "group_by": "user", "mode": "full"},
        "metrics": ["NDCG", "Recall"],
        "topk": [10],
        "metric_decimal_place": 10,
        "MAX_ITEM_LIST_LENGTH": window,
        "valid_metric": "NDCG@10",
        "train_neg_sample_args": None,
        "show_progress": False,
        "save_dataset": False,
        "checkpoint_dir": str(folder),
        "use_gpu": False,
    }
    sys.argv = sys.argv[:1]
    config = Config(model=model_name, dataset="data", config_dict=settings)
    init_seed(config["seed"], config["reproducibility"])
    dataset = create_dataset(config)
    train, valid, _ = data_preparation(config, dataset)
    model = get_model(model_name)(config, train.dataset).to("cpu")
    trainer = get_trainer(config["MODEL_TYPE"], config["model"])(config, model)
    # RecBole reads its own checkpoints, which newer PyTorch refuses by default.
    load = torch.load
    torch.load = lambda *args, **kwargs: load(*args, **{**kwargs, "weights_only": False})
    epochs, before = progress.resume(trainer)
    start, processor = time.perf_counter(), time.process_time()

    def spent():
        return before[0] + time.perf_counter() - start, before[1] + time.process_time() - processor

    train_epoch, evaluate = trainer._train_epoch, trainer._valid_epoch

    def train_after_saving(data, epoch, *args, **kwargs):
        if epoch > 0:
            progress.save(trainer, epoch - 1)
        if time.perf_counter() - start > budget:
            raise Budget
        return train_epoch(data, epoch, *args, **kwargs)

    def report(*args, **kwargs):
        nonlocal epochs
        epochs += 1
        seconds, busy = spent()
        score, result = evaluate(*args, **kwargs)
        line = {"epoch": epochs, "seconds": seconds, "processor_seconds": busy}
        progress.add(line | {"ndcg@10": float(result["ndcg@10"]), "after_validation": spent()})
        return score, result

    trainer._train_epoch, trainer._valid_epoch = train_after_saving, report
    try:
        trainer.fit(train, valid, saved=False, show_progress=False)
        progress.add({"finished": True})
    except Budget:
        pass


if __name__ == "__main__":
    main()
