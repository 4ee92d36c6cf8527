"""LoRA links: any pasted text (URL, `owner/name`, tag, AIR, file name) parsed to a LoraRef, or refused with advice.

AIR is Civitai's URN for AI resources: `urn:air:<base model>:<type>:<site>:<id>@<version>`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from components import messages
from components.domain.lora_path import MAX_URL_LENGTH, is_host_file, is_repository
from components.loras.site_hosts import CIVITAI_HOSTS, HUGGING_FACE_HOSTS
from components.loras.sites import (
    LoraRef,
    at_civitai,
    at_hugging_face,
    at_other_site,
    check_ending,
    civitai_model,
    civitai_version,
    host_file,
    refuse,
    repository,
    repository_file,
)
from components.net.public_url import is_public_https

NO_NAMES: Mapping[str, str] = {}
"""Names for a caller without starter set and host folder."""

# Quotes, separators and invisible characters (zero-width space, direction marks, BOM) that come along with a copy.
_STRIPPED = " \t\r\n\"'`“”‘’«»,;\u200b\u200e\u200f\ufeff\u00a0"
_MARKDOWN = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# An address first: it has a colon itself.
_TAG = re.compile(r"(?i)<?\s*(?:lora|lyco):(https?://[^<>\s]+?|[^<>:]+)((?::[^<>:/]*)*)\s*>?")
_NAMED_WEIGHTS = ("unet=", "te=")
_WEIGHT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_AIR = re.compile(r"(?i)(?:urn:)?air:([\w.-]*):([\w.-]*):([\w.-]*):([^@\s]+?)(?:@([^\s]+?))?(?:\.safetensors)?")
_CIVITAI_AIR = re.compile(r"(?i)civitai:(\d{1,12})(?:@(\d{1,12}))?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
# `C:\\`, `~/`, `/`, `./`, `../`, a Windows share, `file:`.
_LOCAL_PATH = re.compile(r"(?i)[a-z]:[\\/]|[~.]{0,2}/|~|\\\\|file:")
_HOST = re.compile(r"(?i)(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|\[[0-9a-f:.]+\])(:\d+)?")
# Base models, types and their display names as an AIR has them. LoRAs of SDXL's derivatives load into SDXL.
_SDXL_BASES = frozenset({"sdxl", "pony", "illustrious", "noobai"})
_KINDS = frozenset({"lora", "locon", "dora", "lycoris"})
_BASES = {"sd1": "Stable Diffusion 1.5", "sd2": "Stable Diffusion 2", "sd3": "Stable Diffusion 3", "flux1": "FLUX"}
# Enough to tell `example.com/x` from the repository `owner.name/x`.
_TOP_LEVEL_DOMAINS = frozenset({"com", "org", "net", "io", "co", "ai", "dev", "app", "me", "xyz", "test"})


def parse_lora(text: str, known_names: Mapping[str, str] = NO_NAMES) -> LoraRef:
    """Return the LoRA that a pasted text names; `known_names` has paths by lower-case names. Raises InvalidRequest."""
    name, weight = read_tag(text)
    return replace(_require_unambiguous(_read_name(name, known_names)), weight=weight)


def read_tag(text: str) -> tuple[str, float | None]:
    """Return name and weight of `<lora:name:weight>`; other text is a name without weight. Raises InvalidRequest."""
    cleaned = _cleaned(text)
    tag = _TAG.fullmatch(cleaned)
    return (tag[1].strip(_STRIPPED), _weight(tag[2])) if tag else (cleaned.strip("<>" + _STRIPPED), None)


def _cleaned(text: str) -> str:
    if len(text) > MAX_URL_LENGTH:
        # Before any pattern: their time grows with the text.
        raise refuse(messages.LORA_TOO_LONG)
    cleaned = text.strip(_STRIPPED)
    if markdown := _MARKDOWN.fullmatch(cleaned):
        cleaned = markdown[1]
    if not cleaned:
        raise refuse(messages.NO_LORA_PATH)
    return cleaned


def _weight(parts: str) -> float | None:
    """Return the first weight of a tag, None without one. Raises InvalidRequest.

    A second one, which A1111 applies to the text encoder, is ignored: the API has one weight.
    """
    weights = [part.strip() for part in parts.split(":")[1:]]
    if not weights:
        return None
    # `te=0.5:unet=0.8` in any order: the API has one weight, that of the model itself.
    named = [part.removeprefix(key) for key in _NAMED_WEIGHTS for part in weights if part.startswith(key)]
    weights = named or weights
    if not _WEIGHT.fullmatch(weights[0]):
        raise refuse(messages.LORA_TAG_UNREADABLE)
    weight = float(weights[0])
    if weight < 0:
        raise refuse(messages.LORA_NEGATIVE)
    return weight


def _read_name(name: str, known_names: Mapping[str, str]) -> LoraRef:
    if not name:
        raise refuse(messages.NO_LORA_PATH)
    if any(not character.isprintable() for character in name):
        raise refuse(messages.NOT_A_LORA_PATH)
    if path := known_names.get(_name_key(name)):
        return host_file(path) if is_host_file(path) else parse_lora(path)
    if _LOCAL_PATH.match(name):
        raise refuse(messages.LORA_LOCAL)
    if any(character.isspace() for character in name):
        raise refuse(messages.LORA_ONE_A_ROW if "/" in name else messages.LORA_BARE_NAME)
    if name.lower().startswith(("urn:", "air:")):
        return _read_air(name)
    if air := _CIVITAI_AIR.fullmatch(name):
        return civitai_version(air[2]) if air[2] else civitai_model(air[1])
    return _read_address(name)


def _name_key(name: str) -> str:
    return name.lower().removesuffix(".safetensors")


def _read_air(text: str) -> LoraRef:
    parts = _AIR.fullmatch(text)
    if not parts:
        raise refuse(messages.LORA_AIR_UNREADABLE)
    base, kind, site = (parts[part].lower() for part in (1, 2, 3))
    if kind not in _KINDS:
        raise refuse(messages.LORA_OTHER_KIND)
    if base not in _SDXL_BASES:
        raise refuse(messages.lora_for_another(_BASES.get(base, base)))
    if site == "huggingface":
        return repository(parts[4])
    if site == "civitai" and parts[4].isdecimal() and (parts[5] or "0").isdecimal():
        return at_civitai(urlsplit(f"https://civitai.com/models/{parts[4]}?modelVersionId={parts[5] or ''}"))
    raise refuse(messages.LORA_AIR_UNREADABLE)


def _require_unambiguous(link: LoraRef) -> LoraRef:
    """Refuse an `owner/name` that would be parsed as a web address when it is read again, as from a recipe."""
    if "://" not in link.path and _is_web_address(link.path):
        raise refuse(messages.NOT_A_LORA_PATH)
    return link


def _read_address(text: str) -> LoraRef:
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() == "hf":
        return _read_address(f"https://huggingface.co/{text[scheme.end() :]}")
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise refuse(messages.NOT_A_LORA_PATH)
    address = text[scheme.end() :] if scheme else text
    if scheme or _is_web_address(address):
        # An http link is read as https: nothing else may be sent or opened.
        return _read_url(_split_url(f"https://{address}"))
    return _read_repository(address.strip("/"))


def _is_web_address(text: str) -> bool:
    """Return whether a text is a URL without `https://`; an owner in `owner/name` may contain a dot too."""
    host, _, path = text.partition("/")
    if not _HOST.fullmatch(host):
        return False
    name = host.lower().partition(":")[0]
    if name == "localhost" or ":" in host or _is_ip_address(name):
        return True
    return name.rpartition(".")[2] in _TOP_LEVEL_DOMAINS or "/" in path or path.lower().endswith(".safetensors")


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _split_url(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        # With a final dot a name is the same to DNS, and would pass as another site here.
        host = (parts.hostname or "").rstrip(".")
    except ValueError as error:
        raise refuse(messages.NOT_A_LORA_PATH) from error
    if "@" in parts.netloc:
        raise refuse(messages.LORA_SECRET)
    netloc = parts.netloc.lower().removesuffix(":443").removesuffix(":80")
    if host.removeprefix("www.") in HUGGING_FACE_HOSTS + CIVITAI_HOSTS:
        netloc = host.removeprefix("www.")
    normalized = parts._replace(netloc=netloc, fragment="")
    if not host or not is_public_https(normalized.geturl()):
        raise refuse(messages.LORA_INNER_ADDRESS)
    return normalized


def _read_url(url: SplitResult) -> LoraRef:
    if url.netloc in HUGGING_FACE_HOSTS:
        return at_hugging_face(url)
    if url.netloc in CIVITAI_HOSTS:
        return at_civitai(url)
    return at_other_site(url)


def _read_repository(text: str) -> LoraRef:
    """Return the LoRA of `owner/name` or `owner/name/file`; refuse a name alone."""
    parts = text.split("/")
    if len(parts) == 1:
        check_ending(text)
        raise refuse(messages.LORA_BARE_NAME)
    if len(parts) > 2 and is_repository("/".join(parts[:2])) and parts[-1].lower().endswith(".safetensors"):
        return repository_file("/".join(parts[:2]), "/".join(parts[2:]))
    return repository(text)
