"""A visitor's token of a ZeroGPU Space goes with the order to our own server's engine, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from components.api.endpoint import Endpoint
from components.api.visitor_token import TOKEN_HEADER, current_token, visitor_token
from components.domain.request import GenerationRequest
from components.jobs.submission import Submission
from components.server.http import predictions
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from components.ui.http.lent_gpu import on_share_of
from tests.support.core import host_config
from tests.support.scripted_api import ALICE, BOB, MODEL
from tests.support.tiny_engines import TinyEngine
from tests.support.v3_server import serving
from tests.support.v3_service import KEY, HostedApi
from tests.support.zerogpu_visit import TOKEN, visit


async def generate(backend: Backend, folder: Path, visits: list[tuple[str, str | None]]) -> None:
    """Start a job for each visitor with a request that has this token."""
    playground = Playground(backend, Store(folder), host_config(backend))
    async with playground.running():
        for number, (visitor, token) in enumerate(visits):
            request = GenerationRequest("a cat", seed=number, width=256, height=256)
            with on_share_of(visit(token)):
                (job,) = await playground.jobs.start(Submission(visitor, f"c{number}", (request,)))
            assert current_token() == ""
            await playground.jobs.finished(job.id)


def files_with(text: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


async def test_it_reaches_the_engine_of_our_own_server_and_no_disk(tmp_path: Path, caplog) -> None:
    engine = TinyEngine()
    with serving(engine, tmp_path / "server", key=KEY) as caller, caplog.at_level("DEBUG"):
        backend = Backend.sdxl(Endpoint(str(caller.http.base_url).rstrip("/"), KEY))
        await generate(backend, tmp_path / "app", [(ALICE, TOKEN), (BOB, None), (ALICE, "b.b.b")])
        assert files_with(TOKEN, tmp_path) == []
    found = [(request.seed, request.visitor_token) for request in engine.requests]
    assert found == [(0, TOKEN), (1, ""), (2, "b.b.b")]
    assert TOKEN not in caplog.text
    assert TOKEN not in repr(engine.requests)


async def test_the_hosted_api_never_gets_it(hosted: HostedApi, tmp_path: Path) -> None:
    await generate(Backend.hosted(Endpoint(hosted.base_url, KEY), [MODEL]), tmp_path, [(ALICE, TOKEN)])
    assert any(path.endswith(f"/{MODEL}") for _, path, _ in hosted.requests)
    assert TOKEN not in str(hosted.requests)
    assert TOKEN_HEADER.lower() not in str(hosted.requests).lower()


@pytest.mark.parametrize("header", ["", "a b", "a\r\nb", "ä", "x" * 5000, None])
def test_what_is_no_token_is_left_out(header: str | None) -> None:
    with on_share_of(visit(header)):
        assert current_token() == ""
    with on_share_of(None):
        assert current_token() == ""


def test_both_sides_name_the_header_alike() -> None:
    assert TOKEN_HEADER == predictions.TOKEN_HEADER
    with visitor_token(TOKEN):
        assert current_token() == TOKEN
