"""A thin async client of the v3 API: submit, look, list, delete, download. The only file that imports httpx."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from components import wire
from components.addresses import is_public_https
from components.errors import (
    NothingSent,
    PictureTrouble,
    PlaygroundError,
    SubmissionUnknown,
    UntrustedService,
    WatchTrouble,
)
from components.generation import GenerationRequest, TaskUpdate
from components.retry import retry_after_seconds

TIMEOUT = httpx.Timeout(20.0, connect=5.0, pool=5.0)
"""Seconds for each step of an exchange. The whole exchange has a deadline of its own besides."""
CALL_SECONDS = 45.0
DOWNLOAD_SECONDS = 60.0
ANSWER_LIMIT = 64 * 1024 * 1024
"""Bytes of a JSON answer: four inline pictures of 10 MB and what base64 adds."""
REDIRECTS = 3
"""How often a picture's server may send us on; each address is checked. The API itself is never followed."""
PICTURE_LIMIT = 40 * 1024 * 1024
"""Bytes of a downloaded picture."""

_NOT_FETCHED = ("The finished picture could not be fetched.", "The service keeps it for 7 days.")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Names of one host: an API that is asked at one of them may name its pictures by another."""
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the API is and the key it takes. `base_url` may carry a path."""

    base_url: str
    key: str = field(repr=False)

    def url(self, path: str) -> str:
        """Return the address of an API path such as `/api/v3/balance`."""
        return f"{self.base_url}{path}"

    def owns(self, url: str) -> bool:
        """Tell whether `url` lies at the API's own scheme, host and port: the key may go there."""
        origin = _origin(url)
        return origin is not None and origin == _origin(self.base_url)

    @property
    def is_loopback(self) -> bool:
        """Tell whether the API runs on this computer."""
        origin = _origin(self.base_url)
        return origin is not None and origin[1] in _LOOPBACK

    def serves(self, url: str) -> bool:
        """Tell whether `url` lies on the API's own host and port, by whatever name: pictures may come from there."""
        ours, theirs = _origin(self.base_url), _origin(url)
        if ours is None or theirs is None or ours == theirs:
            return ours is not None and ours == theirs
        return ours[::2] == theirs[::2] and ours[1] in _LOOPBACK and theirs[1] in _LOOPBACK


def new_http(endpoint: Endpoint) -> httpx.AsyncClient:
    """Return the connection pool a Client works on; the caller closes it. Proxies never see loopback calls.

    Idle connections are dropped before a server does so (uvicorn: after 5 s): a POST on one that the server
    is just closing would be lost without our knowing whether it arrived.
    """
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=4)
    return httpx.AsyncClient(
        timeout=TIMEOUT, limits=limits, follow_redirects=False, trust_env=not endpoint.is_loopback
    )


class Client:
    """Speaks the API with one key. The caller owns, and closes, the httpx client it is given."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        endpoint: Endpoint,
        *,
        call_seconds: float = CALL_SECONDS,
        download_seconds: float = DOWNLOAD_SECONDS,
    ) -> None:
        self._http, self._endpoint = http, endpoint
        self._call_seconds, self._download_seconds = call_seconds, download_seconds

    async def submit(self, model: str, request: GenerationRequest) -> TaskUpdate:
        """Send one POST. Raises NothingSent, NotAccepted, InvalidRequest or SubmissionUnknown; sends once."""
        try:
            answer = await self._call("POST", self._endpoint.url(f"/api/v3/{model}"), wire.encode(request))
        except _NEVER_LEFT as error:
            raise _nothing_sent(error) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise SubmissionUnknown(
                "No answer came, so this picture may have been made and charged.",
                "It is being looked for; it is never sent twice.",
            ) from error
        return wire.decode_submit(answer)

    async def look(self, task_id: str, query_url: str | None = None) -> TaskUpdate:
        """Ask once where a task is. Raises WatchTrouble."""
        url = self._endpoint.url(f"/api/v3/predictions/{task_id}/result")
        if query_url and self._endpoint.owns(query_url) and query_url.startswith(f"{self._endpoint.base_url}/"):
            url = query_url
        return wire.decode_look(await self._ask("GET", url), task_id)

    async def recent(self, model: str, page: int = 1) -> tuple[TaskUpdate, ...]:
        """Return one page of the account's tasks of the past week, newest first. Raises WatchTrouble."""
        url = self._endpoint.url("/api/v3/predictions")
        return wire.decode_recent(await self._ask("POST", url, wire.encode_recent(model, page)))

    async def download(self, url: str, target: Path) -> None:
        """Write a picture's bytes to `target`, without the key. Raises PictureTrouble; `target` may be half there."""
        try:
            async with asyncio.timeout(self._download_seconds):
                for _ in range(REDIRECTS + 1):
                    self._check_download(url)
                    async with self._http.stream("GET", url) as response:
                        if response.status_code == 200:
                            return await _save(response, target)
                        url = _moved_to(response)
        except (httpx.HTTPError, TimeoutError) as error:
            raise PictureTrouble(*_NOT_FETCHED) from error
        raise PictureTrouble(*_NOT_FETCHED)

    def _check_download(self, url: str) -> None:
        """Let through the API's own origin and public https; an address that is neither is refused."""
        if not self._endpoint.serves(url) and not (_origin(url) and is_public_https(url)):
            raise PictureTrouble("The service named an address for the picture that is not safe to open.")

    async def _ask(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> wire.Answer:
        try:
            return await self._call(method, url, body)
        except (httpx.HTTPError, TimeoutError) as error:
            raise WatchTrouble("The connection to the service is slow.", "Looking again.") from error

    async def _call(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> wire.Answer:
        """Do one exchange inside one deadline: httpx alone lets a slow drip outlive its read timeout."""
        headers = {"Authorization": f"Bearer {self._endpoint.key}", "X-Client-Name": "sdxl-lora-playground"}
        async with (
            asyncio.timeout(self._call_seconds),
            self._http.stream(method, url, json=body, headers=headers) as response,
        ):
            content = bytearray()
            async for chunk in response.aiter_bytes():
                content += chunk
                if len(content) > ANSWER_LIMIT:
                    raise httpx.DecodingError("answer too long", request=response.request)
        wait = retry_after_seconds(response.headers.get("retry-after"), time.time())
        return wire.Answer(response.status_code, bytes(content), wait)


def _moved_to(response: httpx.Response) -> str:
    """Return where a picture's server sends us. Raises PictureTrouble when it sends us nowhere."""
    if response.next_request is None:
        raise PictureTrouble(*_NOT_FETCHED)
    return str(response.next_request.url)


async def _save(response: httpx.Response, target: Path) -> None:
    size = 0
    async for chunk in response.aiter_bytes(256 * 1024):
        size += len(chunk)
        if size > PICTURE_LIMIT:
            raise PictureTrouble("The finished picture is larger than 40 MB and was not fetched.")
        await asyncio.to_thread(_append, target, chunk)


def _append(target: Path, chunk: bytes) -> None:
    with target.open("ab") as file:
        file.write(chunk)


def _nothing_sent(error: httpx.TransportError) -> PlaygroundError:
    """Tell a connection that never was from one given up for its certificate: that one is not retried."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return UntrustedService("The service could not prove who it is, so nothing was sent, not even the key.")
        cause = cause.__cause__ or cause.__context__
    return NothingSent("The service could not be reached, so nothing was sent.", "Try again later.")


def _origin(url: str) -> tuple[str, str, int] | None:
    """Return scheme, host and port as httpx will use them; None for what is no address it can open."""
    try:
        parts = httpx.URL(url)
        host = parts.host
    except (httpx.InvalidURL, ValueError):
        return None
    port = {"http": 80, "https": 443}.get(parts.scheme) if parts.port is None else parts.port
    return (parts.scheme, host, port) if port and host else None
