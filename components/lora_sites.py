"""Where LoRAs lie: what the addresses of Hugging Face, Civitai and other sites mean. Pure; nothing is fetched."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode

from components import messages
from components.errors import InvalidRequest, Sentence

FIELD = "loras"
HUGGING_FACE_HOSTS = ("huggingface.co", "hf.co")
CIVITAI_HOSTS = ("civitai.com", "civitai.green", "civitai.red")
CIVITAI_DOWNLOAD = "https://civitai.com/api/download/models/"

_REPOSITORY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")
_HOST_FILE = re.compile(r"[^./\\:][^/\\:]{0,199}\.safetensors")
_NUMBER = re.compile(r"[0-9]{1,12}")
_NO_OWNERS = frozenset(
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
"""First parts of Hugging Face's addresses behind which there is no model."""
_ABOUT_A_MODEL = frozenset({"discussions", "commits", "commit"})
_TO_A_FILE = frozenset({"blob", "resolve", "raw", "blame"})
_KEPT_BY_CIVITAI = frozenset({"type", "format", "size", "fp"})
_SECRETS = re.compile(r"(?i)(access_?|auth_?|api_?|hf_?)?(token|key|password|secret|authorization)")
_PROGRAMS = (".ckpt", ".pt", ".pth", ".bin", ".pkl", ".pickle")
"""Files of pickle: whoever loads one runs it."""
_NO_LORA = (".html", ".htm", ".php", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".pdf", ".txt", ".md", ".json", ".zip")
_NO_LORA_EITHER = (".rar", ".7z", ".gz", ".tar", ".gguf", ".onnx", ".exe", ".mp4", ".yaml", ".yml", ".csv", ".py")


class Site(Enum):
    """Who keeps a LoRA, as a person reads it."""

    HUGGING_FACE = "Hugging Face"
    CIVITAI = "Civitai"
    OTHER = "Link"
    HOST = "The host's own"


@dataclass(frozen=True, slots=True)
class LoraLink:
    """A LoRA's place, understood."""

    path: str
    """`owner/name`, a public https URL, or a file of the host's folder; what goes on the wire, unless `model` has to
    be asked for first.
    """
    label: str
    site: Site
    model: str = ""
    """The number of a Civitai page that names no version; empty: the path can be used as it is."""
    weight: float | None = None
    """What a `<lora:name:weight>` said; None: nothing was said."""

    @property
    def is_ready(self) -> bool:
        """Tell whether the path may be sent."""
        return not self.model


def refuse(told: Sentence) -> InvalidRequest:
    """Return the error for a LoRA that cannot be one."""
    return InvalidRequest(FIELD, told)


def is_repository(text: str) -> bool:
    """Tell whether a text is `owner/name` as Hugging Face writes it."""
    return _REPOSITORY.fullmatch(text) is not None and ".." not in text and len(text) <= 200


def is_host_file(text: str) -> bool:
    """Tell whether a text can be the name of a file in the host's folder of LoRAs."""
    return _HOST_FILE.fullmatch(text) is not None and text.isprintable()


def host_file(name: str) -> LoraLink:
    """Return the LoRA in a file of the host's folder."""
    return LoraLink(name, f"{Site.HOST.value} · {name}"[:120], Site.HOST)


def check_ending(name: str) -> None:
    """Raise InvalidRequest for a file that is plainly no LoRA."""
    if name.lower().endswith(_PROGRAMS):
        raise refuse(messages.LORA_PICKLE)
    if name.lower().endswith(_NO_LORA + _NO_LORA_EITHER):
        raise refuse(messages.LORA_OTHER_FILE)


def repository(text: str) -> LoraLink:
    """Return the LoRA that `owner/name` names. Raises InvalidRequest."""
    if not is_repository(text):
        raise refuse(messages.NOT_A_LORA_PATH)
    check_ending(text)
    if text.lower().endswith(".safetensors"):
        raise refuse(messages.LORA_BARE_NAME)
    return LoraLink(text, f"Hugging Face · {text}", Site.HUGGING_FACE)


def repository_file(text: str, file: str, revision: str = "main") -> LoraLink:
    """Return the LoRA that lies in one file of a repository. Raises InvalidRequest."""
    if not is_repository(text) or ".." in file.split("/"):
        raise refuse(messages.NOT_A_LORA_PATH)
    check_ending(file)
    if not file.lower().endswith(".safetensors"):
        raise refuse(messages.LORA_OTHER_FILE)
    at = f"{quote(revision, safe='')}/{quote(file)}"
    path = f"https://huggingface.co/{text}/resolve/{at}"
    return LoraLink(path, f"Hugging Face · {text} · {file.rpartition('/')[2]}", Site.HUGGING_FACE)


def at_hugging_face(url: SplitResult) -> LoraLink:
    """Return what an address of Hugging Face means. Raises InvalidRequest."""
    parts = [unquote(part) for part in url.path.split("/") if part]
    if parts and parts[0] == "models" and len(parts) > 2:
        parts = parts[1:]
    if len(parts) < 2 or parts[0] in _NO_OWNERS:
        raise refuse(messages.LORA_NO_MODEL_PAGE)
    name, rest = "/".join(parts[:2]), parts[2:]
    if not rest or rest[0] in _ABOUT_A_MODEL or rest in (["tree"], ["tree", "main"]):
        return repository(name)
    if rest[0] in _TO_A_FILE and len(rest) > 2:
        return _file_of_revision(name, rest[1:])
    if rest[0] == "tree":
        raise refuse(messages.LORA_FOLDER)
    raise refuse(messages.LORA_NO_MODEL_PAGE)


def _file_of_revision(name: str, rest: list[str]) -> LoraLink:
    """Read `main/x` and `refs/pr/1/x` alike: the revision of a proposed change has three parts."""
    length = 3 if rest[:2] == ["refs", "pr"] else 1
    return repository_file(name, "/".join(rest[length:]), "/".join(rest[:length]))


def at_civitai(url: SplitResult) -> LoraLink:
    """Return what an address of Civitai means; a token in it is left out. Raises InvalidRequest."""
    parts = [part for part in url.path.split("/") if part]
    asked = dict(parse_qsl(url.query))
    match parts:
        case ["api", "download", "models", version] if _NUMBER.fullmatch(version):
            kept = {name: value for name, value in asked.items() if name in _KEPT_BY_CIVITAI}
            return civitai_version(version, kept)
        case ["api", "v1", "model-versions", version] | ["model-versions", version] if _NUMBER.fullmatch(version):
            return civitai_version(version)
        case ["models", model, *_] | ["api", "v1", "models", model] if _NUMBER.fullmatch(model):
            version = asked.get("modelVersionId", "")
            return civitai_version(version) if _NUMBER.fullmatch(version) else civitai_model(model)
        case _:
            raise refuse(messages.LORA_NO_MODEL_PAGE)


def civitai_version(version: str, asked: dict[str, str] | None = None) -> LoraLink:
    """Return the LoRA of one version of a model."""
    query = f"?{urlencode(asked)}" if asked else ""
    return LoraLink(f"{CIVITAI_DOWNLOAD}{version}{query}", f"Civitai · version {version}", Site.CIVITAI)


def civitai_model(model: str) -> LoraLink:
    """Return a model of which the version is not known yet."""
    return LoraLink(f"https://civitai.com/models/{model}", f"Civitai · model {model}", Site.CIVITAI, model)


def elsewhere(url: SplitResult) -> LoraLink:
    """Return what an address of any other site means. Raises InvalidRequest."""
    host, path = url.hostname or "", url.path
    if host == "github.com" and "/blob/" in path:
        path = path.replace("/blob/", "/raw/", 1)
    if any(_SECRETS.fullmatch(name) for name, _ in parse_qsl(url.query)):
        raise refuse(messages.LORA_SECRET)
    check_ending(path)
    if path.strip("/") == "":
        raise refuse(messages.LORA_NO_MODEL_PAGE)
    file = unquote(path).rstrip("/").rpartition("/")[2]
    query = f"?{url.query}" if url.query else ""
    return LoraLink(f"https://{url.netloc.lower()}{path}{query}", f"{host} · {file}"[:120], Site.OTHER)
