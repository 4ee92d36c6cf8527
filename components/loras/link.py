"""LoRA links: any pasted text (URL, `owner/name`, tag, AIR, file name) parsed to a LoraRef, or refused with advice.

AIR is Civitai's URN for AI resources: `urn:air:<base model>:<type>:<site>:<id>@<version>:<layer>.<format>`.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from components import messages
from components.domain.lora_path import MAX_URL_LENGTH, is_host_file
from components.loras.hub_address import HubAddress
from components.loras.other_sites import at_other_site
from components.loras.pasted import STRIPPED, link_in_markdown, named_in, with_one_scheme, without_wrapping
from components.loras.site_hosts import CIVITAI_HOSTS, HUGGING_FACE_HOSTS, HUGGING_FACE_MIRRORS
from components.loras.sites import (
    LoraRef,
    at_civitai,
    at_hugging_face,
    check_ending,
    civitai_model,
    civitai_version,
    host_file,
    refuse,
    repository,
    repository_at,
    repository_file,
)
from components.net.public_url import is_public_https

NO_NAMES: Mapping[str, str] = {}
"""Names for a caller without starter set and host folder."""

# An address first: it has a colon itself.
_TAG = re.compile(r"(?i)<?\s*(?:lora|lyco):(https?://[^<>\s]+?|[^<>:]+)((?::[^<>:/]*)*)\s*>?")
# `owner/name:0.8`, `https://example.org/x.safetensors:0.8`
_WEIGHTED = re.compile(r"(?i)((?:https?://)?[^:\s]+/[^:\s]+)(:[+-]?(?:\d{1,4}\.?\d{0,9}|\.\d{1,9}))")
_NAMED_WEIGHTS = ("unet=", "te=")
_WEIGHT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)")
_AIR = re.compile(
    r"(?i)(?:urn:)?air:([\w.-]*):([\w.-]*):([\w.-]*):([^@\s]+?)(?:@([^\s]+?))?(?::[\w-]{1,40})?(?:\.safetensors?)?"
)
_SECOND_ADDRESS = re.compile(r"(?i)[,;|]https?://")
_CIVITAI_AIR = re.compile(r"(?i)civitai:(\d{1,12})(?:@(\d{1,12}))?")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HUB_VIEWS = ("resolve", "blob", "tree", "raw")
_AT_REVISION = re.compile(r"([^/@:]+/[^/@:]+)@([^/]+/.+)")
_REPOSITORY_FILE = re.compile(r"([^:/]+/[^:/]+)::?([^:]+\.safetensors)")
# `C:\\`, `~/`, `/`, `./`, `../`, a Windows share, `file:`.
_LOCAL_PATH = re.compile(r"(?i)[a-z]:[\\/]|[~.]{0,2}/|~|\\\\|file:")
_HOST = re.compile(r"(?i)(localhost|[a-z0-9-]+(\.[a-z0-9-]+)+|\[[0-9a-f:.]+\])(:\d+)?")
# Base models, types and their display names as an AIR has them. LoRAs of SDXL's derivatives load into SDXL.
# Civitai writes `other` where its author named none of its base models.
_SDXL_BASES = re.compile(r"sdxl.*|pony|illustrious|noobai|other")
_KINDS = frozenset({"lora", "locon", "dora", "lycoris"})
_BASES = {
    **{"sd1": "Stable Diffusion 1.5", "sd2": "Stable Diffusion 2", "sd3": "Stable Diffusion 3", "flux": "FLUX"},
    **{"qwen": "Qwen-Image", "zimage": "Z-Image", "hidream": "HiDream", "lumina": "Lumina", "kolors": "Kolors"},
    **{"chroma": "Chroma", "ponyv7": "Pony V7", "wanvideo": "Wan", "hyv": "Hunyuan Video", "ltxv": "LTX-Video"},
}
"""Names by the beginnings of what an AIR calls them."""
# First folders of a path in other programs, and of people who sort their files; none is an owner of LoRAs.
_FOLDERS = frozenset(
    {
        *("model", "models", "lora", "loras", "lycoris", "locon", "checkpoints", "embeddings", "sdxl", "sd15", "xl"),
        *("pony", "illustrious", "noobai", "style", "styles", "character", "characters", "concept", "concepts"),
        *("clothing", "clothes", "outfit", "outfits", "pose", "poses", "object", "objects", "background"),
        *("backgrounds", "slider", "sliders", "artists", "people", "celebrities", "misc", "other", "tools", "effects"),
        *("comfyui", "webui", "stable-diffusion-webui", "stable-diffusion-webui-forge", "downloads"),
    }
)
# Enough to tell `example.com/x` from the repository `owner.name/x`.
_TOP_LEVEL_DOMAINS = frozenset(
    {
        *("com", "org", "net", "io", "co", "ai", "dev", "app", "me", "xyz", "test", "red", "green", "art", "cn", "nz"),
        *("gg", "be", "cc", "ru", "de", "jp", "uk", "eu", "fr"),
    }
)


def parse_lora(text: str, known_names: Mapping[str, str] = NO_NAMES) -> LoraRef:
    """Return the LoRA that a pasted text names; `known_names` has paths by lower-case names. Raises InvalidRequest."""
    if path := known_names.get(_name_key(text.strip(STRIPPED))):
        return host_file(path) if is_host_file(path) else parse_lora(path)
    name, weight = read_tag(text)
    return replace(_require_unambiguous(_read_name(name, known_names)), weight=weight)


def read_tag(text: str) -> tuple[str, float | None]:
    """Return name and weight of `<lora:name:weight>`; other text is a name without weight. Raises InvalidRequest."""
    cleaned = _cleaned(text)
    if tag := _TAG.fullmatch(cleaned) or _WEIGHTED.fullmatch(cleaned):
        return tag[1].strip(STRIPPED), _weight(tag[2])
    return cleaned, None


def _cleaned(text: str) -> str:
    if len(text) > MAX_URL_LENGTH:
        # Before any pattern: their time grows with the text.
        raise refuse(messages.LORA_TOO_LONG)
    cleaned = without_wrapping(link_in_markdown(text.strip(STRIPPED)))
    if not cleaned:
        raise refuse(messages.NO_LORA_PATH)
    return with_one_scheme(cleaned)


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
    if path := _known_path(name, known_names):
        return host_file(path) if is_host_file(path) else parse_lora(path)
    if _LOCAL_PATH.match(name):
        raise refuse(messages.LORA_LOCAL)
    has_more = any(character.isspace() or character == "(" for character in name)
    named = named_in(name) if has_more else None
    return _read_one_word(without_wrapping(named) if named else name)


def _read_one_word(name: str) -> LoraRef:
    if _is_in_folder(name):
        check_ending(name)
        raise refuse(messages.LORA_BARE_NAME)
    if any(character.isspace() for character in name) or _SECOND_ADDRESS.search(name):
        raise refuse(messages.LORA_ONE_A_ROW if "/" in name else messages.LORA_BARE_NAME)
    if name.lower().startswith(("urn:", "air:")):
        return _read_air(name)
    if air := _CIVITAI_AIR.fullmatch(name):
        return civitai_version(air[2]) if air[2] else civitai_model(air[1])
    return _read_address(name)


def _known_path(name: str, known_names: Mapping[str, str]) -> str | None:
    """Return the path of a known name; a file in a folder of another program is found by its own name."""
    if path := known_names.get(_name_key(name)):
        return path
    is_path = not _SCHEME.match(name) and not _is_web_address(name) and not _AT_REVISION.match(name)
    is_deep = is_path and name.count("/") > 1
    if _LOCAL_PATH.match(name) or not (is_deep or _is_in_folder(name)):
        return None
    return known_names.get(_name_key(name.replace("\\", "/").rpartition("/")[2]))


def _is_in_folder(name: str) -> bool:
    """Return whether a text is the path of a file in a folder: a name, whose first part is no owner and no host."""
    if "\\" in name:
        return True
    first, *rest = name.lower().split("/")
    if not rest or ":" in name or _is_web_address(name):
        return False
    return first in _FOLDERS or (name.lower().endswith(".safetensors") and not _AT_REVISION.fullmatch(name))


def _name_key(name: str) -> str:
    return name.lower().removesuffix(".safetensors")


def _read_air(text: str) -> LoraRef:
    parts = _AIR.fullmatch(text)
    if not parts:
        raise refuse(messages.LORA_AIR_UNREADABLE)
    base, kind, site = (parts[part].lower() for part in (1, 2, 3))
    if kind not in _KINDS:
        raise refuse(messages.LORA_OTHER_KIND)
    if not _SDXL_BASES.fullmatch(base):
        raise refuse(
            messages.lora_for_another(next((_BASES[start] for start in _BASES if base.startswith(start)), base))
        )
    if site == "huggingface":
        return repository(parts[4])
    if site == "civitai" and parts[4].isdecimal() and (parts[5] or "0").isdecimal():
        return at_civitai(urlsplit(f"https://civitai.com/models/{parts[4]}?modelVersionId={parts[5] or ''}"))
    raise refuse(messages.LORA_AIR_UNREADABLE)


def _require_unambiguous(link: LoraRef) -> LoraRef:
    """Refuse an `owner/name` that would be read as a web address or a folder when it is read again."""
    if "/" in link.path and "://" not in link.path and (_is_web_address(link.path) or _is_in_folder(link.path)):
        raise refuse(messages.NOT_A_LORA_PATH)
    return link


def _read_address(text: str) -> LoraRef:
    scheme = _SCHEME.match(text)
    if scheme and scheme[1].lower() == "hf":
        return _read_hub_path(text[scheme.end() :])
    if scheme and scheme[1].lower() not in ("http", "https"):
        raise refuse(messages.NOT_A_LORA_PATH)
    address = text[scheme.end() :] if scheme else text
    if scheme or _is_web_address(address):
        # An http link is read as https: nothing else may be sent or opened.
        return _read_url(_split_url(f"https://{address}"))
    return _read_repository(address.strip("/"))


def _read_hub_path(path: str) -> LoraRef:
    """Return the LoRA of huggingface_hub's `hf://owner/name@revision/file`; the rest of an address is read too."""
    address = HubAddress.of_path(path)
    if "@" in address.repository:
        return _read_repository(path.strip("/"))
    if address.view and address.view not in _HUB_VIEWS:
        return repository_file(address.repository, "/".join(address.parts[2:]))
    return _read_address(f"https://huggingface.co/{path}")


def _is_web_address(text: str) -> bool:
    """Return whether a text is a URL without `https://`; an owner in `owner/name` may contain a dot too."""
    host, _, path = text.partition("/")
    if not _HOST.fullmatch(host):
        return False
    name = host.lower().partition(":")[0]
    if name == "localhost" or ":" in host or _is_ip_address(name):
        return True
    ending = name.rpartition(".")[2]
    if ending in _TOP_LEVEL_DOMAINS:
        return True
    is_path = "/" in path or path.lower().endswith(".safetensors")
    return is_path and ending.isalpha() and not _FOLDERS & set(path.lower().split("/"))


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
    site = host.removeprefix("www.")
    if site in HUGGING_FACE_HOSTS + CIVITAI_HOSTS:
        netloc = site
    elif site in HUGGING_FACE_MIRRORS:
        netloc = HUGGING_FACE_HOSTS[0]
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
    """Return the LoRA of `owner/name`, `owner/name@revision/file`, InvokeAI's `owner/name::file`; refuse a name."""
    if "/" not in text:
        check_ending(text)
        raise refuse(messages.LORA_BARE_NAME)
    if file := _REPOSITORY_FILE.fullmatch(text):
        return repository_file(file[1], file[2])
    name, _, revision = text.partition("@")
    address = HubAddress.of_path(f"{name}/tree/{revision or 'main'}")
    if address.file.lower().endswith(".safetensors"):
        return repository_file(name, address.file, address.revision)
    return repository_at(name, "/".join(address.parts[3:]))
