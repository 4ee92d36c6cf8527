"""LoRA downloads from Civitai: only from its own hosts and its storage, and of limited size."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from components.engines.sdxl import messages
from components.engines.sdxl.loras.download_limits import (
    CONNECT_SECONDS,
    FILE_SECONDS,
    MAX_FILE_BYTES,
    check_size,
    content_length,
    head_in,
    in_time,
)
from components.engines.sdxl.loras.header_check import Head, check_file, header_size
from components.engines.sdxl.loras.location import CIVITAI_NAMES, check_address
from components.engines.sdxl.model.download_progress import Report
from components.errors import EngineError
from components.loras.safetensors_header import LENGTH_BYTES, START_BYTES
from components.loras.site_hosts import civitai_urls
from components.net.public_transport import PrivateAddressError
from components.net.public_transport_sync import sync_public_client

MAX_REDIRECTS = 5
FILE_HOSTS = (*CIVITAI_NAMES, ".civitai.com", ".civitai.red", ".r2.cloudflarestorage.com", ".backblazeb2.com")
"""Civitai's own storage hosts; redirects to others are refused."""
READ_SECONDS = 30.0
"""Seconds to wait for the next piece of a file."""

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class CivitaiLoras:
    """LoRA files of Civitai, and those downloaded before."""

    folder: Path
    """Of downloaded files."""
    key: str = ""
    """The host's API key; empty: none."""
    largest: int = MAX_FILE_BYTES
    """Limit in bytes of a file."""
    transport: httpx.BaseTransport | None = None
    """For tests; None: the guarded one."""

    def file(self, url: str, report: Report) -> Path:
        """Return a LoRA's file, downloaded unless it is cached. Raise EngineError."""
        if stored := self.stored(url):
            return stored
        self.folder.mkdir(parents=True, exist_ok=True)
        part = tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False)  # noqa: SIM115 - renamed
        try:
            with _as_messages():
                with part:
                    self._request(url, READ_SECONDS, lambda response: self._take(response, part, report))
                check_file(Path(part.name))
                os.replace(part.name, self._place(url))  # noqa: PTH105 - atomic on Windows too
        finally:
            Path(part.name).unlink(missing_ok=True)
        return self._place(url)

    def stored(self, url: str) -> Path | None:
        """Return the file that was downloaded before, or None."""
        path = self._place(url)
        return path if path.is_file() else None

    def head(self, url: str) -> Head:
        """Return the head of a file without downloading the rest. Raise EngineError."""
        with _as_messages():
            return self._request(url, CONNECT_SECONDS, self._begin)

    def _place(self, url: str) -> Path:
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.safetensors"

    def _request(self, url: str, timeout: float, take: Callable[[httpx.Response], Result]) -> Result:
        """Return what `take` makes of the response of the host in the address, or of Civitai's main one after it."""
        *others, last = civitai_urls(url)
        for address in others:
            with _unless_elsewhere():
                return self._request_at(address, timeout, take)
        return self._request_at(last, timeout, take)

    def _request_at(self, url: str, timeout: float, take: Callable[[httpx.Response], Result]) -> Result:
        """Return what `take` makes of the response; each redirect is checked like the first address."""
        with self._client(timeout) as client:
            for _ in range(MAX_REDIRECTS):
                check_address(url, FILE_HOSTS)
                with client.stream("GET", url, headers=self._headers(url)) as response:
                    if not response.is_redirect:
                        _check_status(response)
                        return take(response)
                    url = urljoin(url, response.headers["location"])
        raise EngineError(messages.LORA_AWAY)

    def _client(self, timeout: float) -> httpx.Client:
        if self.transport:
            return httpx.Client(transport=self.transport, timeout=timeout, follow_redirects=False)
        return sync_public_client(timeout)

    def _headers(self, url: str) -> dict[str, str]:
        """Return the request's headers; the host's key is sent to Civitai itself, never to a redirect's target."""
        authorization = {"Authorization": f"Bearer {self.key}"} if self.key and _is_civitai(url) else {}
        return {"Accept-Encoding": "identity", **authorization}

    def _begin(self, response: httpx.Response) -> Head:
        return head_in(response.headers, response.iter_bytes(), self.largest)

    def _take(self, response: httpx.Response, part: IO[bytes], report: Report) -> None:
        total, done, head = content_length(response.headers) or 0, 0, b""
        check_size(total, self.largest)
        for chunk in in_time(response.iter_bytes(), FILE_SECONDS):
            done += len(chunk)
            check_size(done, self.largest)
            if len(head) < START_BYTES:
                head += chunk[:START_BYTES]
                if len(head) > LENGTH_BYTES:
                    header_size(head)  # a page or a pickle is not downloaded to its end
            part.write(chunk)
            report(min(1.0, done / total) if total else 0.0)


@contextmanager
def _as_messages() -> Generator[None, None, None]:
    """Turn errors of the network and the disk into messages."""
    try:
        yield
    except PrivateAddressError as error:
        raise EngineError(messages.LORA_HOST) from error
    except (httpx.HTTPError, OSError) as error:
        raise EngineError(messages.LORA_AWAY) from error


@contextmanager
def _unless_elsewhere() -> Generator[None, None, None]:
    """Ignore that a host cannot be reached or does not have the file: another one may have it."""
    try:
        yield
    except (httpx.ConnectError, httpx.HTTPStatusError):
        return
    except EngineError as error:
        if error.message != messages.LORA_NOT_FOUND:
            raise


def _is_civitai(url: str) -> bool:
    return urlsplit(url).hostname in CIVITAI_NAMES


def _check_status(response: httpx.Response) -> None:
    if response.status_code in (401, 403):
        raise EngineError(messages.LORA_NO_ACCESS)
    if response.status_code == 404:
        raise EngineError(messages.LORA_NOT_FOUND)
    response.raise_for_status()
