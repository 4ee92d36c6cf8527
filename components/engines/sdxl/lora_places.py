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
LONGEST = 2000
"""Characters of a path."""
LONGEST_REPOSITORY = 96
"""Characters, as the Hub has it."""
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
    if len(text) > LONGEST or not text.isprintable():
        raise EngineError(sentences.LORA_NOT_FOUND)
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
        raise EngineError(sentences.LORA_HOST) from error
    is_allowed = any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)
    if parts.scheme != "https" or not is_allowed or port not in (None, 443) or "@" in parts.netloc:
        raise EngineError(sentences.LORA_HOST)


def _of_address(text: str) -> Place:
    check_address(text, HUB_HOSTS + CIVITAI_HOSTS)
    parts = urlsplit(text)
    if (parts.hostname or "").lower() in CIVITAI_HOSTS:
        return Download(text)
    names = [unquote(part) for part in parts.path.split("/") if part]
    if not all(_is_name(name) for name in names):
        raise EngineError(sentences.LORA_NOT_FOUND)
    repository = _repository("/".join(names[:2]))
    if len(names) == 2:
        return HubFile(repository)
    if len(names) < 5 or names[2] not in ("resolve", "blob", "raw"):
        raise EngineError(sentences.LORA_NOT_FOUND)
    length = 3 if names[3:5] == ["refs", "pr"] else 1
    return HubFile(repository, "/".join(names[3 + length :]), "/".join(names[3 : 3 + length]))


def _is_name(text: str) -> bool:
    """Tell whether this names one file or folder, and leads nowhere else."""
    return text not in (".", "..") and text.isprintable() and not set(text) & set("/\\")


def _repository(text: str) -> str:
    if len(text) > LONGEST_REPOSITORY or not _REPOSITORY.fullmatch(text) or ".." in text or "--" in text:
        raise EngineError(sentences.LORA_NOT_FOUND)
    return text


def _in_folder(text: str, folder: Path | None) -> Path:
    if folder is None:
        raise EngineError(sentences.LORA_OUTSIDE_FOLDER)
    path = folder / text
    try:
        path = path.resolve()
        is_inside = path.is_relative_to(folder.resolve()) and path.is_file()
    except OSError:  # a name longer than the disk allows
        is_inside = False
    if not is_inside:
        raise EngineError(sentences.LORA_OUTSIDE_FOLDER)
    return path
