"""Uploaded images: by form, by ticket, or inside a submit. Blocking; any thread may call."""

from __future__ import annotations

import base64
import binascii
import re
import secrets
from collections.abc import Callable
from urllib.parse import urlsplit

from components.messages.message import Message
from components.server.errors import malformed, not_fetched, out_of_range, too_large, unknown
from components.server.tasks.database import TaskDatabase, UploadRecord
from components.server.tasks.image_files import ImageFiles, upload_name
from components.server.tasks.images import EXTENSIONS, media_type_of

MEGABYTE = 1024 * 1024
PICTURE_LIMIT = 20 * MEGABYTE

PATH = "/uploads/"
TICKET_MS = 60 * 60 * 1000
"""Lifetime of a ticket in milliseconds."""
DATA_URI = re.compile(r"data:[^,]{0,200};base64,", re.IGNORECASE)


class Uploads:
    """Uploads, each stored under a new name that cannot be guessed."""

    def __init__(self, records: TaskDatabase, files: ImageFiles, now: Callable[[], int]) -> None:
        """`now` gives milliseconds of Unix time."""
        self._records, self._files, self._now = records, files, now

    def store(self, field: str, data: bytes, owner: str = "") -> UploadRecord:
        """Store an image; `owner`: the task it is deleted with. Raise Refused for other content."""
        media_type = _checked_type(field, data)
        name = upload_name(EXTENSIONS[media_type])
        self._files.put(self._files.upload(name), data)
        upload = UploadRecord(name, self._now(), media_type, owner, size=len(data))
        self._records.add_upload(upload)
        return upload

    def open_ticket(self, filename: str, size: int, content_type: str | None) -> UploadRecord:
        """Reserve a name for an upload of `size` bytes. Its suffix follows the announced content type."""
        name = upload_name(_extension(filename, content_type))
        ticket = UploadRecord(name, self._now(), ticket=secrets.token_hex(16), size=size)
        self._records.add_upload(ticket)
        return ticket

    def fill(self, ticket: str, data: bytes) -> None:
        """Store the content of a ticket, once. Raise Refused when it is not as announced."""
        upload = self._records.upload_by_ticket(ticket)
        if upload is None or upload.created_ms < self._now() - TICKET_MS:
            raise unknown(Message("server_no_such_ticket"))
        if len(data) != upload.size:
            raise malformed(Message("server_wrong_size", {"announced": upload.size, "received": len(data)}))
        media_type = _checked_type("file", data)
        self._files.put(self._files.upload(upload.name), data)
        self._records.fill_upload(upload.name, media_type)

    def find(self, name: str) -> UploadRecord | None:
        """Return a public upload: its content has arrived, and it is not of a submit's body. None: no such upload."""
        upload = self._records.upload(name)
        return upload if upload is not None and upload.media_type and not upload.owner else None

    def named_in(self, field: str, url: str) -> UploadRecord:
        """Return the upload of a URL by its path: the server may have several host names. Raise Refused."""
        try:
            path = urlsplit(url).path
        except ValueError as error:
            raise not_fetched(field) from error
        upload = self.find(path.removeprefix(PATH)) if path.startswith(PATH) else None
        if upload is None:
            raise not_fetched(field)
        return upload

    def read(self, upload: UploadRecord) -> bytes:
        return self._files.upload(upload.name).read_bytes()

    def delete_all_of(self, task_id: str) -> None:
        for name in self._records.delete_uploads_of(task_id):
            self._files.delete(self._files.upload(name))


def is_data_uri(source: str) -> bool:
    return source[:5].lower() == "data:"


def data_in(field: str, uri: str) -> bytes:
    """Return the bytes of a data URI. Raise Refused for one that is broken or too large."""
    head = DATA_URI.match(uri)
    if head is None:
        raise out_of_range(Message("server_not_a_data_uri", {"field": field}))
    payload = uri[head.end() :]
    if len(payload) * 3 // 4 > PICTURE_LIMIT + 2:
        raise too_large(field, PICTURE_LIMIT)
    try:
        return base64.b64decode(payload, validate=True)
    except (binascii.Error, ValueError) as error:
        raise out_of_range(Message("server_not_base64", {"field": field})) from error


def _checked_type(field: str, data: bytes) -> str:
    media_type = media_type_of(data)
    if media_type is None:
        raise out_of_range(Message("server_not_an_upload", {"field": field}))
    return media_type


def _extension(filename: str, content_type: str | None) -> str:
    """Return a file extension of EXTENSIONS, chosen by what the client announced; else `img`."""
    extension = filename.rpartition(".")[2].lower()
    return extension if extension in EXTENSIONS.values() else EXTENSIONS.get(content_type or "", "img")
