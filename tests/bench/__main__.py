"""Command that runs benchmarks and prints their tables: `python -m tests.bench [NAME ...]`, all without a name."""

from __future__ import annotations

import sys

from tests.bench import (
    demo_painter,
    history,
    lanes,
    latency,
    load,
    many_painters,
    money,
    ray_cluster,
    sdxl,
    siege,
    weight,
    worst_requests,
)

BENCHES = {
    "lanes": lanes.run,
    "latency": latency.run,
    "load": load.run,
    "painting": demo_painter.run,
    "weight": weight.run,
    "siege": siege.run,
    "history": history.run,
    "money": money.run,
    "worst": worst_requests.run,
    "sdxl": sdxl.run,
    "ray": ray_cluster.run,
    "painters": many_painters.run,
}


def main() -> None:
    """Run the benchmarks named on the command line, or all."""
    for name in sys.argv[1:] or BENCHES:
        for line in BENCHES[name]():
            sys.stdout.write(line + "\n")
        sys.stdout.write("\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
