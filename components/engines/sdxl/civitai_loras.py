"""LoRAs of Civitai by https: nothing but there and where it keeps its files, and nothing too large."""

from __future__ import annotations

import hashlib
import ipaddress
import os
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar
from urllib.parse import urljoin, urlsplit

import httpx

from components.engines.sdxl import sentences
from components.engines.sdxl.answers import LARGEST_FILE, PATIENCE, check_size, in_time, told_size
from components.engines.sdxl.byte_counter import Report
from components.engines.sdxl.lora_gate import PIECE, START, Head, check_file, head_of, header_length
from components.engines.sdxl.lora_places import CIVITAI_HOSTS, check_address
from components.errors import EngineError

MOST_REDIRECTS = 5
WHERE_FILES_LIE = (*CIVITAI_HOSTS, ".civitai.com", ".r2.cloudflarestorage.com", ".backblazeb2.com")
"""Where Civitai keeps its files; no redirect leads elsewhere."""
SLOWEST = 30.0
"""Seconds for the next piece of a file."""

Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class CivitaiLoras:
    """What is there, and what was fetched from it before."""

    folder: Path
    """Where fetched files are kept."""
    key: str = ""
    """The host's; empty: there is none."""
    largest: int = LARGEST_FILE
    """Bytes of a file."""
    transport: httpx.BaseTransport | None = None
    """Tests bring their own."""

    def file(self, url: str, report: Report) -> Path:
        """Return a LoRA's file, fetched unless it is there. Raise EngineError."""
        if kept := self.kept(url):
            return kept
        self.folder.mkdir(parents=True, exist_ok=True)
        landing = tempfile.NamedTemporaryFile(dir=self.folder, suffix=".part", delete=False)  # noqa: SIM115 - renamed
        try:
            with landing:
                self._answered(url, SLOWEST, lambda response: self._take(response, landing, report))
            check_file(Path(landing.name))
            os.replace(landing.name, self._place(url))  # noqa: PTH105 - atomic on Windows too
        except (httpx.HTTPError, OSError) as error:
            raise EngineError(sentences.LORA_AWAY) from error
        finally:
            Path(landing.name).unlink(missing_ok=True)
        return self._place(url)

    def kept(self, url: str) -> Path | None:
        """Return what was fetched before."""
        path = self._place(url)
        return path if path.is_file() else None

    def head(self, url: str) -> Head:
        """Return how a file there begins, fetching no more of it. Raise EngineError."""
        try:
            return self._answered(url, PATIENCE, self._begin)
        except (httpx.HTTPError, OSError) as error:
            raise EngineError(sentences.LORA_AWAY) from error

    def _place(self, url: str) -> Path:
        return self.folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.safetensors"

    def _answered(self, url: str, timeout: float, take: Callable[[httpx.Response], Found]) -> Found:
        """Take what an address leads to, each redirect checked as the first."""
        with httpx.Client(transport=self.transport, timeout=timeout, follow_redirects=False) as client:
            for _ in range(MOST_REDIRECTS):
                check_address(url, WHERE_FILES_LIE)
                if self.transport is None:
                    check_public(url)
                with client.stream("GET", url, headers=self._headers(url)) as response:
                    if not response.is_redirect:
                        _check_status(response)
                        return take(response)
                    url = urljoin(url, response.headers["location"])
        raise EngineError(sentences.LORA_AWAY)

    def _headers(self, url: str) -> dict[str, str]:
        """Show the host's key to Civitai itself, never to where it redirects."""
        shown = {"Authorization": f"Bearer {self.key}"} if self.key and _is_civitai(url) else {}
        return {"Accept-Encoding": "identity", **shown}

    def _begin(self, response: httpx.Response) -> Head:
        check_size(size := told_size(response.headers), self.largest)
        return head_of(in_time(response.iter_bytes(PIECE)), size)

    def _take(self, response: httpx.Response, landing: IO[bytes], report: Report) -> None:
        check_size(told_size(response.headers), self.largest)
        total, done, head = told_size(response.headers) or 0, 0, b""
        for chunk in response.iter_bytes(PIECE):
            done += len(chunk)
            check_size(done, self.largest)
            if len(head) < START:
                head += chunk[:START]
                header_length(head)  # a page or a pickle is not fetched to its end
            landing.write(chunk)
            report(min(1.0, done / total) if total else 0.0)


def check_public(url: str) -> None:
    """Raise EngineError when a name leads into this machine or its network."""
    host = urlsplit(url).hostname or ""
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, 443, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise EngineError(sentences.LORA_AWAY) from error
    if not all(ipaddress.ip_address(str(address).partition("%")[0]).is_global for address in found):
        raise EngineError(sentences.LORA_HOST)


def _is_civitai(url: str) -> bool:
    return urlsplit(url).hostname in CIVITAI_HOSTS


def _check_status(response: httpx.Response) -> None:
    if response.status_code in (401, 403):
        raise EngineError(sentences.LORA_NO_ACCESS)
    if response.status_code == 404:
        raise EngineError(sentences.LORA_NOT_FOUND)
    response.raise_for_status()
