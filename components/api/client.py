"""Async client of the v3 API: submit, upload, query, list, delete, price, balance, models, download.

Nothing is retried here; whether a call may be repeated is decided by its caller, see `net.retry`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO, TypeVar

import httpx

from components import messages
from components.api.billings import MAX_PAGES, PAGE_SIZE, BillSearch, decode_billings, encode_billings
from components.api.body import GZIP_OR_NONE, NO_COMPRESSION, PLAIN_LIMIT, RESPONSE_LIMIT, read_body, save_image
from components.api.decode import (
    decode_balance,
    decode_delete,
    decode_price,
    decode_recent,
    decode_submit,
    decode_task,
    decode_upload,
)
from components.api.encode import NO_IMAGE_LINKS, ImageLinks, encode, encode_delete, encode_price, encode_recent
from components.api.endpoint import Endpoint, origin_of
from components.api.envelope import ApiResponse
from components.api.model_list import decode_models
from components.api.service_clock import ServiceClock
from components.api.visitor_marks import VisitorMarks
from components.clock import Clock
from components.domain.bill import BillEntry
from components.domain.model_family import Catalogue, ModelFamily
from components.domain.money import Micros, Quote
from components.domain.request import GenerationRequest
from components.domain.task import TaskUpdate
from components.errors import (
    ImageUnavailable,
    NotProvided,
    PollFailed,
    SubmissionUnknown,
    UploadFailed,
)
from components.messages.message import Message
from components.net.http_pool import DEFAULT_TIMEOUTS, NEVER_LEFT, HttpPool, Timeouts, connection_error
from components.net.public_transport import PrivateAddressError
from components.net.public_url import is_public_https
from components.net.redaction import HIDDEN
from components.net.retry import retry_after_seconds

Result = TypeVar("Result")
LARGE_RESPONSE = 64 * 1024
"""Bytes from which a response is decoded in a thread: it contains inline images, or is none of a sound service."""
MAX_REDIRECTS = 3
"""Redirects of an image download; each target is checked. Redirects of API calls are never followed."""

_PLACEHOLDERS = ImageLinks("https://example.com/image.png", "https://example.com/mask.png")
"""Stand for the images of a request whose price is requested."""


class Client:
    """Client of the v3 API with one key. The caller owns and closes both pools."""

    def __init__(
        self,
        api: HttpPool,
        public_web: HttpPool,
        endpoint: Endpoint,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        catalogue: Catalogue | None = None,
        *,
        clock: Clock | None = None,
        marks: VisitorMarks | None = None,
    ) -> None:
        """`api`: pool for the API, `public_web`: for images. `catalogue` None: models are as built in.

        `marks`: for our own server; None for the hosted API, which learns of no visitor.
        """
        self._api, self._public_web, self._endpoint, self._timeouts = api, public_web, endpoint, timeouts
        self._clock, self._marks = clock or Clock(), marks
        self.service_clock = ServiceClock()
        self.catalogue = catalogue or Catalogue(ModelFamily.built_in(("",)))

    async def submit(
        self, model: str, request: GenerationRequest, links: ImageLinks = NO_IMAGE_LINKS, visitor: str = ""
    ) -> TaskUpdate:
        """Submit a visitor's request with one POST, never repeated; `links` are the URLs of its images.

        Raises InvalidRequest when the model does not take the request, ConnectionFailed, CertificateError,
        SubmitRejected (or a kind of it) when no task was created, or SubmissionUnknown when one may exist.
        """
        # `require`, not `model`: a field that the model lacks would be dropped silently by the API, and the image
        # charged.
        body = encode(request, self.catalogue.require(model, request).field_names, links)
        sent = self._clock.now()
        try:
            response = await self._call("POST", self._endpoint.url(f"/api/v3/{model}"), body, visitor=visitor)
        except NEVER_LEFT as error:  # kinds of httpx.HTTPError, so this comes first
            raise connection_error(error) from error
        except (httpx.HTTPError, TimeoutError) as error:  # the POST may have arrived, and be charged
            raise SubmissionUnknown(messages.NO_ANSWER) from error
        update = await _read(response, decode_submit)
        self.service_clock.observe_task(sent, self._clock.now(), update.created_at)
        return update

    async def upload(self, content: bytes) -> str:
        """Upload a PNG file and return its URL at the API. Free of charge, may be repeated.

        Raises ConnectionFailed, CertificateError, SubmitRejected (UploadFailed when the outcome is not known), and
        NotProvided when the API has no such call: the image is then sent inline with its request.
        """
        url = self._endpoint.url("/api/v3/media/upload/binary")
        # A fixed name: the visitor's own file name may tell about the visitor.
        files = {"file": ("picture.png", content, "image/png")}
        try:
            response = await self._call("POST", url, files=files, seconds=self._timeouts.upload, limit=PLAIN_LIMIT)
        except NEVER_LEFT as error:
            raise connection_error(error) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise UploadFailed(messages.NOT_UPLOADED) from error
        link = await _read(response, decode_upload)
        if not self.may_open(link):  # the link becomes part of a paid request and of stored data
            raise UploadFailed(messages.NOT_UPLOADED)
        return link

    async def get_task(self, task_id: str, query_url: str | None = None) -> TaskUpdate:
        """Query a task at the URL that the API named and, where that has no task, at the usual one.

        Raises PollFailed, PollUnauthorized or TaskNotFound.
        """
        usual = self._endpoint.url(f"/api/v3/predictions/{task_id}/result")
        # The key is sent to the named URL only if it lies under the configured base URL.
        if query_url and query_url != usual and self._may_query(query_url):
            with suppress(PollFailed):
                return await self._task_at(query_url, task_id)
        return await self._task_at(usual, task_id)

    def _may_query(self, url: str) -> bool:
        return self._endpoint.owns(url) and url.startswith(f"{self._endpoint.base_url}/")

    async def _task_at(self, url: str, task_id: str) -> TaskUpdate:
        return await _read(await self._poll("GET", url), lambda response: decode_task(response, task_id))

    async def recent_tasks(self, model: str, page: int = 1) -> tuple[TaskUpdate, ...]:
        """Return one page of up to 100 tasks of the account in the past week, newest first. Raises PollFailed."""
        url = self._endpoint.url("/api/v3/predictions")
        # A POST by the API's design, but it only reads: like a poll it may fail and be repeated.
        return await _read(await self._poll("POST", url, encode_recent(model, page)), decode_recent)

    async def delete(self, task_ids: Sequence[str]) -> None:
        """Delete ended tasks and their images at the API. Free of charge, may be repeated.

        Raises NotProvided, Unauthorized, ConnectionFailed, CertificateError.
        """
        url = self._endpoint.url("/api/v3/predictions/delete")
        answer = await self._quick("POST", url, encode_delete(task_ids), messages.NOT_DELETED_AT_SERVICE)
        await _read(answer, decode_delete)

    async def billings(self, search: BillSearch) -> list[BillEntry]:
        """Return the entries of the account's list of billings, the newest of MAX_PAGES at most. Free of charge.

        Raises NotProvided, Unauthorized, ConnectionFailed, CertificateError.
        """
        url = self._endpoint.url("/api/v3/billings/search")
        entries: list[BillEntry] = []
        for page in range(1, MAX_PAGES + 1):
            body = encode_billings(search, page)
            answer = await self._quick("POST", url, body, messages.BILL_UNAVAILABLE)
            found = await _read(answer, decode_billings)
            entries += found
            if len(found) < PAGE_SIZE:
                break
        return entries

    async def price(self, model: str, request: GenerationRequest) -> Quote:
        """Return the price of one image of a request, whose own images need not be uploaded. Free of charge.

        Raises NotProvided, Unauthorized, ConnectionFailed, CertificateError.
        """
        url = self._endpoint.url("/api/v3/model/price")
        field_names = self.catalogue.family.model(model).field_names
        body = encode_price(model, request, field_names, _PLACEHOLDERS)
        return await _read(await self._quick("POST", url, body, messages.PRICE_UNAVAILABLE), decode_price)

    async def models(self, names: Sequence[str]) -> ModelFamily:
        """Return the descriptions of these models. Free of charge.

        Raises NotProvided, Unauthorized, ConnectionFailed, CertificateError.
        """
        url = self._endpoint.url("/api/v3/models")
        response = await self._quick("GET", url, None, messages.MODELS_UNAVAILABLE)
        return await _read(response, lambda response: decode_models(response, names))

    async def balance(self) -> Micros:
        """Return the balance of the account. Free of charge.

        Raises NotProvided, Unauthorized, ConnectionFailed, CertificateError.
        """
        url = self._endpoint.url("/api/v3/balance")
        return await _read(await self._quick("GET", url, None, messages.BALANCE_UNAVAILABLE), decode_balance)

    async def download(self, url: str, target: BinaryIO) -> None:
        """Write the bytes of an image to `target`. The key is not sent.

        Raises ImageUnavailable, or OSError when `target` cannot be written. `target` may be incomplete after an error.
        """
        try:
            async with asyncio.timeout(self._timeouts.download):
                # Followed here and not by httpx: every target must pass `may_open` before a connection is made to it.
                for _ in range(MAX_REDIRECTS + 1):
                    async with self._pool_for(url).stream("GET", url, headers=NO_COMPRESSION) as response:
                        if response.status_code == 200:
                            return await save_image(response, target)
                        url = _redirect_target(response)
        # Before httpx.HTTPError, of which it is a kind: this one is a fault of the link, and trying again is
        # pointless.
        except PrivateAddressError as error:
            raise ImageUnavailable(messages.UNSAFE_ADDRESS) from error
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise ImageUnavailable(messages.NOT_FETCHED) from error
        raise ImageUnavailable(messages.NOT_FETCHED)

    def may_open(self, url: str) -> bool:
        """Return whether an image URL may be opened: the API's own origin, or public https."""
        return self._endpoint.serves(url) or (origin_of(url) is not None and is_public_https(url))

    def _pool_for(self, url: str) -> HttpPool:
        """Return the pool for an image URL. Raises ImageUnavailable for a URL that may not be opened."""
        if not self.may_open(url):
            raise ImageUnavailable(messages.UNSAFE_ADDRESS)
        # The API that the host configured may lie in a private network; the pool of all other servers refuses that.
        return self._api if self._endpoint.serves(url) else self._public_web

    async def _poll(self, method: str, url: str, body: Mapping[str, Any] | None = None) -> ApiResponse:
        try:
            return await self._call(method, url, body)
        except (httpx.HTTPError, TimeoutError) as error:
            # Also after a bad certificate: no failed connection says anything about a task that exists and may be
            # charged.
            raise PollFailed(messages.SLOW_CONNECTION) from error

    async def _quick(self, method: str, url: str, body: Mapping[str, Any] | None, no_answer: Message) -> ApiResponse:
        try:
            async with asyncio.timeout(self._timeouts.quick_call):
                return await self._call(method, url, body, limit=PLAIN_LIMIT)
        except NEVER_LEFT as error:
            raise connection_error(error) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise NotProvided(no_answer, is_offered=True) from error

    async def _call(
        self,
        method: str,
        url: str,
        body: Mapping[str, Any] | None = None,
        *,
        files: Mapping[str, tuple[str, bytes, str]] | None = None,
        visitor: str = "",
        seconds: float | None = None,
        limit: int = RESPONSE_LIMIT,
    ) -> ApiResponse:
        """Send one request with JSON or a file, and read up to `limit` bytes of response, in `seconds` in all.

        Raises httpx.HTTPError or TimeoutError.
        """
        # The vendor's own clients send X-Client-Name too.
        names = {"Authorization": f"Bearer {self._endpoint.key}", "X-Client-Name": "sdxl-lora-playground"}
        if self._marks and visitor:
            names |= self._marks.headers_of(visitor)
        sent = self._clock.now()
        async with (
            asyncio.timeout(seconds or self._timeouts.call),
            self._api.stream(method, url, json=body, files=files, headers={**names, **GZIP_OR_NONE}) as response,
        ):
            content = await read_body(response, limit)
        self.service_clock.observe_date(sent, self._clock.now(), response.headers.get("date"))
        # By the wall clock: the header may be an HTTP date.
        wait = retry_after_seconds(response.headers.get("retry-after"), self._clock.now())
        return ApiResponse(response.status_code, self._without_key(content), wait)

    def _without_key(self, content: bytes) -> bytes:
        """Return a response without the key, in case it repeats the key: parts of it are shown to visitors."""
        key = self._endpoint.key.encode()
        return content.replace(key, HIDDEN.encode()) if key else content


async def _read(response: ApiResponse, decode: Callable[[ApiResponse], Result]) -> Result:
    """Decode a response; one with inline images in a thread, as base64 would block the event loop."""
    if len(response.body) < LARGE_RESPONSE:
        return decode(response)
    return await asyncio.to_thread(decode, response)


def _redirect_target(response: httpx.Response) -> str:
    """Return the target of a redirect. Raises ImageUnavailable when the response is no redirect."""
    if response.next_request is None:
        raise ImageUnavailable(messages.NOT_FETCHED)
    return str(response.next_request.url)
