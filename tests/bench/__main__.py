"""Run every benchmark and print its table: `python -m tests.bench`, or those named after it."""

from __future__ import annotations

import sys

from tests.bench import history, latency, load, painting, sdxl, siege, weight

BENCHES = {
    "latency": latency.run,
    "load": load.run,
    "painting": painting.run,
    "weight": weight.run,
    "siege": siege.run,
    "history": history.run,
    "sdxl": sdxl.run,
}


def main() -> None:
    """Run the named benchmarks, all without a name."""
    for name in sys.argv[1:] or BENCHES:
        for line in BENCHES[name]():
            sys.stdout.write(line + "\n")
        sys.stdout.write("\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
