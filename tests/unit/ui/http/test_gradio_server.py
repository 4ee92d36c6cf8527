"""Bounds of the page's server: how many connections, by how many files the process may have open."""

from __future__ import annotations

import pytest

from components.net.open_files import raised_limit
from components.ui.http.gradio_server import connection_bounds
from components.ui.http.rate_limit import rates_within

resource = pytest.importorskip("resource", reason="POSIX alone has such limits")


@pytest.mark.parametrize(("open_files", "per_address", "per_proxy"), [(1024, 256, 512), (16_384, 2000, 8192)])
def test_one_address_leaves_files_for_others_and_for_the_app(open_files, per_address, per_proxy):
    bounds = connection_bounds(open_files)
    assert (bounds.per_address, bounds.per_proxy) == (per_address, per_proxy)
    assert bounds.in_all == per_proxy
    assert rates_within(open_files).open_requests == per_address


@pytest.mark.parametrize(
    ("limits", "raised"),
    [((1024, 4096), 4096), ((1024, 1024), 1024), ((1024, 1_048_576), 16_384), ((50_000, 60_000), 50_000)],
)
def test_the_limit_on_open_files_is_raised_as_far_as_the_system_lets_it(monkeypatch, limits, raised):
    now = [limits]
    monkeypatch.setattr(resource, "getrlimit", lambda _: now[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, wanted: now.append(wanted))
    assert raised_limit() == raised


def test_where_the_system_refuses_the_limit_stays(monkeypatch):
    def refuses(*_: object) -> None:
        raise ValueError("not allowed to raise maximum limit")

    monkeypatch.setattr(resource, "getrlimit", lambda _: (256, resource.RLIM_INFINITY))
    monkeypatch.setattr(resource, "setrlimit", refuses)
    assert raised_limit() == 256
