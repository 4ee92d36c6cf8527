"""The pictures: files in a folder, bytes as received; in memory, up to a limit, while the folder cannot be written."""

from __future__ import annotations

import contextlib
import io
import os
import re
import secrets
import threading
from pathlib import Path
from typing import BinaryIO

from components.job import Picture
from components.pictures import inspect
from components.thumbnails import thumbnail

PICTURE_NAME = re.compile(r"[0-9a-f]{32}\.(png|jpg|webp)")
MEMORY_LIMIT = 256 * 1024 * 1024
"""Bytes of pictures that are held in memory; the oldest go first."""


class Shelf:
    """Keeps pictures under names of 128 random bits: who knows a name may see the picture."""

    def __init__(self, folder: Path, memory_limit: int = MEMORY_LIMIT) -> None:
        """Use a folder, and memory up to so many bytes while the folder cannot be written."""
        self._pictures, self._incoming = folder / "pictures", folder / "incoming"
        self._thumbnails = folder / "thumbnails"
        self._memory_limit = memory_limit
        self._held: dict[str, bytes] = {}
        self._making_room, self._making_small = threading.Lock(), threading.Lock()
        with contextlib.suppress(OSError):
            for place in (self._pictures, self._incoming, self._thumbnails):
                place.mkdir(parents=True, exist_ok=True)
            for leftover in self._incoming.iterdir():  # a killed process left it half fetched: it is fetched again
                leftover.unlink(missing_ok=True)

    def landing(self) -> BinaryIO:
        """Return an empty file for a picture that is being fetched; the caller hands it to `clear` in the end."""
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)  # somebody may tidy up while the app runs
            return (self._incoming / secrets.token_hex(16)).open("xb+")
        except OSError:
            return io.BytesIO()

    def clear(self, landing: BinaryIO) -> None:
        """Close a landing and throw away what was not kept of it."""
        with contextlib.suppress(OSError):
            landing.close()
        if not isinstance(landing, io.BytesIO):
            with contextlib.suppress(OSError):
                Path(landing.name).unlink(missing_ok=True)

    def keep(self, landing: BinaryIO, *, nsfw: bool) -> tuple[Picture, bool]:
        """Check a fetched picture and make it last: returns it, and whether it is on disk.

        Raises PictureTrouble, and OSError when the landing itself cannot be read.
        """
        facts = inspect(landing)
        name = secrets.token_hex(16) + facts.suffix
        is_on_disk = not isinstance(landing, io.BytesIO) and self._to_disk(landing, name)
        if not is_on_disk:
            self._hold(name, landing)
        return Picture(name, facts.width, facts.height, facts.format, facts.size, nsfw), is_on_disk

    def put(self, content: bytes) -> str:
        """Keep a PNG file that is made here; returns its name."""
        landing = self.landing()
        try:
            landing.write(content)
        except OSError:
            self.clear(landing)
            landing = io.BytesIO(content)
        name = secrets.token_hex(16) + ".png"
        if isinstance(landing, io.BytesIO) or not self._to_disk(landing, name):
            self._hold(name, landing)
        self.clear(landing)
        return name

    def content(self, name: str) -> bytes | None:
        """Return the bytes of a picture by its name."""
        found = self.find(name)
        if not isinstance(found, Path):
            return found
        try:
            return found.read_bytes()
        except OSError:
            return None

    def drop(self, name: str) -> None:
        """Delete a picture."""
        self._held.pop(name, None)
        with contextlib.suppress(OSError):
            (self._pictures / name).unlink(missing_ok=True)
            self._thumbnail(name).unlink(missing_ok=True)

    def thumbnail(self, name: str) -> Path | bytes | None:
        """Return a picture's small WebP copy, made when it is first asked for; None when there is none to make."""
        if not (picture := self.find(name)):
            return None
        small = self._thumbnail(name)
        if small.is_file():
            return small
        with self._making_small:  # one at a time: a large picture takes much memory while it is read
            content = thumbnail(picture)
        if content and isinstance(picture, Path):
            self._keep_small(content, small)
            if not picture.is_file():  # deleted meanwhile
                self.drop(name)
        return content

    def find(self, name: str) -> Path | bytes | None:
        """Return the file of a picture, or its bytes, by its name."""
        if not PICTURE_NAME.fullmatch(name):
            return None
        path = self._pictures / name
        return path if path.is_file() else self._held.get(name)

    def _thumbnail(self, name: str) -> Path:
        return self._thumbnails / f"{name}.webp"

    def _keep_small(self, content: bytes, small: Path) -> None:
        """Save a thumbnail whole or not at all; one that cannot be saved is made again."""
        landing = self.landing()
        with contextlib.suppress(OSError):
            landing.write(content)
            landing.close()
            if not isinstance(landing, io.BytesIO):
                Path(landing.name).replace(small)
        self.clear(landing)

    def _to_disk(self, landing: BinaryIO, name: str) -> bool:
        try:
            self._pictures.mkdir(parents=True, exist_ok=True)
            landing.flush()
            os.fsync(landing.fileno())
            landing.close()  # Windows moves no open file
            Path(landing.name).replace(self._pictures / name)
        except OSError:
            return False
        return True

    def _hold(self, name: str, landing: BinaryIO) -> None:
        if landing.closed:
            content = Path(landing.name).read_bytes()
        else:
            landing.seek(0)
            content = landing.read()
        with self._making_room:
            self._held[name] = content
            while sum(map(len, self._held.values())) > self._memory_limit:
                del self._held[next(iter(self._held))]
