"""Frames: messages between the server and the process of a lane, pickled, over the pipes of its start.

The events of an image are frames too.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from components.engines.protocol import Engine, EngineRequest, Machine
from components.messages.message import Message

LENGTH_BYTES = 8


@dataclass(frozen=True, slots=True)
class LaneSpec:
    """What a lane runs: the first frame that its process gets."""

    name: str
    """For the log, such as cuda:1."""
    build: Callable[[], Engine]
    """Builds the engine there: a class or function of a module, or a functools.partial of one."""
    environment: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Variables beside those of this process."""


@dataclass(frozen=True, slots=True)
class Generate:
    """Order of an image; the earlier one has ended."""

    request: EngineRequest


@dataclass(frozen=True, slots=True)
class Cancel:
    """The image that is being generated is not needed; how it ended is answered all the same."""


@dataclass(frozen=True, slots=True)
class StartStage:
    """Stage of the engine's start."""

    stage: Message


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine is prepared."""


@dataclass(frozen=True, slots=True)
class Computes:
    """What the engine computes on, as it was after its start or after an image."""

    machine: Machine


@dataclass(frozen=True, slots=True)
class Unready:
    """Reason why the engine cannot be prepared; its process ends."""

    message: Message


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The image is not generated to its end, as requested."""


@dataclass(frozen=True, slots=True)
class Crashed:
    """Error of the engine that it does not explain; the traceback is in the log of its process."""

    error: str


def write(stream: IO[bytes], frame: object) -> None:
    """Write a frame as a whole. Raise OSError when the other process has ended."""
    data = pickle.dumps(frame)
    stream.write(len(data).to_bytes(LENGTH_BYTES, "big"))
    stream.write(data)
    stream.flush()


def read(stream: IO[bytes]) -> Any:
    """Return the next frame; None when the other process has ended, in the midst of one too. Blocks."""
    length = int.from_bytes(head := stream.read(LENGTH_BYTES), "big")
    data = stream.read(length)
    return pickle.loads(data) if len(head) == LENGTH_BYTES and len(data) == length else None
