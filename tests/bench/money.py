"""Trial of money: a thousand images before an API with faults and a bill of its own, by which the app is judged."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.bench.money_audit import Audit, audit
from tests.bench.money_world import Scenario, World
from tests.bench.virtual_time import VirtualLoop

MINUTES = 60.0
SCENARIOS = {
    "clocks agree, dollars": Scenario(1, 250, has_locks=True),
    "3 minutes ahead, millionths": Scenario(2, 250, 3 * MINUTES, is_in_millionths=True),
    "3 minutes behind, dollars": Scenario(3, 250, -3 * MINUTES, has_locks=True),
    "clocks agree, millionths": Scenario(4, 250, is_in_millionths=True),
}


def run() -> Iterator[str]:
    """Run the trial and yield the lines of its table; SystemExit when anything contradicts the bill."""
    results: list[Audit] = []
    for name, scenario in SCENARIOS.items():
        results.append(judged(name, scenario))
        yield from lines(results[-1])
    images, faults = sum(result.images for result in results), sum(result.faults for result in results)
    exchanges = sum(result.exchanges for result in results)
    yield f"{images} images, {faults} of {exchanges} exchanges faulty ({100 * faults / exchanges:.0f} %)"
    found = [f"{result.name}: {problem}" for result in results for problem in result.contradictions]
    if found:
        yield "CONTRADICTIONS"
        yield from found
        sys.stdout.flush()
        sys.exit(1)


def judged(name: str, scenario: Scenario) -> Audit:
    """Return the figures of one scenario, run on a folder of its own."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(_judged(name, scenario, Path(folder)))


async def _judged(name: str, scenario: Scenario, folder: Path) -> Audit:
    world = World(scenario, folder)
    try:
        await world.run()
        return audit(world, name)
    finally:
        await world.close()


def lines(result: Audit) -> Iterator[str]:
    """Yield the table of one scenario."""
    yield result.name
    yield f"  {result.images} images in {result.presses} presses, {result.refused} not taken; {result.tasks} tasks"
    yield f"  charged: app ${result.app_micros / 1e6:.4f}, bill ${result.bill_micros / 1e6:.4f}, off {result.off:.2%}"
    yield f"  with visitors' keys: app ${result.own_app_micros / 1e6:.4f}, bill ${result.own_bill_micros / 1e6:.4f}"
    yield f"  doubled {result.doubled}, tasks of other visitors {result.foreign}, swapped in a press {result.swapped}"
    for title, counts in (
        ("said free but charged", result.free_but_charged),
        ("said charged but free", result.charged_but_free),
        ("bills that differ", result.wrong_bills),
        ("bills not known", result.unknown_bills),
        ("not sure after 5 minutes", result.late),
        ("not sure, lost at once with another visitor's", result.undecidable),
        ("not sure at the end", result.not_sure),
        ("paid and finished, without its image", result.unseen),
        ("never ended", result.waiting),
    ):
        yield f"  {title}: {_listed(counts)}"


def _listed(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.most_common()) or "none"
