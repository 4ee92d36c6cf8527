"""Several pictures as one zip file with a contact sheet that can be read offline."""

from __future__ import annotations

import html
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from components.job import Job, Picture
from components.playground import Playground
from components.recipe import infotext
from components.recipe_files import clean, with_text
from components.ui import assets
from components.zip_stream import Entry, zipped

PATH = "playground/packs/"
"""Where packs lie, relative to the page."""
MOST = 500
"""Jobs in one pack."""
MINUTES_OPEN = 10
_MOST_OPEN, _MOST_OF_ONE = 10_000, 20
"""Packs, over all and of one person; the oldest go."""
_SHEET = "contact-sheet.html"


@dataclass(frozen=True, slots=True)
class Pack:
    """What somebody wants in one file."""

    board: str
    job_ids: tuple[str, ...]
    is_clean: bool
    """Pictures say nothing of how they were made; the contact sheet has no more than they."""
    until: float
    """Seconds of the monotonic clock."""


class Packs:
    """Hands out addresses under which a person's own pictures can be fetched for a while."""

    def __init__(self, playground: Playground) -> None:
        self._playground = playground
        self._packs: dict[str, Pack] = {}

    def order(self, board: str, job_ids: Sequence[str], *, is_clean: bool) -> str:
        """Return where a pack of one's own jobs lies from now on; whose they are is seen when it is fetched."""
        now, token = time.monotonic(), secrets.token_hex(16)
        kept = [(name, pack) for name, pack in self._packs.items() if pack.until > now]
        own = [name for name, pack in kept if pack.board == board][: 1 - _MOST_OF_ONE]
        kept = [(name, pack) for name, pack in kept if name not in own][1 - _MOST_OPEN :]
        pack = Pack(board, tuple(job_ids[:MOST]), is_clean, now + MINUTES_OPEN * 60)
        self._packs = dict([*kept, (token, pack)])
        return f"{PATH}{token}"

    @property
    def route(self) -> Route:
        """Return the route that serves them."""
        return Route(f"/{PATH}{{token}}", self._serve)

    async def _serve(self, request: Request) -> Response:
        pack = self._packs.get(request.path_params["token"])
        if pack is None or pack.until <= time.monotonic():
            return PlainTextResponse("This file is not here any more. Choose the pictures again.", status_code=404)
        jobs = await self._playground.history.finished(pack.board, pack.job_ids)
        name = time.strftime("sdxl-lora-%Y-%m-%d.zip")
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
        content = zipped(_entries(jobs, pack, self._playground.content))
        return StreamingResponse(content, media_type="application/zip", headers=headers)


def _entries(jobs: Sequence[Job], pack: Pack, content: Callable[[str], bytes | None]) -> Iterator[Entry]:
    """Yield the pictures, then the sheet that shows those that were still there."""
    shown: list[str] = []
    numbers = iter(range(1, MOST * 10))
    for job in jobs:
        recipe = "" if pack.is_clean else infotext(job.request, job.model)
        for picture in job.pictures:
            if (found := content(picture.name)) is None:
                continue
            file = f"pictures/{next(numbers):03}{f'-seed-{job.request.seed}' if recipe else ''}{_suffix(picture)}"
            yield file, job.created, with_text(found, recipe) if recipe else clean(found)
            shown.append(_shown(job, picture, file, recipe))
    yield _SHEET, time.time(), _sheet(shown).encode()


def _suffix(picture: Picture) -> str:
    return "." + picture.name.rpartition(".")[2]


def _shown(job: Job, picture: Picture, file: str, recipe: str) -> str:
    """Return a picture of the sheet; a clean one has no more words than its file."""
    if not recipe:
        return _filled("html/contact_picture.html", file, "", "", picture)
    negative = f"Negative prompt: {job.request.negative_prompt}\n" if job.request.negative_prompt else ""
    facts = negative + recipe.rpartition("\n")[2]
    return _filled("html/contact_picture.html", file, job.request.prompt, facts, picture)


def _filled(template: str, file: str, prompt: str, facts: str, picture: Picture) -> str:
    values: dict[str, Any] = {"file": file, "prompt": prompt, "facts": facts}
    values |= {"width": picture.width, "height": picture.height}
    return Template(assets.text(template)).substitute(
        {name: html.escape(str(value)) for name, value in values.items()}
    )


def _sheet(shown: list[str]) -> str:
    count = f"{len(shown)} {'picture' if len(shown) == 1 else 'pictures'}"
    said = f"{count}, saved on {time.strftime('%Y-%m-%d')}. A click opens one in full."
    values = {"title": "SDXL LoRA Playground", "said": said, "pictures": "\n".join(shown)}
    return Template(assets.text("html/contact_sheet.html")).substitute(values)
