"""Drawings of floors, one a line with its number first, and circles in graphs of imports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter


def floors_of(drawing: str) -> dict[str, int]:
    """Return the floor of each name in a drawing."""
    lines = [line.split() for line in drawing.strip().splitlines()]
    return {name: int(number) for number, *names in lines for name in names}


def circle_in(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the nodes of a circle, an empty list where there is none."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []
