from __future__ import annotations

import pytest

from tests.support.tiny_engines import GatedEngine, TinyEngine
from tests.support.v3_server import serving


@pytest.fixture(scope="module")
def engine():
    return TinyEngine()


@pytest.fixture(scope="module")
def caller(engine, tmp_path_factory):
    """One server for a module's tests, that paints at once."""
    with serving(engine, tmp_path_factory.mktemp("server")) as caller:
        yield caller


@pytest.fixture
def gated():
    engine = GatedEngine()
    yield engine
    engine.gate.set()
