"""Our own server is told whose task is whose, by a mark; the hosted API is told nothing."""

from __future__ import annotations

import pytest

from components.api.endpoint import Endpoint
from components.api.visitor_marks import VISITOR_HEADER, VisitorMarks
from components.domain.request import GenerationRequest
from components.jobs.submission import Submission
from components.server.http import predictions
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from tests.support.core import host_config
from tests.support.scripted_api import ALICE, BOB, MODEL
from tests.support.v3_service import KEY, HostedApi


async def marks_of(backend: Backend, hosted: HostedApi, folder, visitors) -> list[str | None]:
    """Submit a request for each visitor; return the mark in each submit."""
    playground = Playground(backend, Store(folder), host_config(backend))
    async with playground.running():
        for number, visitor in enumerate(visitors):
            submission = Submission(visitor, f"c{number}", (GenerationRequest("a cat", seed=number),))
            (job,) = await playground.jobs.start(submission)
            await playground.jobs.finished(job.id)
    requests = [(path, headers) for _, path, headers in hosted.requests]
    others = [headers for path, headers in requests if not path.endswith(f"/{MODEL}")]
    assert others and not any(VISITOR_HEADER.lower() in headers for headers in others), "in submits alone"
    assert all(visitor not in str(requests) for visitor in visitors), "never the id itself"
    return [headers.get(VISITOR_HEADER.lower()) for path, headers in requests if path.endswith(f"/{MODEL}")]


async def test_our_own_server_tells_visitors_apart(hosted, tmp_path):
    backend = Backend.demo(Endpoint(hosted.base_url, KEY))
    first, other, again = await marks_of(backend, hosted, tmp_path, (ALICE, BOB, ALICE))
    assert first == again != other
    assert first and predictions.VISITOR.fullmatch(first)
    assert other and predictions.VISITOR.fullmatch(other)


async def test_the_hosted_api_learns_of_no_visitor(hosted, tmp_path):
    backend = Backend.hosted(Endpoint(hosted.base_url, KEY), [MODEL])
    assert await marks_of(backend, hosted, tmp_path, (ALICE, BOB)) == [None, None]


@pytest.mark.parametrize("backend", [Backend.demo, Backend.sdxl])
def test_a_visitor_s_own_key_goes_to_the_hosted_api_without_a_mark(backend, hosted, tmp_path):
    own_server = backend(Endpoint(hosted.base_url, KEY))
    playground = Playground(own_server, Store(tmp_path), host_config(own_server))
    assert playground._client._marks
    assert playground._visitor_client("wsk-own")._marks is None


def test_marks_of_another_process_are_others():
    assert VisitorMarks().of(ALICE) != VisitorMarks().of(ALICE)
    assert VISITOR_HEADER == predictions.VISITOR_HEADER
