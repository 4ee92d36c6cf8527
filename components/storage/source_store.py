"""Source store: uploaded images of visitors, and the API's links of what was uploaded there. Every call blocks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from components.domain.request import SourceImage
from components.storage import sources_table
from components.storage.data_folder import DataFolder
from components.storage.sources_table import StoredSource


class SourceStore(DataFolder):
    """Uploaded images of one data folder."""

    def add_source(self, visitor: str, content: bytes, size: tuple[int, int], now: float) -> SourceImage:
        """Store an uploaded image, a PNG file of `size` in pixels; the same content of a visitor is stored once."""
        return self.record_source(visitor, self.write_source(content, size), now)

    def write_source(self, content: bytes, size: tuple[int, int]) -> SourceImage:
        """Write the file of an uploaded image, which `record_source` adds to the database. Uses no database."""
        return SourceImage(self._images.save_png(content), hashlib.sha256(content).hexdigest(), *size)

    def record_source(self, visitor: str, source: SourceImage, now: float) -> SourceImage:
        """Record a written image; where the visitor has its content already, delete it and return the one from before.

        A file whose record could not be written is deleted.
        """
        row = (source.name, visitor, source.digest, source.width, source.height, now)
        try:
            stored = sources_table.read(self._db.read(sources_table.BY_CONTENT, (visitor, source.digest)))
            if not stored:
                self._db.write(lambda db: db.execute(sources_table.INSERT, row))
                return source
            self._db.write(lambda db: db.execute(sources_table.RENEW, (now, stored.name)))
        except BaseException:
            self._images.delete(source.name)
            raise
        self._images.delete(source.name)
        return stored

    def source(self, visitor: str, name: str) -> SourceImage | None:
        """Return an uploaded image of a visitor by name; None for one of another visitor, or a deleted one."""
        return sources_table.read(self._db.read(sources_table.BY_NAME, (visitor, name)))

    def image_bytes(self, name: str) -> bytes | None:
        """Return the bytes of an image by its unguessable name; None if it does not exist or cannot be read."""
        return self._images.content(name)

    def drop_sources(self, before: float) -> int:
        """Delete uploaded images last used before a time that no job refers to; return their number."""
        names = self._db.write(lambda db: sources_table.delete_unused(db, before))
        for name in names:
            self._images.delete(name)
        return len(names)

    def sources_size(self) -> int:
        """Return the bytes of all uploaded images."""
        return sum(self._images.size(name) for (name,) in self._db.read(sources_table.NAMES))

    def unused_sources(self) -> list[StoredSource]:
        """Return the uploaded images that no job refers to, the one used longest ago first."""
        rows = self._db.read(sources_table.UNUSED)
        return [StoredSource(name, visitor, self._images.size(name)) for name, visitor in rows]

    def delete_unused_sources(self, names: Iterable[str]) -> None:
        """Delete those of these uploaded images that no job refers to."""
        wanted = json.dumps(list(names))
        deleted = self._db.write(lambda db: db.execute(sources_table.DELETE_NAMED, (wanted,)).fetchall())
        for (name,) in deleted:
            self._images.delete(name)

    def upload_link(self, account: str, digest: str, since: float) -> str | None:
        """Return the API's link of a content that this account uploaded after a time; None without one."""
        rows = self._db.read(sources_table.LINK, (account, digest, since))
        return str(rows[0][0]) if rows else None

    def save_upload(self, account: str, digest: str, link: str, now: float) -> None:
        """Store the API's link of an uploaded content."""
        self._db.write(lambda db: db.execute(sources_table.SAVE_LINK, (account, digest, link, now)))

    def forget_upload(self, account: str, digest: str) -> None:
        """Delete the link of a content that the API does not have any more."""
        self._db.write(lambda db: db.execute(sources_table.DELETE_LINK, (account, digest)))
