"""Pictures that were handed in: by form, by ticket, or inside a submit. Blocking; any thread may call."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from components.server.body import PICTURE_LIMIT
from components.server.pictures import EXTENSIONS, media_type_of
from components.server.records import Records, UploadRecord
from components.server.refusals import malformed, not_fetched, out_of_range, too_large, unknown
from components.server.shelf import Shelf, upload_name

PATH = "/uploads/"
TICKET_MS = 60 * 60 * 1000
"""How long a ticket may be used."""
DATA_URI = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)


class Uploads:
    """Keeps each picture under a name of ours that cannot be guessed."""

    def __init__(self, records: Records, shelf: Shelf, now: Callable[[], int]) -> None:
        """`now` gives milliseconds of Unix time."""
        self._records, self._shelf, self._now = records, shelf, now

    def keep(self, field: str, data: bytes, owner: str = "") -> UploadRecord:
        """Store a picture; with an owner it goes when that task goes. Raise Refused if it is none."""
        media_type = _found_type(field, data)
        name = upload_name(EXTENSIONS[media_type])
        self._shelf.put(self._shelf.upload(name), data)
        upload = UploadRecord(name, self._now(), media_type, owner, size=len(data))
        self._records.add_upload(upload)
        return upload

    def open_ticket(self, filename: str, size: int, content_type: str | None) -> UploadRecord:
        """Promise a place for `size` bytes. The name's ending follows what the caller says will come."""
        name = upload_name(_ending(filename, content_type))
        ticket = UploadRecord(name, self._now(), ticket=secrets.token_hex(16), size=size)
        self._records.add_upload(ticket)
        return ticket

    def fill(self, ticket: str, data: bytes) -> None:
        """Take the content of a ticket, once. Raise Refused when it is not what was announced."""
        upload = self._records.upload_by_ticket(ticket)
        if upload is None or upload.created_ms < self._now() - TICKET_MS:
            raise unknown("Upload ticket")
        if len(data) != upload.size:
            raise malformed(f"The ticket is for {upload.size} bytes, {len(data)} came")
        media_type = _found_type("file", data)
        self._shelf.put(self._shelf.upload(upload.name), data)
        self._records.fill_upload(upload.name, media_type)

    def find(self, name: str) -> UploadRecord | None:
        """An upload that its caller may see: its content is there, and it is no part of a submit."""
        upload = self._records.upload(name)
        return upload if upload is not None and upload.media_type and not upload.owner else None

    def named_in(self, field: str, url: str) -> UploadRecord:
        """The upload that a URL means; which name the caller knows this server by does not matter."""
        try:
            path = urlsplit(url).path
        except ValueError as error:
            raise not_fetched(field) from error
        upload = self.find(path.removeprefix(PATH)) if path.startswith(PATH) else None
        if upload is None:
            raise not_fetched(field)
        return upload

    def read(self, upload: UploadRecord) -> bytes:
        return self._shelf.upload(upload.name).read_bytes()

    def forget_all_of(self, task_id: str) -> None:
        for name in self._records.delete_uploads_of(task_id):
            self._shelf.upload(name).unlink(missing_ok=True)


def is_data_uri(source: str) -> bool:
    return source[:5].lower() == "data:"


def data_in(field: str, uri: str) -> bytes:
    """The bytes of a data URI. Raise Refused for one that is broken or too large."""
    head = DATA_URI.match(uri)
    if head is None:
        raise out_of_range(field, "a data URI in base64, or the URL of an upload")
    payload = uri[head.end() :]
    if len(payload) * 3 // 4 > PICTURE_LIMIT + 2:
        raise too_large(field, PICTURE_LIMIT)
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise out_of_range(field, "valid base64") from error


def _found_type(field: str, data: bytes) -> str:
    media_type = media_type_of(data)
    if media_type is None:
        raise out_of_range(field, "a JPG, PNG, WebP, GIF, BMP or TIFF picture")
    return media_type


def _ending(filename: str, content_type: str | None) -> str:
    """One of our own endings, chosen by what the caller announced."""
    ending = filename.rpartition(".")[2].lower()
    return ending if ending in EXTENSIONS.values() else EXTENSIONS.get(content_type or "", "img")
