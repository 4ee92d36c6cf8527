"""Image archive: a visitor's images as one zip file, with a contact sheet that works offline."""

from __future__ import annotations

import html
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from components import messages
from components.domain.job import Job, StoredImage
from components.images.metadata import strip, write_text
from components.messages.catalogue import text
from components.recipes.infotext import NEGATIVE, VERSION, infotext
from components.services.backend import shown_model
from components.services.playground import Playground
from components.ui import assets
from components.ui.http.language import language_of
from components.ui.http.responses import refusal
from components.ui.routes.file_names import caption, picture_stem
from components.ui.routes.zip_stream import Entry, stream_zip

PATH = "playground/packs/"
"""Path of the archives, relative to the page."""
MAX_JOBS = 500
"""Most jobs in one archive."""
VALID_MINUTES = 10
"""Lifetime of an archive's URL."""
_MAX_ARCHIVES, _MAX_PER_CLIENT, _MAX_PER_VISITOR = 2_000, 100, 20
"""Most archives of all visitors, of one address and of one visitor; the oldest are dropped."""
_SHEET = "contact-sheet.html"


@dataclass(frozen=True, slots=True)
class Archive:
    """Archive that a visitor has requested; its content is read when it is downloaded."""

    visitor: str
    client: str
    """Address of the visitor who requested it; a visitor's own name is easily changed."""
    job_ids: tuple[str, ...]
    is_clean: bool
    """Whether images and contact sheet leave out settings and prompts."""
    until: float
    """End of its life, in seconds of the monotonic clock."""


class Archives:
    """Archives by token, and the route that serves them. Their URLs are unguessable and expire."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._archives: dict[str, Archive] = {}

    def create(self, visitor: str, job_ids: Sequence[str], client: str, *, is_clean: bool) -> str:
        """Return the URL of a new archive, relative to the page. The download leaves out other visitors' jobs."""
        # A download is a plain link, which carries no header: its address is the permission.
        now, token = time.monotonic(), secrets.token_hex(16)
        valid = {name: archive for name, archive in self._archives.items() if archive.until > now}
        valid = _with_room(valid, _MAX_PER_VISITOR, lambda archive: archive.visitor == visitor)
        valid = _with_room(valid, _MAX_PER_CLIENT, lambda archive: archive.client == client)
        valid = _with_room(valid, _MAX_ARCHIVES, lambda _: True)
        valid[token] = Archive(visitor, client, tuple(job_ids[:MAX_JOBS]), is_clean, now + VALID_MINUTES * 60)
        self._archives = valid
        return f"{PATH}{token}"

    @property
    def route(self) -> Route:
        """Return the route of all archives."""
        return Route(f"/{PATH}{{token}}", self._serve)

    async def _serve(self, request: Request) -> Response:
        archive = self._archives.get(request.path_params["token"])
        if archive is None or archive.until <= time.monotonic():
            return refusal(request.scope, 404, messages.ARCHIVE_GONE)
        jobs = await self._playground.history.finished(archive.visitor, archive.job_ids)
        name = time.strftime("sdxl-lora-%Y-%m-%d.zip")
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        # The blocking store: Starlette runs a generator that is not asynchronous in a thread.
        content = self._playground.store.blocking.image_bytes
        entries = _entries(jobs, archive, content, language_of(request.headers))
        return StreamingResponse(stream_zip(entries), media_type="application/zip", headers=headers)


def _with_room(
    archives: Mapping[str, Archive], most: int, is_counted: Callable[[Archive], bool]
) -> dict[str, Archive]:
    """Return the archives without the oldest of those that count, so that one more of them makes `most`."""
    # Oldest first, as they were created.
    dropped = [name for name, archive in archives.items() if is_counted(archive)][: 1 - most]
    return {name: archive for name, archive in archives.items() if name not in dropped}


def _entries(
    jobs: Sequence[Job], archive: Archive, content: Callable[[str], bytes | None], language: str
) -> Iterator[Entry]:
    """Yield the image files, then the contact sheet of those that still existed. Blocks."""
    shown: list[str] = []
    numbers = iter(range(1, MAX_JOBS * 10))
    for job in jobs:
        recipe = "" if archive.is_clean else infotext(job.request, shown_model(job))
        for image in job.images:
            # Deleted since the archive was requested.
            if (stored := content(image.name)) is None:
                continue
            stem = f"-{picture_stem(job.request, language)}" if recipe else ""
            file = f"pictures/{next(numbers):03}{stem}{_suffix(image)}"
            yield file, job.created, write_text(stored, recipe) if recipe else strip(stored)
            shown.append(_image_html(job, image, file, recipe, caption(job.request, language)))
    yield _SHEET, time.time(), _sheet_html(shown, language).encode()


def _suffix(image: StoredImage) -> str:
    return "." + image.name.rpartition(".")[2]


def _image_html(job: Job, image: StoredImage, file: str, recipe: str, prompt: str) -> str:
    """Return one image of the contact sheet; without its texts when its file has no recipe either."""
    if not recipe:
        return _filled("archive/contact_image.html", file, "", "", image)
    negative = f"{NEGATIVE} {job.request.negative_prompt}\n" if job.request.negative_prompt else ""
    # The last line of an infotext has the parameters, the lines before it the prompts.
    facts = negative + recipe.rpartition("\n")[2] if prompt == job.request.prompt else recipe
    return _filled("archive/contact_image.html", file, prompt, facts, image)


def _filled(template: str, file: str, prompt: str, facts: str, image: StoredImage) -> str:
    values: dict[str, Any] = {"file": file, "prompt": prompt, "facts": facts}
    values |= {"width": image.width, "height": image.height}
    return assets.fragment(template, values)


def _sheet_html(images: list[str], language: str) -> str:
    summary = text("archive.summary", {"count": len(images), "date": time.time()}, language)
    page = {"language": language, "direction": text("language.direction", language=language)}
    values = {"title": VERSION, "said": html.escape(summary), "pictures": "\n".join(images), **page}
    return Template(assets.text("archive/contact_sheet.html")).substitute(values)
