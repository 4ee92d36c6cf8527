"""Running apps that the browser tests share: one of each kind for a worker, started when the first test needs it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.support.app_process import AppProcess
from tests.support.paths import ROOT
from tests.support.v3_service import KEY, HostedApi, recorded_models


class AppWithFakeSites(AppProcess):
    """App whose LoRA checks are answered by fake sites in its own process."""

    script = ROOT / "tests" / "support" / "app_with_fake_sites.py"


def _hosted(folder: Path, api: HostedApi) -> AppProcess:
    return AppProcess.hosted(folder, api)


def _stopped(folder: Path, api: HostedApi) -> AppProcess:
    return AppProcess.hosted(folder, api, PLAYGROUND_STOP="1")


def _space_without_storage(folder: Path, api: HostedApi) -> AppProcess:
    return AppProcess.hosted(folder, api, SPACE_ID="someone/space", PLAYGROUND_ACCESS="everyone")


def _text_alone(folder: Path, api: HostedApi) -> AppProcess:
    api.models = recorded_models("models_lora_alone")
    return AppProcess.hosted(folder, api)


def _with_pictures(folder: Path, api: HostedApi) -> AppProcess:
    api.models = recorded_models("models_aliases")  # their schema has image, mask and strength
    return AppProcess.hosted(folder, api)


def _own_key_only(folder: Path, api: HostedApi) -> AppProcess:
    return AppProcess.hosted(folder, api, PLAYGROUND_ACCESS="own-key-only")


def _eight_jobs(folder: Path, api: HostedApi) -> AppProcess:
    return AppProcess.hosted(folder, api, PLAYGROUND_JOBS_PER_VISITOR="8")


def _fake_sites(folder: Path, api: HostedApi) -> AppProcess:
    return AppWithFakeSites.hosted(folder, api, PLAYGROUND_LORA_SEARCH="on")


def _demo(folder: Path, api: HostedApi) -> AppProcess:
    return AppProcess(folder, WAVESPEED_BASE_URL=api.base_url)


KINDS: dict[str, Callable[[Path, HostedApi], AppProcess]] = {
    "hosted": _hosted,
    "host's page": _hosted,
    "pictures": _with_pictures,
    "text alone": _text_alone,
    "stopped": _stopped,
    "space without storage": _space_without_storage,
    "own key only": _own_key_only,
    "eight jobs": _eight_jobs,
    "fake sites": _fake_sites,
    "demo": _demo,
}


class SharedApps:
    """App processes by kind, each in front of an API of its own; a visitor of one test is a stranger to the next.

    Only the app of the latest test runs, the others are suspended.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._running: dict[str, tuple[AppProcess, HostedApi]] = {}

    def app(self, kind: str) -> AppProcess:
        """Return the running app of a kind, started again where a test left it killed."""
        app, _ = self._started(kind)
        for other, _ in self._running.values():
            if other is not app:
                other.suspend()
        app.resume()
        return app if app.is_running else app.start()

    def api(self, kind: str) -> HostedApi:
        """Return the API behind the app of a kind, quick and without any request seen."""
        api = self._started(kind)[1]
        api.finish_all()
        api.is_stalled, api.queued, api.base64, api.extras = False, 0.0, False, {}
        api.keys, api.balance, api.price, api.can_delete = {KEY}, 100.0, 0.01, True
        api.length, api.stop_delay = lambda body: 0.05, 0.0
        api.bill.refund_delay = lambda task: 0.0
        for seen in (api.posts, api.submit_times, api.requests, api.next_submits):
            seen.clear()
        return api

    def kill(self) -> None:
        """Kill all apps and stop the APIs behind them; an orderly shutdown waits 5 s for connections of pages."""
        for app, api in self._running.values():
            app.kill()
            api.stop()

    def _started(self, kind: str) -> tuple[AppProcess, HostedApi]:
        if kind not in self._running:
            api = HostedApi(prefix="/through/a/proxy").start()
            self._running[kind] = KINDS[kind](self._folder / re.sub(r"\W+", "-", kind), api).start(), api
        return self._running[kind]
