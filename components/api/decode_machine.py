"""Machine of our own server, as its list of models describes it. Pure; nothing in it is trusted."""

from __future__ import annotations

from components.domain.json_values import as_list, as_mapping
from components.domain.machine import Card, Machine
from components.domain.request import is_whole

_LONGEST_LINE = 200
"""Characters."""
_MOST_CARDS = 64
_LARGEST = 1 << 50
"""Numbers beyond it are taken for nonsense."""


def decode_machine(value: object) -> Machine | None:
    """Return the machine; None where it has no description. Of its cards only those that are described as a whole."""
    facts = as_mapping(value)
    if not (description := _line(facts.get("description"))):
        return None
    cards = tuple(card for one in as_list(facts.get("cards"))[:_MOST_CARDS] if (card := _card(one)))
    missing = tuple(name for one in as_list(facts.get("not_ready"))[:_MOST_CARDS] if (name := _line(one)))
    return Machine(description, _line(facts.get("command")), cards, missing, _line(facts.get("setting")))


def _card(value: object) -> Card | None:
    facts = as_mapping(value)
    name, precision = (_line(facts.get(key)) for key in ("name", "precision"))
    free, total, lanes = (_number(facts.get(key)) for key in ("free", "total", "lanes"))
    if not name or not precision or free is None or total is None or lanes is None:
        return None
    return Card(name, precision, free, total, lanes)


def _number(value: object) -> int | None:
    return value if is_whole(value) and 0 <= value <= _LARGEST else None


def _line(value: object) -> str:
    """Return a short text, of one line; empty for anything else."""
    return value if isinstance(value, str) and len(value) <= _LONGEST_LINE and value.isprintable() else ""
