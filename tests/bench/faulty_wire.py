"""Connection between the app and the fake hosted API inside one process, with a fault in every fifth exchange."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import httpx

from tests.support.v3_http import JSON, Response, failure, page
from tests.support.v3_service import HostedApi

FAULTY = 0.2
TRAVEL = (0.02, 0.4)
"""Seconds that a request or a response is under way."""
SILENCE = 20.0
"""Seconds after which the app's read timeout ends an exchange without an answer."""
SUBMIT = "submit"
RETRY_AFTER = ("", "0", "2", "7.5", "20", "-5", "soon", "nan", "1e400", "Mon, 01 Jan 2024 00:00:00 +9999999999999")


@dataclass(frozen=True)
class Fault:
    """Fault of one exchange."""

    name: str
    change: Callable[[Response | None, Random], Response] | None = None
    """Returns the response that arrives in place of the service's; None: no response arrives."""
    reaches: bool = False
    """Whether the service processes the request before."""
    is_refusal: bool = False
    """Whether the response says clearly that no task was made."""
    error: type[httpx.TransportError] = httpx.ReadError
    seconds: float = 0.0
    """Time until the fault shows."""


def lost(name: str, error: type[httpx.TransportError], *, reaches: bool, seconds: float = 0.0) -> Fault:
    """Return a fault after which no response arrives."""
    return Fault(name, None, reaches=reaches, error=error, seconds=seconds)


def shows(status: int, *, reaches: bool) -> Fault:
    """Return a gateway's page in place of the response."""
    return Fault(f"page of {status}", lambda answer, rng: page(status), reaches=reaches)


def says(code: int, message: str, *, reaches: bool = False) -> Fault:
    """Return an error of the service in an envelope."""
    is_refusal = code < 2000 and code != 500
    return Fault(f"says {code}", lambda answer, rng: failure(code, message), reaches=reaches, is_refusal=is_refusal)


def _busy(answer: Response | None, rng: Random) -> Response:
    status, headers, body = failure(429, "slow down")
    return status, {**headers, "retry-after": rng.choice(RETRY_AFTER)}, body


def _timed_out(answer: Response | None, rng: Random) -> Response:
    """Return an error 5004 with the task in it, as the service answers when a call takes long."""
    data = json.loads(answer[2])["data"] if answer else None
    body = {"code": 5004, "message": "timed out", "data": data and {**data, "status": "processing", "outputs": []}}
    return 200, dict(JSON), json.dumps(body).encode()


def _garbled(answer: Response | None, rng: Random) -> Response:
    return 200, dict(JSON), b'{"code": 200, "data": [1, null]}'


BUSY = Fault("says 429", _busy, is_refusal=True)
_LOST = (
    lost("lost answer", httpx.ReadError, reaches=True),
    lost("silence", httpx.ReadTimeout, reaches=True, seconds=SILENCE),
    lost("answer cut", httpx.RemoteProtocolError, reaches=True),
    lost("lost request", httpx.WriteError, reaches=False),
    lost("refused connection", httpx.ConnectError, reaches=False),
)
_GATEWAY = tuple(
    shows(status, reaches=reaches) for status in (401, 402, 403, 404, 413, 502) for reaches in (True, False)
)
_SUBMITS = (
    *_LOST,
    *_GATEWAY,
    shows(200, reaches=True),
    shows(504, reaches=True),
    Fault("garbage", _garbled, reaches=True),
    Fault("says 5004 with the task", _timed_out, reaches=True),
    says(500, "internal error", reaches=True),
    says(5003, "busy", reaches=False),
    says(1200, "sensitive"),
    says(400, "insufficient credits"),
    BUSY,
    BUSY,
    BUSY,
)
_QUERIES = (
    *_LOST,
    *(shows(status, reaches=False) for status in (200, 401, 403, 404, 502, 504)),
    Fault("says 5004 with the task", _timed_out, reaches=True),
    says(500, "internal error"),
    BUSY,
)
_READS = (
    *_LOST,
    *(shows(status, reaches=False) for status in (200, 401, 404, 502)),
    says(500, "internal error"),
    BUSY,
)
_FILES = (*_LOST[:3], shows(403, reaches=False), shows(502, reaches=False))
OUTAGES = {status: shows(status, reaches=False) for status in (401, 404, 502)}


class FaultyWire(httpx.AsyncBaseTransport):
    """Transport that passes requests to a fake API and its responses back, late, changed or not at all."""

    def __init__(self, api: HostedApi, rng: Random) -> None:
        self._api, self._rng = api, rng
        self.share = FAULTY
        self.outage: Fault | None = None
        """Fault of every exchange for now."""
        self.exchanges, self.faults = 0, Counter[str]()
        self.unclear: Counter[tuple[str, int]] = Counter()
        """Submits after which a task may exist, by prompt and seed: certainly made, or without a clear refusal."""
        self.submits: defaultdict[tuple[str, int], list[str]] = defaultdict(list)
        """What became of the submits of each image, in words."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = await request.aread()
        endpoint = endpoint_of(request)
        fault = self._fault(endpoint)
        await asyncio.sleep(self._rng.uniform(*TRAVEL))
        answer = self._pass_on(request, body) if fault is None or fault.reaches else None
        if endpoint == SUBMIT:
            self._count(body, fault, answer)
        if fault:
            await asyncio.sleep(fault.seconds)
            if fault.change is None:
                raise fault.error(fault.name, request=request)
            answer = fault.change(answer, self._rng)
        await asyncio.sleep(self._rng.uniform(*TRAVEL) + self._delay(request))
        if answer is None:
            raise httpx.ReadError("reset", request=request)
        status, headers, content = answer
        return httpx.Response(status, headers=headers, content=content, request=request)

    def _fault(self, endpoint: str) -> Fault | None:
        self.exchanges += self.share > 0
        fault = self.outage
        if fault is None and self._rng.random() < self.share:
            fault = self._rng.choice({SUBMIT: _SUBMITS, "query": _QUERIES, "file": _FILES}.get(endpoint, _READS))
        if fault:
            self.faults[fault.name] += 1
        return fault

    def _pass_on(self, request: httpx.Request, body: bytes) -> Response | None:
        return self._api._answer(request.method, request.url.path, dict(request.headers), body)

    def _delay(self, request: httpx.Request) -> float:
        return self._api.bill.delay if request.url.path.endswith("/billings/search") else 0.0

    def _count(self, body: bytes, fault: Fault | None, answer: Response | None) -> None:
        is_refused = (
            fault is not None and fault.name.startswith("says") and not fault.reaches and "5" not in fault.name
        )
        never_left = fault is not None and fault.error is httpx.ConnectError
        is_limited = answer is not None and answer[0] == 429
        values = json.loads(body)
        key = values["prompt"], values["seed"]
        made = "" if answer is None else " after it was made"
        self.submits[key].append(f"{fault.name}{made}" if fault else f"answered {answer[0] if answer else 0}")
        self.unclear[key] += not (is_refused or never_left or is_limited)


def endpoint_of(request: httpx.Request) -> str:
    """Return the kind of a request, by which its faults are chosen."""
    path = request.url.path
    if path.startswith("/files/"):
        return "file"
    if request.method == "GET" and "/predictions/" in path:
        return "query"
    if request.method == "POST" and path.endswith(("/sdxl-lora", "/sdxl")):
        return SUBMIT
    return path.rpartition("/")[2]
