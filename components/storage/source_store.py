"""Source store: uploaded images of visitors, and the API's links of what was uploaded there. Every call blocks."""

from __future__ import annotations

import hashlib

from components.domain.request import SourceImage
from components.storage import sources_table
from components.storage.data_folder import DataFolder


class SourceStore(DataFolder):
    """Uploaded images of one data folder."""

    def add_source(self, visitor: str, content: bytes, size: tuple[int, int], now: float) -> SourceImage:
        """Store an uploaded image, a PNG file of `size` in pixels; the same content of a visitor is stored once."""
        digest = hashlib.sha256(content).hexdigest()
        if stored := sources_table.read(self._db.read(sources_table.BY_CONTENT, (visitor, digest))):
            self._db.write(lambda db: db.execute(sources_table.RENEW, (now, stored.name)))
            return stored
        source = SourceImage(self._images.save_png(content), digest, *size)
        row = (source.name, visitor, digest, source.width, source.height, now)
        self._db.write(lambda db: db.execute(sources_table.INSERT, row))
        return source

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
