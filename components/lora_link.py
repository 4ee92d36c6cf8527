"""What people paste to name a LoRA, understood: one form for the wire, or a sentence that says what to paste."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from components import messages
from components.addresses import is_public_https
from components.errors import InvalidRequest
from components.lora_sites import (
    CIVITAI_HOSTS,
    HUGGING_FACE_HOSTS,
    LoraLink,
    at_civitai,
    at_hugging_face,
    check_ending,
    civitai_model,
    civitai_version,
    elsewhere,
    host_file,
    is_host_file,
    is_repository,
    refuse,
    repository,
    repository_file,
)

LONGEST = 2000
"""Characters of a link; signed ones are long."""
NO_SHELF: Mapping[str, str] = {}

_AROUND = " \t\r\n\"'`“”‘’«»,;\u200b\u200e\u200f\ufeff\u00a0"
_MARKDOWN = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_TAG = re.compile(r"(?i)<?\s*lora:(https?://[^<>\s]+?|[^<>:]+)((?::[^<>:/]*)*)\s*>?")
_WEIGHT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_AIR = re.compile(r"(?i)(?:urn:)?air:([\w.-]*):([\w.-]*):([\w.-]*):([^@\s]+?)(?:@([^\s]+?))?(?:\.safetensors)?")
_CIVITAI_AIR = re.compile(r"(?i)civitai:(\d{1,12})(?:@(\d{1,12}))?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_LOCAL = re.compile(r"(?i)[a-z]:[\\/]|[~.]{0,2}/|~|\\\\|file:")
_HOST = re.compile(r"(?i)(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|\[[0-9a-f:.]+\])(:\d+)?")
_KIN_OF_SDXL = frozenset({"sdxl", "pony", "illustrious", "noobai"})
_KINDS = frozenset({"lora", "locon", "dora", "lycoris"})
_BASES = {"sd1": "Stable Diffusion 1.5", "sd2": "Stable Diffusion 2", "sd3": "Stable Diffusion 3", "flux1": "FLUX"}
_WEB_ENDINGS = frozenset({"com", "org", "net", "io", "co", "ai", "dev", "app", "me", "xyz", "test"})


def understand(text: str, shelf: Mapping[str, str] = NO_SHELF) -> LoraLink:
    """Return what a pasted text names; `shelf` has paths by names in lower case. Raises InvalidRequest."""
    name, weight = read_tag(text)
    return replace(_unmistakable(_place(name, shelf)), weight=weight)


def read_tag(text: str) -> tuple[str, float | None]:
    """Return the name and the weight in `<lora:name:weight>`; any other text is a name. Raises InvalidRequest."""
    plain = _bare(text)
    tag = _TAG.fullmatch(plain)
    return (tag[1].strip(_AROUND), _weight(tag[2])) if tag else (plain.strip("<>" + _AROUND), None)


def is_normal(path: str) -> bool:
    """Tell whether a path is of the very form that may be sent."""
    try:
        link = understand(path)
    except InvalidRequest:
        return False
    return link.is_ready and link.path == path


def _bare(text: str) -> str:
    if len(text) > LONGEST:
        raise refuse(messages.LORA_TOO_LONG)
    plain = text.strip(_AROUND)
    if found := _MARKDOWN.fullmatch(plain):
        plain = found[1]
    if not plain:
        raise refuse(messages.NO_LORA_PATH)
    return plain


def _weight(parts: str) -> float | None:
    """Return the weight of a tag; a second one, for the text encoder, is left out. Raises InvalidRequest."""
    given = [part.strip() for part in parts.split(":")[1:]]
    if not given:
        return None
    if not _WEIGHT.fullmatch(given[0]):
        raise refuse(messages.LORA_TAG_UNREADABLE)
    weight = float(given[0])
    if weight < 0:
        raise refuse(messages.LORA_NEGATIVE)
    return weight


def _place(plain: str, shelf: Mapping[str, str]) -> LoraLink:
    if not plain:
        raise refuse(messages.NO_LORA_PATH)
    if any(not sign.isprintable() for sign in plain):
        raise refuse(messages.NOT_A_LORA_PATH)
    if known := shelf.get(_file_name(plain)):
        return host_file(known) if is_host_file(known) else understand(known)
    if _LOCAL.match(plain):
        raise refuse(messages.LORA_LOCAL)
    if any(sign.isspace() for sign in plain):
        raise refuse(messages.LORA_ONE_A_ROW if "/" in plain else messages.LORA_BARE_NAME)
    if plain.lower().startswith(("urn:", "air:")):
        return _of_air(plain)
    if found := _CIVITAI_AIR.fullmatch(plain):
        return civitai_version(found[2]) if found[2] else civitai_model(found[1])
    return _of_address(plain)


def _file_name(plain: str) -> str:
    return plain.lower().removesuffix(".safetensors")


def _of_air(plain: str) -> LoraLink:
    found = _AIR.fullmatch(plain)
    if not found:
        raise refuse(messages.LORA_AIR_UNREADABLE)
    base, kind, site = (found[part].lower() for part in (1, 2, 3))
    if kind not in _KINDS:
        raise refuse(messages.LORA_OTHER_KIND)
    if base not in _KIN_OF_SDXL:
        raise refuse(messages.lora_for_another(_BASES.get(base, base or "another model")))
    if site == "huggingface":
        return repository(found[4])
    if site == "civitai" and found[4].isdecimal() and (found[5] or "0").isdecimal():
        return at_civitai(urlsplit(f"https://civitai.com/models/{found[4]}?modelVersionId={found[5] or ''}"))
    raise refuse(messages.LORA_AIR_UNREADABLE)


def _unmistakable(link: LoraLink) -> LoraLink:
    """Refuse an `owner/name` that whoever reads it next would take for a web address."""
    if "://" not in link.path and _is_web(link.path):
        raise refuse(messages.NOT_A_LORA_PATH)
    return link


def _of_address(plain: str) -> LoraLink:
    scheme = _SCHEME.match(plain)
    if scheme and scheme[1].lower() == "hf":
        return _of_address(f"https://huggingface.co/{plain[scheme.end() :]}")
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise refuse(messages.NOT_A_LORA_PATH)
    rest = plain[scheme.end() :] if scheme else plain
    if scheme or _is_web(rest):
        return _of_url(_split(f"https://{rest}"))
    return _of_name(rest.strip("/"))


def _is_web(text: str) -> bool:
    """Tell an address without its https:// from `owner/name`: an owner's name may have a dot in it too."""
    host, _, rest = text.partition("/")
    if not _HOST.fullmatch(host):
        return False
    name = host.lower().partition(":")[0]
    if name == "localhost" or ":" in host or _is_number(name):
        return True
    return name.rpartition(".")[2] in _WEB_ENDINGS or "/" in rest or rest.lower().endswith(".safetensors")


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError as error:
        raise refuse(messages.NOT_A_LORA_PATH) from error
    if "@" in parts.netloc:
        raise refuse(messages.LORA_SECRET)
    netloc = parts.netloc.lower().removesuffix(":443").removesuffix(":80")
    if host.removeprefix("www.") in HUGGING_FACE_HOSTS + CIVITAI_HOSTS:
        netloc = host.removeprefix("www.")
    plain = parts._replace(netloc=netloc, fragment="")
    if not is_public_https(plain.geturl()):
        raise refuse(messages.LORA_INNER_ADDRESS)
    return plain


def _of_url(url: SplitResult) -> LoraLink:
    if url.netloc in HUGGING_FACE_HOSTS:
        return at_hugging_face(url)
    if url.netloc in CIVITAI_HOSTS:
        return at_civitai(url)
    return elsewhere(url)


def _of_name(text: str) -> LoraLink:
    """Read what has no address: `owner/name`, `owner/name/file`, or a name alone."""
    parts = text.split("/")
    if len(parts) == 1:
        check_ending(text)
        raise refuse(messages.LORA_BARE_NAME)
    if len(parts) > 2 and is_repository("/".join(parts[:2])) and parts[-1].lower().endswith(".safetensors"):
        return repository_file("/".join(parts[:2]), "/".join(parts[2:]))
    return repository(text)
