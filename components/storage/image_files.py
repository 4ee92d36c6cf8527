"""Image files in a folder, bytes as received, with thumbnails; in memory while the folder cannot be written."""

from __future__ import annotations

import contextlib
import io
import os
import re
import secrets
import threading
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import BinaryIO

from components.domain.job import StoredFile, StoredImage
from components.images.conversion import SUFFIXES, converted, format_of
from components.images.inspect import inspect
from components.images.thumbnail import thumbnail

IMAGE_NAME = re.compile(rf"[0-9a-f]{{32}}\.(png|jpg|webp|{'|'.join(SUFFIXES.values())})")
"""Names of image files; any other name is refused, so that no path leaves the folder."""
MEMORY_LIMIT = 256 * 1024 * 1024
"""Bytes of images in memory; the oldest are dropped first."""


class ImageFiles:
    """Store of image files under names of 128 random bits: a name is the permission to see the image.

    Methods may be called from any thread.
    """

    def __init__(self, folder: Path, memory_limit: int = MEMORY_LIMIT, *, is_read_only: bool = False) -> None:
        """Create the folders if possible. `memory_limit` is in bytes.

        `is_read_only`: files are neither added nor deleted, those of a folder that a newer version wrote.
        """
        # Beside each other: only within one file system a file is renamed in one step.
        self._images, self._incoming = folder / "pictures", folder / "incoming"
        self._thumbnails = folder / "thumbnails"
        self._memory_limit, self._is_read_only = memory_limit, is_read_only
        self._memory: dict[str, bytes] = {}
        self._memory_lock, self._thumbnail_lock = threading.Lock(), threading.Lock()
        self._hidden: set[str] = set()
        if not is_read_only:
            self._prepare_folders()

    def _prepare_folders(self) -> None:
        with contextlib.suppress(OSError):
            for path in (self._images, self._incoming, self._thumbnails):
                path.mkdir(parents=True, exist_ok=True)
            for leftover in self._incoming.iterdir():  # partly downloaded by a killed process; it is downloaded again
                leftover.unlink(missing_ok=True)

    def open_temp(self) -> BinaryIO:
        """Return an empty temporary file for a download, in memory when the disk fails. The caller calls `discard`."""
        if self._is_read_only:
            return io.BytesIO()
        try:
            self._incoming.mkdir(parents=True, exist_ok=True)  # it may have been deleted while the app runs
            return (self._incoming / secrets.token_hex(16)).open("xb+")
        except OSError:
            # The image is paid for: memory is better than nothing.
            return io.BytesIO()

    def discard(self, temp: BinaryIO) -> None:
        """Close a temporary file, and delete it unless it was committed."""
        with contextlib.suppress(OSError):
            temp.close()
        if not isinstance(temp, io.BytesIO):
            with contextlib.suppress(OSError):
                Path(temp.name).unlink(missing_ok=True)

    def commit(self, temp: BinaryIO, *, nsfw: bool) -> tuple[StoredImage, bool]:
        """Check a downloaded image and store it; return its facts, and whether it is on disk.

        What `converted` reads is stored as PNG. Raises ImageUnavailable for a damaged image, and OSError when the
        temporary file cannot be read or written.
        """
        _convert(temp)
        facts = inspect(temp)
        name = secrets.token_hex(16) + facts.suffix
        is_on_disk = self._store(name, temp)
        return StoredImage(name, facts.width, facts.height, facts.format, facts.size, nsfw), is_on_disk

    def commit_file(self, temp: BinaryIO) -> tuple[StoredFile, bool] | None:
        """Store a downloaded image of a format that cannot be shown as it came; None for what is no image.

        The second value as of `commit`. Raises OSError when the temporary file cannot be read.
        """
        temp.seek(0)
        content = temp.read()
        if (format_ := format_of(content)) is None:
            return None
        name = f"{secrets.token_hex(16)}.{SUFFIXES[format_]}"
        return StoredFile(name, format_, len(content)), self._store(name, temp)

    def save_png(self, content: bytes) -> str:
        """Store a PNG file that the app itself made; return its name."""
        temp = self.open_temp()
        try:
            temp.write(content)
        except OSError:
            self.discard(temp)
            temp = io.BytesIO(content)
        name = secrets.token_hex(16) + ".png"
        self._store(name, temp)
        self.discard(temp)
        return name

    def content(self, name: str) -> bytes | None:
        """Return the bytes of an image; None if it does not exist or cannot be read."""
        file = self.find(name)
        if not isinstance(file, Path):
            return file
        try:
            return file.read_bytes()
        except OSError:
            return None

    def size(self, name: str) -> int:
        """Return the bytes of an image; 0 if it does not exist."""
        file = self.find(name)
        try:
            return file.stat().st_size if isinstance(file, Path) else len(file or b"")
        except OSError:
            return 0

    def hide(self, names: Iterable[str]) -> None:
        """Let images be found no more, as if they did not exist; their files stay."""
        self._hidden.update(names)

    def show(self, names: Iterable[str]) -> None:
        """Let hidden images be found again."""
        self._hidden.difference_update(names)

    def delete(self, name: str) -> None:
        """Delete an image and its thumbnail, if they exist."""
        self._memory.pop(name, None)
        if self._is_read_only:
            return
        with contextlib.suppress(OSError):
            (self._images / name).unlink(missing_ok=True)
            self._thumbnail_path(name).unlink(missing_ok=True)
            self._hidden.discard(name)

    def remove_unknown(self, known: Collection[str], until: float) -> int:
        """Delete images whose name is not `known`, not later than `until` in Unix seconds, and return their number.

        Thumbnails without an image go too. Only files that this class named are deleted.
        """
        if self._is_read_only:
            return 0
        with contextlib.suppress(OSError):
            unknown = [path.name for path in self._images.iterdir() if _is_unknown(path, known, until)]
            for name in unknown:
                self.delete(name)
            for path in self._thumbnails.iterdir():
                if IMAGE_NAME.fullmatch(path.stem) and path.stem not in known and not self.find(path.stem):
                    path.unlink(missing_ok=True)
            return len(unknown)
        return 0

    def thumbnail(self, name: str, *, is_hidden_too: bool = False) -> Path | bytes | None:
        """Return the thumbnail of an image, a small WebP file made at the first request; None if it cannot be made."""
        if not (image := self._find(name) if is_hidden_too else self.find(name)):
            return None
        path = self._thumbnail_path(name)
        if path.is_file():
            return path
        with self._thumbnail_lock:  # one at a time: decoding a large image takes much memory
            content = thumbnail(image)
        if content and isinstance(image, Path):
            self._save_thumbnail(content, path)
            if not image.is_file():  # deleted while the thumbnail was made, which would stay for ever
                self.delete(name)
        return content

    def find(self, name: str) -> Path | bytes | None:
        """Return the file of an image, or its bytes if it is in memory; None if it does not exist or is hidden."""
        return None if name in self._hidden else self._find(name)

    def _find(self, name: str) -> Path | bytes | None:
        if not IMAGE_NAME.fullmatch(name):
            return None
        path = self._images / name
        return path if path.is_file() else self._memory.get(name)

    def _thumbnail_path(self, name: str) -> Path:
        return self._thumbnails / f"{name}.webp"

    def _save_thumbnail(self, content: bytes, path: Path) -> None:
        """Save a thumbnail as a whole or not at all; on errors it is made again at the next request."""
        temp = self.open_temp()
        with contextlib.suppress(OSError):
            temp.write(content)
            temp.close()
            if not isinstance(temp, io.BytesIO):
                Path(temp.name).replace(path)
        self.discard(temp)

    def _store(self, name: str, temp: BinaryIO) -> bool:
        """Store a temporary file under a name, and return whether it is on disk; else it is in memory."""
        is_on_disk = not isinstance(temp, io.BytesIO) and self._to_disk(temp, name)
        if not is_on_disk:
            self._store_in_memory(name, temp)
        return is_on_disk

    def _to_disk(self, temp: BinaryIO, name: str) -> bool:
        """Move a temporary file to its name, synced first, so that no name has half an image. False: it failed."""
        try:
            self._images.mkdir(parents=True, exist_ok=True)
            temp.flush()
            # Without it a power cut may leave the new name with an empty file, after the API was paid for the image.
            os.fsync(temp.fileno())
            temp.close()  # an open file cannot be moved on Windows
            Path(temp.name).replace(self._images / name)
        except OSError:
            return False
        return True

    def _store_in_memory(self, name: str, temp: BinaryIO) -> None:
        if temp.closed:  # by `_to_disk`, which failed afterwards
            content = Path(temp.name).read_bytes()
        else:
            temp.seek(0)
            content = temp.read()
        # Called by several threads: one may not drop an entry while another iterates over the sizes.
        with self._memory_lock:
            self._memory[name] = content
            while sum(map(len, self._memory.values())) > self._memory_limit:
                del self._memory[next(iter(self._memory))]


def _convert(temp: BinaryIO) -> None:
    temp.seek(0)
    if png := converted(temp.read()):
        temp.seek(0)
        temp.truncate()
        temp.write(png)


def _is_unknown(path: Path, known: Collection[str], until: float) -> bool:
    return bool(IMAGE_NAME.fullmatch(path.name)) and path.name not in known and path.stat().st_mtime <= until
