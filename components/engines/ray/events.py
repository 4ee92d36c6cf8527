"""Events of an image on its way from a replica, and by which id it is sent there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from components.engines.events import Done, Failed, Step
from components.engines.protocol import EngineRequest


@dataclass(frozen=True, slots=True)
class Broken:
    """Any other error: a bug, or a library's. Its class may not exist in the process that would unpickle it."""

    traceback: str


Event = Step | Done | Failed | Broken
Events = tuple[Event, ...]
"""What a replica sends at once; never empty."""


def affinity_of(request: EngineRequest) -> str:
    """Return the id by which Ray sends requests with the same LoRAs to the same replica; empty without LoRAs.

    It is a digest: an address may contain a key, and Ray shows its ids.
    """
    if not request.loras:
        return ""
    paths = "\n".join(sorted({use.path for use in request.loras}))
    return hashlib.sha256(paths.encode("utf-8", "replace")).hexdigest()[:16]
