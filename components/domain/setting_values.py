"""Values of settings: counts, gigabytes, dollars and switches, as texts of the environment.

What is not valid raises SetupError with the setting's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from components.domain.money import Micros, micros
from components.errors import SetupError


def count(env: Mapping[str, str], name: str, default: int, *, minimum: int = 1) -> int:
    """Return a whole number of at least `minimum`."""
    text = env.get(name, "").strip() or str(default)
    if not text.isdecimal() or int(text) < minimum:
        raise SetupError(f"{name} must be a whole number of at least {minimum}, not {text}.")
    return int(text)


def gigabytes(env: Mapping[str, str], name: str) -> float:
    """Return a number of gigabytes, 0 without one."""
    text = env.get(name, "").strip() or "0"
    if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?", text):
        raise SetupError(f"{name} must be a number of gigabytes such as 20 or 0.5, not {text}.")
    return float(text)


def usd(env: Mapping[str, str], name: str, default: str) -> Micros:
    """Return an amount of US dollars of at least 0."""
    text = env.get(name, "").strip() or default
    amount = micros(text)
    if amount is None or amount < 0:
        raise SetupError(f"{name} must be an amount of US dollars such as 2.50, not {text}.")
    return amount


def is_on(text: str) -> bool:
    """Return the value of a switch: on unless it is empty, 0, false, no or off.

    A misspelled PLAYGROUND_STOP must stop spending rather than be ignored.
    """
    return text.strip().lower() not in ("", "0", "false", "no", "off")
