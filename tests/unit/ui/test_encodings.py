"""Encodings of the fields of a request: what visitors, programs, stored data and models see stays as it was."""

from __future__ import annotations

import json

import pytest

from components.api.endpoint import Endpoint
from components.services.backend import Backend
from components.services.playground import Playground
from components.storage.store import Store
from tests.support.core import host_config
from tests.support.encodings import REQUESTS, encodings_of, surface
from tests.support.paths import DATA
from tests.support.scripted_api import BASE, KEY, MODEL

RECORDED = json.loads((DATA / "encodings.json").read_text(encoding="utf-8"))


@pytest.fixture
async def playground(tmp_path):
    backend = Backend.hosted(Endpoint(BASE, KEY), [MODEL])
    store = Store(tmp_path)
    yield Playground(backend, store, host_config(backend))
    store.close()


@pytest.mark.parametrize("name", REQUESTS)
async def test_encodings_of_a_request(playground, name):
    found = json.loads(json.dumps(encodings_of(REQUESTS[name], playground)))
    for encoding, recorded in RECORDED["requests"][name].items():
        assert found[encoding] == recorded, encoding


async def test_surface_for_programs_and_models(playground):
    found = json.loads(json.dumps(surface(playground)))
    for part, recorded in RECORDED["surface"].items():
        assert found[part] == recorded, part
