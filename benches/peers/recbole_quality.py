"""Trains RecBole's own model with its defaults on sequences that seqrec prepared, and prints, after each
epoch, the seconds so far (wall and processor, this validation not counted) and the validation NDCG@10, a
line of JSON each.

usage: recbole_quality.py <model> <folder with data/data.inter> <window> <threads> <budget in seconds>
"""

import json
import logging
import sys
import time

import torch
from recbole.config import Config
from recbole.data import create_dataset, data_preparation
from recbole.utils import get_model, get_trainer, init_seed


class Budget(Exception):
    """The time is over."""


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    model_name, folder = sys.argv[1:3]
    window, threads, budget = int(sys.argv[3]), int(sys.argv[4]), float(sys.argv[5])
    torch.set_num_threads(threads)
    logging.disable(logging.CRITICAL)
    settings = {
        "data_path": folder,
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
        "checkpoint_dir": f"{folder}/recbole",
        "use_gpu": False,
    }
    sys.argv = sys.argv[:1]
    config = Config(model=model_name, dataset="data", config_dict=settings)
    init_seed(config["seed"], config["reproducibility"])
    dataset = create_dataset(config)
    train, valid, _ = data_preparation(config, dataset)
    model = get_model(model_name)(config, train.dataset).to("cpu")
    trainer = get_trainer(config["MODEL_TYPE"], config["model"])(config, model)
    start, processor, evaluate = time.perf_counter(), time.process_time(), trainer._valid_epoch
    epochs = 0

    def report(*args, **kwargs):
        nonlocal epochs
        seconds, busy = time.perf_counter() - start, time.process_time() - processor
        score, result = evaluate(*args, **kwargs)
        epochs += 1
        line = {"epoch": epochs, "seconds": seconds, "processor_seconds": busy}
        print(json.dumps(line | {"ndcg@10": float(result["ndcg@10"])}), flush=True)
        if seconds > budget:
            raise Budget
        return score, result

    trainer._valid_epoch = report
    # RecBole reads its own checkpoints, which newer PyTorch refuses by default.
    load = torch.load
    torch.load = lambda *args, **kwargs: load(*args, **{**kwargs, "weights_only": False})
    try:
        trainer.fit(train, valid, saved=False, show_progress=False)
        print(json.dumps({"finished": "no better validation for RecBole's patience"}))
    except Budget:
        print(json.dumps({"finished": "budget"}))


if __name__ == "__main__":
    main()
