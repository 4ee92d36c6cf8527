"""A thin async client of the v3 API: submit, look, list, price, balance, download."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, BinaryIO, TypeVar

import httpx

from components import messages, wire
from components.addresses import is_public_https
from components.connections import PATIENCE, Connections, Endpoint, Patience, origin_of
from components.errors import (
    NothingSent,
    NotTold,
    PictureTrouble,
    PlaygroundError,
    Sentence,
    SubmissionUnknown,
    UntrustedService,
    UploadTrouble,
    WatchTrouble,
)
from components.family import Catalogue, Family
from components.fetching import NotPublic
from components.generation import GenerationRequest, TaskUpdate
from components.model_list import decode_models
from components.money import Micros
from components.redaction import HIDDEN
from components.retry import retry_after_seconds

Result = TypeVar("Result")
ANSWER_LIMIT = 64 * 1024 * 1024
"""Bytes of a JSON answer: four inline pictures of 10 MB and what base64 adds."""
LARGE_ANSWER = 256 * 1024
"""Bytes from which an answer is read in a thread of its own: it holds pictures."""
REDIRECTS = 3
"""How often a picture's server may send us on; each address is checked. The API itself is never followed."""
PICTURE_LIMIT = 40 * 1024 * 1024
"""Bytes of a downloaded picture."""

_PLACEHOLDERS = wire.Links("https://example.com/image.png", "https://example.com/mask.png")
"""Stand for a request's pictures where only its price is asked."""
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class Client:
    """Speaks the API with one key. The caller owns, and closes, the connections it is given."""

    def __init__(
        self,
        api: Connections,
        outside: Connections,
        endpoint: Endpoint,
        patience: Patience = PATIENCE,
        catalogue: Catalogue | None = None,
    ) -> None:
        """`catalogue` says what each model takes and by which names; without one the built-in description does."""
        self._api, self._outside, self._endpoint, self._patience = api, outside, endpoint, patience
        self._catalogue = catalogue or Catalogue(Family.built_in(("",)))

    async def submit(self, model: str, request: GenerationRequest, links: wire.Links = wire.NO_LINKS) -> TaskUpdate:
        """Send one POST; `links` say where the request's pictures lie.

        Raises NothingSent, NotAccepted, InvalidRequest or SubmissionUnknown; sends once, and never what the model does
        not take.
        """
        body = wire.encode(request, self._catalogue.require(model, request).dialect, links)
        try:
            answer = await self._call("POST", self._endpoint.url(f"/api/v3/{model}"), body)
        except _NEVER_LEFT as error:
            raise _nothing_sent(error) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise SubmissionUnknown(messages.NO_ANSWER) from error
        return await _read(answer, wire.decode_submit)

    async def upload(self, content: bytes) -> str:
        """Send up a PNG file and return its address at the service. Free of charge, and may be repeated.

        Raises NothingSent, NotAccepted (UploadTrouble when nothing is known), and NotTold when the API has no such
        call: then a picture goes along with its request.
        """
        url = self._endpoint.url("/api/v3/media/upload/binary")
        files = {"file": ("picture.png", content, "image/png")}
        try:
            answer = await self._call("POST", url, files=files, seconds=self._patience.upload)
        except _NEVER_LEFT as error:
            raise _nothing_sent(error) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise UploadTrouble(messages.NOT_UPLOADED) from error
        link = wire.decode_upload(answer)
        if not self.may_open(link):
            raise UploadTrouble(messages.NOT_UPLOADED)
        return link

    async def look(self, task_id: str, query_url: str | None = None) -> TaskUpdate:
        """Ask once where a task is. Raises WatchTrouble."""
        url = self._endpoint.url(f"/api/v3/predictions/{task_id}/result")
        if query_url and self._endpoint.owns(query_url) and query_url.startswith(f"{self._endpoint.base_url}/"):
            url = query_url
        answer = await self._ask("GET", url)
        return await _read(answer, lambda answer: wire.decode_look(answer, task_id))

    async def recent(self, model: str, page: int = 1) -> tuple[TaskUpdate, ...]:
        """Return one page of the account's tasks of the past week, newest first. Raises WatchTrouble."""
        url = self._endpoint.url("/api/v3/predictions")
        return await _read(await self._ask("POST", url, wire.encode_recent(model, page)), wire.decode_recent)

    async def delete(self, task_ids: Sequence[str]) -> None:
        """Delete ended tasks and their pictures at the service. Free of charge, and may be repeated.

        Raises NotTold, KeyRefused, NothingSent, UntrustedService.
        """
        url = self._endpoint.url("/api/v3/predictions/delete")
        wire.decode_delete(await self._quick("POST", url, wire.encode_delete(task_ids), messages.KEPT_AT_SERVICE))

    async def price(self, model: str, request: GenerationRequest) -> wire.Quote:
        """Return what one picture of a request costs; its own pictures need not be at the service. Free of charge.

        Raises NotTold, KeyRefused, NothingSent, UntrustedService.
        """
        url = self._endpoint.url("/api/v3/model/price")
        dialect = self._catalogue.family.model(model).dialect
        body = wire.encode_price(model, request, dialect, _PLACEHOLDERS)
        return wire.decode_price(await self._quick("POST", url, body, messages.PRICE_NOT_TOLD))

    async def models(self, names: Sequence[str]) -> Family:
        """Return what these models take. Free of charge.

        Raises NotTold, KeyRefused, NothingSent, UntrustedService.
        """
        url = self._endpoint.url("/api/v3/models")
        answer = await self._quick("GET", url, None, messages.MODELS_NOT_TOLD)
        return await _read(answer, lambda answer: decode_models(answer, names))

    async def balance(self) -> Micros:
        """Return what is left on the account. Free of charge.

        Raises NotTold, KeyRefused, NothingSent, UntrustedService.
        """
        url = self._endpoint.url("/api/v3/balance")
        return wire.decode_balance(await self._quick("GET", url, None, messages.BALANCE_NOT_TOLD))

    async def download(self, url: str, target: BinaryIO) -> None:
        """Write a picture's bytes to `target`, without the key.

        Raises PictureTrouble, and OSError when `target` cannot be written; half of it may be there then.
        """
        try:
            async with asyncio.timeout(self._patience.download):
                for _ in range(REDIRECTS + 1):
                    async with self._pictures_from(url).stream("GET", url) as response:
                        if response.status_code == 200:
                            return await _save(response, target)
                        url = _moved_to(response)
        except NotPublic as error:
            raise PictureTrouble(messages.UNSAFE_ADDRESS) from error
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise PictureTrouble(messages.NOT_FETCHED) from error
        raise PictureTrouble(messages.NOT_FETCHED)

    def may_open(self, url: str) -> bool:
        """Tell whether a picture's address may be shown to a person as a link."""
        return self._endpoint.serves(url) or (origin_of(url) is not None and is_public_https(url))

    def _pictures_from(self, url: str) -> Connections:
        """Return the connections for an address: the API's own origin, or public https. Raises PictureTrouble."""
        if not self.may_open(url):
            raise PictureTrouble(messages.UNSAFE_ADDRESS)
        return self._api if self._endpoint.serves(url) else self._outside

    async def _ask(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> wire.Answer:
        try:
            return await self._call(method, url, body)
        except (httpx.HTTPError, TimeoutError) as error:
            raise WatchTrouble(messages.SLOW_CONNECTION) from error

    async def _quick(self, method: str, url: str, body: Mapping[str, Any] | None, silence: Sentence) -> wire.Answer:
        try:
            async with asyncio.timeout(self._patience.quick_call):
                return await self._call(method, url, body)
        except _NEVER_LEFT as error:
            raise _nothing_sent(error) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise NotTold(silence, is_offered=True) from error

    async def _call(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        seconds: float | None = None,
    ) -> wire.Answer:
        """Do one exchange inside one deadline, of JSON or of a file."""
        headers = {"Authorization": f"Bearer {self._endpoint.key}", "X-Client-Name": "sdxl-lora-playground"}
        async with (
            asyncio.timeout(seconds or self._patience.call),
            self._api.stream(method, url, json=body, files=files, headers=headers) as response,
        ):
            content = await _content(response)
        wait = retry_after_seconds(response.headers.get("retry-after"), time.time())
        return wire.Answer(response.status_code, self._without_key(content), wait)

    def _without_key(self, content: bytes) -> bytes:
        """Return an answer without the key, should the service repeat it: its words are shown to people."""
        key = self._endpoint.key.encode()
        return content.replace(key, HIDDEN.encode()) if key else content


async def _content(response: httpx.Response) -> bytes:
    content = bytearray()
    async for chunk in response.aiter_bytes():
        content += chunk
        if len(content) > ANSWER_LIMIT:
            raise httpx.DecodingError("answer too long", request=response.request)
    return bytes(content)


async def _read(answer: wire.Answer, decode: Callable[[wire.Answer], Result]) -> Result:
    """Decode an answer; one that holds pictures in a thread, as the event loop must not stand still for it."""
    if len(answer.body) < LARGE_ANSWER:
        return decode(answer)
    return await asyncio.to_thread(decode, answer)


def _moved_to(response: httpx.Response) -> str:
    """Return where a picture's server sends us. Raises PictureTrouble when it sends us nowhere."""
    if response.next_request is None:
        raise PictureTrouble(messages.NOT_FETCHED)
    return str(response.next_request.url)


async def _save(response: httpx.Response, target: BinaryIO) -> None:
    size = 0
    async for chunk in response.aiter_bytes(256 * 1024):
        size += len(chunk)
        if size > PICTURE_LIMIT:
            raise PictureTrouble(messages.TOO_MANY_BYTES)
        await asyncio.to_thread(target.write, chunk)


def _nothing_sent(error: httpx.TransportError) -> PlaygroundError:
    """Tell a connection that never was from one given up for its certificate: that one is not retried."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return UntrustedService(messages.UNTRUSTED)
        cause = cause.__cause__ or cause.__context__
    return NothingSent(messages.UNREACHABLE)
