"""LoRA sites: URLs of Hugging Face, Civitai and other sites parsed to a LoraRef. Pure; nothing is fetched."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from urllib.parse import SplitResult, parse_qsl, quote, urlencode, urlsplit

from components import messages
from components.domain.lora_path import is_repository
from components.errors import InvalidRequest
from components.loras.hub_address import HubAddress, is_safe_path
from components.loras.site_hosts import CIVITAI, civitai_host
from components.messages.catalogue import Param, Text
from components.messages.message import Message

FIELD = "loras"
NAME_LIMIT = 100
"""Characters."""
_REVISION_LIMIT = 100
"""Characters of a revision: a commit has 40, and the name of a branch or tag is short."""
NO_OPTIONS: Mapping[str, str] = {}
_NUMBER = re.compile(r"[0-9]{1,12}")
_NUMBER_AT_START = re.compile(r"[0-9]{1,12}(?![0-9A-Za-z])")
"""A number, whatever sign that belongs to no link follows it."""
_NOT_OWNERS = frozenset(
    {
        "api",
        "blog",
        "chat",
        "collections",
        "datasets",
        "docs",
        "enterprise",
        "inference",
        "join",
        "learn",
        "login",
        "models",
        "new",
        "notifications",
        "organizations",
        "papers",
        "posts",
        "pricing",
        "search",
        "settings",
        "spaces",
        "tasks",
    }
)
"""First path segments at Hugging Face that are no owner of models."""
# Path segments behind `owner/name`: pages about the model, and pages of one file.
_MODEL_PAGES = frozenset({"discussions", "commits", "commit"})
_FILE_PAGES = frozenset({"blob", "resolve", "raw", "blame"})
_DOWNLOAD = "/api/download/models/"
# Query parameters of a Civitai download that choose a file of the version.
_CIVITAI_FILE_OPTIONS = frozenset({"type", "format", "size", "fp", "fileId", "quantType"})
_SECRETS = re.compile(r"(?i)(access_?|auth_?|api_?|hf_?)?(token|key|password|secret|authorization)")
_PICKLE_SUFFIXES = (".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle")
"""Suffixes of pickle files: loading one runs code from it."""
_TEXT_SUFFIXES = (".html", ".htm", ".php", ".pdf", ".txt", ".md", ".json", ".yaml", ".yml", ".csv", ".py")
_MEDIA_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".mp4")
_BINARY_SUFFIXES = (".zip", ".rar", ".7z", ".gz", ".tar", ".gguf", ".onnx", ".exe")


class Site(Enum):
    """Site of a LoRA."""

    HUGGING_FACE = "hugging_face"
    CIVITAI = "civitai"
    OTHER = "other"
    HOST = "host"


@dataclass(frozen=True, slots=True)
class LoraRef:
    """Reference to a LoRA: path, label and site."""

    path: str
    """`owner/name`, a public https URL, or a file name of the host's folder. It can be sent to an API unless `model`
    or `revision` is set: it is their page then.
    """
    label: Param
    """Site and name for the page; long ones of host files and other sites are cut at NAME_LIMIT characters."""
    site: Site
    model: str = ""
    """Number of a Civitai model whose version has to be fetched first; empty: `path` is final."""
    revision: str = ""
    """Revision of a Hugging Face repository whose file has to be found first; empty: `path` is final."""
    weight: float | None = None
    """Weight of a `<lora:name:weight>` tag; None without one."""

    @property
    def is_ready(self) -> bool:
        """Return whether the path can be sent to an API."""
        return not self.model and not self.revision


def refuse(message: Message) -> InvalidRequest:
    """Return the error for a text that names no LoRA."""
    return InvalidRequest(FIELD, message)


def host_file(name: str) -> LoraRef:
    """Return the reference to a file in the host's folder."""
    return LoraRef(name, Text("lora_site.host", {"name": name[:NAME_LIMIT]}), Site.HOST)


def check_ending(name: str) -> None:
    """Raise InvalidRequest for a file name whose suffix is not a LoRA's."""
    if name.lower().endswith(_PICKLE_SUFFIXES):
        raise refuse(messages.LORA_PICKLE)
    if name.lower().endswith(_TEXT_SUFFIXES + _MEDIA_SUFFIXES + _BINARY_SUFFIXES):
        raise refuse(messages.LORA_OTHER_FILE)


def check_query(query: str) -> None:
    """Raise InvalidRequest for a URL's query that holds a secret."""
    if any(_SECRETS.fullmatch(name) for name, _ in parse_qsl(query)):
        raise refuse(messages.LORA_SECRET)


def repository(text: str) -> LoraRef:
    """Return the reference to the repository `owner/name` at Hugging Face. Raises InvalidRequest."""
    if not is_repository(text):
        raise refuse(messages.NOT_A_LORA_PATH)
    check_ending(text)
    # `folder/file.safetensors` of some disk has the form of `owner/name`.
    if text.lower().endswith(".safetensors"):
        raise refuse(messages.LORA_BARE_NAME)
    return LoraRef(text, f"Hugging Face · {text}", Site.HUGGING_FACE)


def repository_file(text: str, file: str, revision: str = "main") -> LoraRef:
    """Return the reference to one file of a Hugging Face repository. Raises InvalidRequest."""
    if not is_repository(text) or not is_safe_path(file) or not _is_revision(revision):
        raise refuse(messages.NOT_A_LORA_PATH)
    check_ending(file)
    if not file.lower().endswith(".safetensors"):
        raise refuse(messages.LORA_OTHER_FILE)
    # The slashes of `refs/pr/1` are escaped: a revision is one part of the path.
    at = f"{quote(revision, safe='')}/{quote(file)}"
    path = f"https://huggingface.co/{text}/resolve/{at}"
    return LoraRef(path, f"Hugging Face · {text} · {file.rpartition('/')[2]}", Site.HUGGING_FACE)


def repository_at(text: str, revision: str) -> LoraRef:
    """Return the reference to the repository `owner/name` at a revision, whose file is still to be found unless the
    revision is `main`. Raises InvalidRequest.
    """
    found = repository(text)
    if revision == "main":
        return found
    if not _is_revision(revision):
        raise refuse(messages.NOT_A_LORA_PATH)
    check_ending(revision)  # `x.ckpt`, or a folder and a file
    # A path without a file always means the main revision: the page stands for this one.
    page = f"https://huggingface.co/{text}/tree/{quote(revision, safe='')}"
    return replace(found, path=page, label=f"{found.label} · {revision}", revision=revision)


def _is_revision(text: str) -> bool:
    return is_safe_path(text) and len(text) <= _REVISION_LIMIT


def revision_api(link: LoraRef) -> str:
    """Return the URL at which Hugging Face describes a repository at the revision of a reference."""
    at = quote(link.revision, safe="")
    return f"https://huggingface.co/api/models/{_repository_of(link)}/revision/{at}"


def file_of_revision(link: LoraRef, file: str) -> LoraRef:
    """Return the reference to a file of the repository and revision of a reference. Raises InvalidRequest."""
    return repository_file(_repository_of(link), file, link.revision)


def _repository_of(link: LoraRef) -> str:
    return HubAddress.of_path(urlsplit(link.path).path).repository


def at_hugging_face(url: SplitResult) -> LoraRef:
    """Return the LoRA at an address of Hugging Face. Raises InvalidRequest."""
    address = HubAddress.of_path(url.path.removeprefix("/api/models"))
    if len(address.parts) > 2 and address.parts[0] == "models":
        address = HubAddress(address.parts[1:])
    if len(address.parts) < 2 or address.parts[0] in _NOT_OWNERS:
        raise refuse(messages.LORA_NO_MODEL_PAGE)
    # The viewer of a file's header, over the list of files.
    if (shown := dict(parse_qsl(url.query)).get("show_file_info")) and address.view in ("", "tree"):
        return repository_file(address.repository, shown, address.revision or "main")
    if address.view in _MODEL_PAGES or address.parts[2:] in ((), ("tree",)):
        return repository(address.repository)
    if address.view == "tree" and not address.file:
        return repository_at(address.repository, address.revision)
    is_file = address.view in _FILE_PAGES or (address.view == "tree" and address.file.endswith(".safetensors"))
    if is_file and address.has_file:
        return repository_file(address.repository, address.file, address.revision)
    raise refuse(messages.LORA_FOLDER if address.view == "tree" else messages.LORA_NO_MODEL_PAGE)


def at_civitai(url: SplitResult) -> LoraRef:
    """Return the reference for a URL of Civitai; a `token` in it is dropped. Raises InvalidRequest."""
    parts = [part for part in url.path.split("/") if part]
    query = dict(parse_qsl(url.query.replace("&amp;", "&")))
    options = {name: value for name, value in query.items() if name in _CIVITAI_FILE_OPTIONS}
    host = civitai_host(url.netloc)
    match parts:
        case ["api", "download", "models", version] if _NUMBER.fullmatch(version):
            return civitai_version(version, options, host)
        case ["api", "v1", "model-versions", version] | ["model-versions", version] if _NUMBER.fullmatch(version):
            return civitai_version(version, options, host)
        case ["models", model, *_] | ["api", "v1", "models", model] if _NUMBER.fullmatch(model):
            version = _NUMBER_AT_START.match(query.get("modelVersionId", ""))
            return civitai_version(version[0], options, host) if version else civitai_model(model, host)
        case _:
            raise refuse(messages.LORA_NO_MODEL_PAGE)


def civitai_version(version: str, options: Mapping[str, str] = NO_OPTIONS, host: str = CIVITAI) -> LoraRef:
    """Return the reference to a version of a Civitai model; `options` choose one of its files."""
    query = f"?{urlencode(options)}" if options else ""
    label = Text("lora_site.civitai_version", {"number": version})
    return LoraRef(f"https://{host}{_DOWNLOAD}{version}{query}", label, Site.CIVITAI)


def civitai_model(model: str, host: str = CIVITAI) -> LoraRef:
    """Return the reference to a Civitai model whose version is still to be fetched."""
    label = Text("lora_site.civitai_model", {"number": model})
    return LoraRef(f"https://{host}/models/{model}", label, Site.CIVITAI, model)


def civitai_api(link: LoraRef, host: str) -> str:
    """Return the URL at a host at which a LoRA's version is described, or its model where that has to be chosen."""
    if link.model:
        return f"https://{host}/api/v1/models/{link.model}"
    return f"https://{host}/api/v1/model-versions/{urlsplit(link.path).path.removeprefix(_DOWNLOAD)}"
