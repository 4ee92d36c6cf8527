"""What the path of a LoRA names: a file of the host's folder, a repository of the Hub, or an address. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from components.engines.sdxl import sentences
from components.errors import EngineError

HUB_HOSTS = ("huggingface.co", "hf.co", "www.huggingface.co")
CIVITAI_HOSTS = ("civitai.com", "civitai.green", "civitai.red", "www.civitai.com")
_REPOSITORY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")


@dataclass(frozen=True, slots=True)
class HostFile:
    """A file in the host's folder."""

    path: Path


@dataclass(frozen=True, slots=True)
class HubFile:
    """A repository of the Hub, and the file in it when it is named."""

    repository: str
    file: str = ""
    revision: str = "main"


@dataclass(frozen=True, slots=True)
class Download:
    """An address from which a file is fetched as it is."""

    url: str


Place = HostFile | HubFile | Download


def place_of(path: str, folder: Path | None) -> Place:
    """Understand a LoRA's path. Raise EngineError for what may not be fetched."""
    text = path.strip()
    if "://" in text:
        return _of_address(text)
    if text.lower().endswith(".safetensors"):
        return HostFile(_in_folder(text, folder))
    if _REPOSITORY.fullmatch(text) and ".." not in text:
        return HubFile(text)
    raise EngineError(sentences.LORA_NOT_FOUND)


def check_address(url: str, hosts: tuple[str, ...]) -> None:
    """Raise EngineError unless this is https at one of these hosts, or at a name below one that starts with a dot."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    is_allowed = any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)
    if parts.scheme != "https" or not is_allowed or parts.port not in (None, 443) or parts.username:
        raise EngineError(sentences.LORA_HOST)


def _of_address(text: str) -> Place:
    check_address(text, HUB_HOSTS + CIVITAI_HOSTS)
    parts = urlsplit(text)
    if (parts.hostname or "").lower() in CIVITAI_HOSTS:
        return Download(text)
    names = [unquote(part) for part in parts.path.split("/") if part]
    if len(names) == 2 and _REPOSITORY.fullmatch("/".join(names)):
        return HubFile("/".join(names))
    if len(names) < 5 or names[2] not in ("resolve", "blob", "raw") or ".." in names:
        raise EngineError(sentences.LORA_NOT_FOUND)
    length = 3 if names[3:5] == ["refs", "pr"] else 1
    return HubFile("/".join(names[:2]), "/".join(names[3 + length :]), "/".join(names[3 : 3 + length]))


def _in_folder(text: str, folder: Path | None) -> Path:
    if folder is None:
        raise EngineError(sentences.LORA_OUTSIDE_FOLDER)
    path = (folder / text).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise EngineError(sentences.LORA_OUTSIDE_FOLDER)
    return path
