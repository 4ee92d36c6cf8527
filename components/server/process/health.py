"""Health of a server process that runs: does it still answer? One that hangs never ends by itself."""

from __future__ import annotations

import http.client
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ProbeBounds:
    """When and how often a process is probed; by default one that answers nothing for 30 seconds hangs."""

    pause: float = 2.0
    """Seconds between two probes."""
    timeout: float = 4.0
    """Seconds that a probe waits for an answer."""
    failures: int = 5
    """Probes in a row without an answer after which a process hangs.

    Counted, and not the time: where the app itself was suspended, the process has missed no probe.
    """
    most_failures: int = 40
    """Such probes at most, however often it was found to hang before, see HangDetector."""


_PROBES = {"demo": ProbeBounds(most_failures=6)}
"""Bounds of engines that load no model, so that one that is silent hangs: found after 36 seconds, which leaves 24 of a
minute for the next start."""


def probes_of(engine: str) -> ProbeBounds:
    """Return the bounds for a server with an engine, by the engine's name."""
    return _PROBES.get(engine, ProbeBounds())


class HangDetector:
    """Decision whether a process hangs, by its probes.

    Each time it was right its tolerance doubles: a process that is only slow, such as one that loads a model from a
    slow disk, would else be started again for ever.
    """

    def __init__(self, bounds: ProbeBounds) -> None:
        self._missed, self._allowed, self._most = 0, bounds.failures, bounds.most_failures

    def observe(self, *, answered: bool | None) -> bool:
        """Take the result of a probe, None for one that could not be made; return whether the process hangs."""
        if answered is None:
            return False
        self._missed = 0 if answered else self._missed + 1
        if self._missed < self._allowed:
            return False
        self._missed, self._allowed = 0, min(self._allowed * 2, self._most)
        return True


def probe(port: int, timeout: float) -> bool | None:
    """Return whether the server at a port of this computer answers; None when that could not be tried. Blocks."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        # Any answer will do, also that there is nothing.
        connection.request("HEAD", "/")
        connection.getresponse()
    except (TimeoutError, ConnectionError, http.client.HTTPException):
        return False
    except OSError:  # such as too many open files, of this process
        return None
    finally:
        connection.close()
    return True
