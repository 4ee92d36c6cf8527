"""Folder lease: of several containers on one bucket one uses the data folder; locks hold within one mount alone."""

from __future__ import annotations

import json
import logging
import secrets
import threading
import time
from pathlib import Path

from components.storage.folder_lock import in_use

RENEW_SECONDS = 10.0
"""Time between renewals."""
WATCH_SECONDS = 50.0
"""Time without a renewal after which a lease has lapsed: more than one renewal, and the 30 s that a bucket may show
what was before."""
_log = logging.getLogger(__name__)


class FolderLease:
    """File that names the container that uses a folder, renewed for as long as that runs."""

    def __init__(self, path: Path) -> None:
        """Take the lease; when another container has left one, wait WATCH_SECONDS for its renewal.

        Raises SetupError when it is renewed meanwhile.
        """
        self._path, self._owner, self._renewals = path, secrets.token_hex(8), 0
        self._ended = threading.Event()
        self.sign_of_life = _time_in(self._content())
        """Latest time at which the container before this one renewed its lease, in Unix seconds; 0: it gave it up."""
        self.is_lost = False
        """True: another container took the folder, since this one did not renew its lease in time."""
        self._wait_for_others()
        self._renew()
        self._thread = threading.Thread(target=self._renew_until_ended, name="folder-lease", daemon=True)
        self._thread.start()

    def release(self) -> None:
        """Give the lease up, so that the next container need not wait."""
        self._ended.set()
        self._thread.join()
        if not self.is_lost:
            self._path.unlink(missing_ok=True)

    def _wait_for_others(self) -> None:
        left = self._content()
        if not left:
            return
        _log.warning("another container may still use %s: waiting %d s for a sign of it", self._path, WATCH_SECONDS)
        until = time.monotonic() + WATCH_SECONDS
        while time.monotonic() < until:
            time.sleep(min(RENEW_SECONDS / 10, 1))
            # Not by the time in it: the clocks of two computers may differ.
            if (now := self._content()) != left and now:
                raise in_use(self._path.parent)

    def _renew_until_ended(self) -> None:
        while not self._ended.wait(RENEW_SECONDS):
            if self.is_taken():
                _log.error("another container took the data folder %s: nothing more is sent here", self._path.parent)
                return
            try:
                self._renew()
            except OSError as error:
                _log.warning("the lease of the data folder could not be renewed: %s", error)

    def is_taken(self) -> bool:
        """Return whether another container took the folder, by what the file says now."""
        content = self._content()
        self.is_lost = self.is_lost or (bool(content) and self._owner not in content)
        return self.is_lost

    def _content(self) -> str:
        try:
            return self._path.read_text(encoding="ascii")
        except (OSError, ValueError):
            return ""

    def _renew(self) -> None:
        self._renewals += 1
        new = self._path.with_suffix(".new")
        content = {"owner": self._owner, "renewals": self._renewals, "time": time.time()}
        new.write_text(json.dumps(content), encoding="ascii")
        new.replace(self._path)


def _time_in(content: str) -> float:
    """Return the time in a lease; 0 for none, as in those of earlier versions."""
    try:
        return max(0.0, float(json.loads(content)["time"]))
    except (KeyError, TypeError, ValueError):
        return 0.0
