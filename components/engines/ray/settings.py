"""The engine's settings, from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from components.errors import SetupError

_BOUNDS = re.compile(r"(?:(\d{1,4})-)?(\d{1,4})")
_PASSED_ON = re.compile(r"SDXL_\w+")


@dataclass(frozen=True, slots=True)
class RaySettings:
    """Settings of the ray engine."""

    address: str
    """Address of a running cluster, as Ray takes it, such as 10.0.0.1:6379; empty: one that ends with this process."""
    inner: str
    """Name of the engine that the replicas run."""
    least: int
    """Replicas that always run."""
    most: int
    """Replicas at most, and so images at once; 1 to 9999."""
    gpus: float
    """GPUs of a replica; 0 for an engine on the processor."""
    passed_on: Mapping[str, str] = field(default_factory=dict[str, str])
    """Variables of this process's environment that the replicas get, none of them secret: Ray shows them."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None, *, is_local: bool = False) -> RaySettings:
        """Read the process environment; `is_local`: no cluster is joined. Raises SetupError."""
        env = os.environ if env is None else env
        least, most = _bounds(_text(env, "RAY_PAINTERS", "1-8"))
        gpus = _gpus(_text(env, "RAY_PAINTER_GPUS", "1"))
        return cls(
            address="" if is_local else _address(env),
            inner=_inner(_text(env, "RAY_ENGINE", "sdxl")),
            least=least,
            most=most,
            gpus=gpus,
            passed_on=_passed_on(env, gpus),
        )


def forbid_own_clusters() -> None:
    """Keep Ray, which must not be imported yet, from starting a cluster where it is used without one.

    It does so even at the end of a process: Serve's threads still report what waits when Ray has left the cluster.
    """
    os.environ["RAY_ENABLE_AUTO_CONNECT"] = "0"


def _text(env: Mapping[str, str], name: str, usual: str) -> str:
    return env.get(name, "").strip() or usual


def _address(env: Mapping[str, str]) -> str:
    """Return the cluster's address. Raise SetupError without one: Ray would start a cluster of its own."""
    address = _text(env, "RAY_ADDRESS", "")
    if address in ("", "local"):
        raise SetupError(
            "The ray engine joins a cluster, and RAY_ADDRESS names none.",
            "Run `ray start --head`, and set RAY_ADDRESS to the address that it prints.",
        )
    return address


def _inner(name: str) -> str:
    if name.startswith("ray"):
        raise SetupError(f"RAY_ENGINE={name} cannot run in a replica.", "Use sdxl or demo.")
    return name


def _bounds(text: str) -> tuple[int, int]:
    found = _BOUNDS.fullmatch(text)
    most = int(found[2]) if found else 0
    least = int(found[1] or most) if found else 0
    if not 1 <= least <= most:
        raise SetupError(f"RAY_PAINTERS={text} is no number of replicas.", "Use a number such as 8, or 1-8.")
    return least, most


def _passed_on(env: Mapping[str, str], gpus: float) -> dict[str, str]:
    """Return the variables of the replicas. Ray shows a replica its own GPUs alone, whichever are named here."""
    chosen = {name: value for name, value in sorted(env.items()) if _PASSED_ON.fullmatch(name)}
    return chosen | {"SDXL_DEVICE": "cuda"} if gpus else chosen


def _gpus(text: str) -> float:
    try:
        gpus = float(text)
    except ValueError:
        gpus = -1
    if not 0 <= gpus <= 64:
        raise SetupError(f"RAY_PAINTER_GPUS must be a number from 0 to 64, not {text}.")
    return gpus
