"""LoRA location: a path is a file of the host's folder, a repository of the Hub, or a download URL. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from components.engines.sdxl import messages
from components.errors import EngineError
from components.loras.hub_address import HubAddress, is_safe_path
from components.loras.site_hosts import CIVITAI_HOSTS, HUGGING_FACE_HOSTS

# The app strips `www.` from what was pasted; requests to the server come as they are.
HUB_NAMES = (*HUGGING_FACE_HOSTS, "www.huggingface.co")
CIVITAI_NAMES = (*CIVITAI_HOSTS, "www.civitai.com")
LONGEST = 2000
"""Characters of a path."""
LONGEST_REPOSITORY = 96
"""Characters; the Hub's own limit."""
_REPOSITORY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file in the host's folder."""

    path: Path


@dataclass(frozen=True, slots=True)
class HubFile:
    """A repository of the Hub, and a file in it; empty: its only LoRA."""

    repository: str
    file: str = ""
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class Download:
    """A URL whose response is the file itself."""

    url: str


Place = HostFile | HubFile | Download


def location_of(path: str, folder: Path | None) -> Place:
    """Return the location of a LoRA's path. Raise EngineError for what may not be downloaded."""
    text = path.strip()
    if len(text) > LONGEST or not text.isprintable():
        raise EngineError(messages.LORA_NOT_FOUND)
    if "://" in text:
        return _of_address(text)
    if text.lower().endswith(".safetensors"):
        return HostFile(_in_folder(text, folder))
    return HubFile(_repository(text))


def check_address(url: str, hosts: tuple[str, ...]) -> None:
    """Raise EngineError unless this is https at one of these hosts, or at a name below one that starts with a dot."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise EngineError(messages.LORA_HOST) from error
    is_allowed = any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)
    if parts.scheme != "https" or not is_allowed or port not in (None, 443) or "@" in parts.netloc:
        raise EngineError(messages.LORA_HOST)


def _of_address(text: str) -> Place:
    check_address(text, (*HUB_NAMES, *CIVITAI_NAMES))
    url = urlsplit(text)
    if (url.hostname or "").lower() in CIVITAI_NAMES:
        return Download(text)
    address = HubAddress.of_path(url.path)
    # A slash in another part than the revision was escaped: no file's name has one.
    has_slash = any("/" in part for part in (*address.parts[:3], *address.parts[4:]))
    if has_slash or not all(is_safe_path(part) for part in address.parts):
        raise EngineError(messages.LORA_NOT_FOUND)
    repository = _repository(address.repository)
    if not address.view:
        return HubFile(repository)
    if not address.has_file or address.view not in ("resolve", "blob", "raw"):
        raise EngineError(messages.LORA_NOT_FOUND)
    return HubFile(repository, address.file, address.revision)


def _repository(text: str) -> str:
    if len(text) > LONGEST_REPOSITORY or not _REPOSITORY.fullmatch(text) or ".." in text or "--" in text:
        raise EngineError(messages.LORA_NOT_FOUND)
    return text


def _in_folder(text: str, folder: Path | None) -> Path:
    if folder is None:
        raise EngineError(messages.LORA_OUTSIDE_FOLDER)
    path = folder / text
    try:
        path = path.resolve()
        is_inside = path.is_relative_to(folder.resolve()) and path.is_file()
    except OSError:  # a name longer than the disk allows
        is_inside = False
    if not is_inside:
        raise EngineError(messages.LORA_OUTSIDE_FOLDER)
    return path
