"""File endpoints: uploads by form and by ticket, downloads of uploads and outputs."""

from __future__ import annotations

from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from components.messages.message import Message
from components.server.errors import missing, out_of_range, too_large, unknown
from components.server.http.envelope import answer
from components.server.http.request import JSON_LIMIT, base_of, read_body, read_form_file
from components.server.tasks.database import TaskDatabase, UploadRecord
from components.server.tasks.image_files import ImageFiles
from components.server.tasks.uploads import PATH, PICTURE_LIMIT, Uploads
from components.server.tasks.validate import Body, parse_object

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=604800, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""Immutable: a name is never used for other bytes."""


class Files:
    """Endpoints on files. A download needs the file's name, not the key, as on a CDN."""

    def __init__(self, uploads: Uploads, records: TaskDatabase, files: ImageFiles) -> None:
        self._uploads, self._records, self._files = uploads, records, files

    def routes(self) -> list[Route]:
        return [
            Route("/api/v3/media/upload/binary", self.take_form, methods=["POST"]),
            Route("/api/v3/media/uploads", self.open_ticket, methods=["POST"]),
            Route(PATH + "tickets/{ticket}", self.fill_ticket, methods=["PUT"]),
            Route(PATH + "{name}", self.upload, methods=["GET"]),
            Route("/outputs/{name}", self.output, methods=["GET"]),
        ]

    async def take_form(self, request: Request) -> Response:
        data = await read_form_file(request, "file")
        upload = await run_in_threadpool(self._uploads.store, "file", data)
        return answer(
            {
                "type": "image",
                "download_url": _download_url(request, upload),
                "filename": upload.name,
                "size": upload.size,
            }
        )

    async def open_ticket(self, request: Request) -> Response:
        announcement = parse_object(await read_body(request, JSON_LIMIT, "body"))
        filename, size, content_type = _announced(announcement)
        ticket = await run_in_threadpool(self._uploads.open_ticket, filename, size, content_type)
        upload = {
            "method": "PUT",
            "url": f"{base_of(request)}{PATH}tickets/{ticket.ticket}",
            "headers": {"Content-Type": content_type or "application/octet-stream"},
        }
        return answer({"upload": upload, "download_url": _download_url(request, ticket)})

    async def fill_ticket(self, request: Request) -> Response:
        data = await read_body(request, PICTURE_LIMIT, "file")
        await run_in_threadpool(self._uploads.fill, request.path_params["ticket"], data)
        return answer(None)

    async def upload(self, request: Request) -> Response:
        upload = await run_in_threadpool(self._uploads.find, request.path_params["name"])
        if upload is None:
            raise unknown(Message("server_no_such_file"))
        return await _file(self._files.upload(upload.name), upload.media_type)

    async def output(self, request: Request) -> Response:
        name = await run_in_threadpool(self._records.output_named, request.path_params["name"])
        if name is None:
            raise unknown(Message("server_no_such_file"))
        return await _file(self._files.output(name), "image/png")


async def _file(path: Path, media_type: str) -> Response:
    if not await run_in_threadpool(path.is_file):
        raise unknown(Message("server_no_such_file"))
    return FileResponse(path, media_type=media_type, headers=HEADERS)


def _download_url(request: Request, upload: UploadRecord) -> str:
    return f"{base_of(request)}{PATH}{upload.name}"


def _announced(body: Body) -> tuple[str, int, str | None]:
    """Return (file name, bytes, media type) of a ticket's request. Raise Refused."""
    filename, size, content_type = (body.get(name) for name in ("filename", "size", "content_type"))
    if not isinstance(filename, str) or not filename:
        raise missing("filename")
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise out_of_range(Message("server_not_bytes", {"field": "size"}))
    if size > PICTURE_LIMIT:
        raise too_large("file", PICTURE_LIMIT)
    if content_type is not None and not _is_media_type(content_type):
        raise out_of_range(Message("server_not_a_media_type", {"field": "content_type"}))
    return filename, size, str(content_type) if content_type else None


def _is_media_type(value: object) -> bool:
    """Return whether a value is a header-safe media type: it is sent back as a header."""
    return isinstance(value, str) and value.isascii() and value.isprintable() and len(value) <= 100
