"""The peers' side of `workload`: the same shapes in plain PyTorch (and torch-rechub, RecBole), one case a process.

usage: steps.py <case> [repetitions] [threads]
"""

import json
import resource
import sys
import time

import torch

from cases import CASES


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name not in CASES:
        sys.exit(f"{__doc__}\ncases: {', '.join(CASES)}")
    repetitions = int(sys.argv[2]) if len(sys.argv) > 2 else 10
    if len(sys.argv) > 3:
        torch.set_num_threads(int(sys.argv[3]))
    torch.manual_seed(7)
    run, samples = CASES[name]()
    for index in range(2):
        run(index)
    times = []
    for index in range(repetitions):
        start = time.perf_counter()
        run(index)
        times.append(1e3 * (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"case": name, "milliseconds": times, "samples": samples, "peak_mib": peak}))


if __name__ == "__main__":
    main()
