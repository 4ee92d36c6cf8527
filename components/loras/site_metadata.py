"""Site metadata of a LoRA, from JSON of the Hugging Face and Civitai APIs. Pure; nothing in it is trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from components import messages
from components.domain.json_values import as_list, as_mapping
from components.errors import NotALora, SiteUnavailable
from components.loras.hub_address import is_safe_path
from components.loras.lora_facts import words_of
from components.loras.model_names import NamedBase, named_base
from components.loras.safetensors_header import BaseModelFamily

# The name under which diffusers saves a LoRA.
_DEFAULT_FILE = "pytorch_lora_weights.safetensors"
_MAX_NAMES = 3
"""File names that a message lists."""
NO_BASE = NamedBase()
_LORA_TYPES = frozenset({"lora", "locon", "dora", "lycoris"})


@dataclass(frozen=True, slots=True)
class SiteMetadata:
    """Metadata of a LoRA at a site."""

    file: str = ""
    """Hugging Face: file name in the repository. Civitai: number of the version."""
    base: NamedBase = NO_BASE
    trigger_words: tuple[str, ...] = ()
    title: str = ""


def read_json(content: bytes) -> Mapping[str, Any]:
    """Return the JSON object in a response. Raises SiteUnavailable for anything else."""
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SiteUnavailable(messages.SITE_REFUSES) from error
    if not isinstance(data, dict):
        raise SiteUnavailable(messages.SITE_REFUSES)
    return cast("dict[str, Any]", data)


def from_hugging_face(data: Mapping[str, Any]) -> SiteMetadata:
    """Return the metadata in a response of `/api/models/<owner>/<name>`, with the file that is the LoRA.

    Raises NotALora when there is none or a login is needed, SiteUnavailable when there are several.
    """
    # `gated` is false, "auto" or "manual".
    if data.get("gated") or data.get("private"):
        raise NotALora(messages.LORA_LOGIN)
    card = as_mapping(data.get("cardData"))
    bases = card.get("base_model")
    named = bases if isinstance(bases, list) else [bases]
    base = named_base(*(str(name) for name in named[:4]))
    return SiteMetadata(_lora_file(data), base, words_of([card.get("instance_prompt")]))


def from_civitai_model(data: Mapping[str, Any]) -> SiteMetadata:
    """Return the metadata of the newest version, which is listed first, in a response of `/models/<id>`.

    Raises NotALora, or SiteUnavailable for invalid JSON.
    """
    versions = [as_mapping(version) for version in as_list(data.get("modelVersions"))]
    if not versions:
        raise NotALora(messages.LORA_NOT_FOUND)
    return _version_metadata(versions[0], data)


def from_civitai_version(data: Mapping[str, Any]) -> SiteMetadata:
    """Return the metadata in a response of `/model-versions/<id>`. Raises as `from_civitai_model`."""
    return _version_metadata(data, as_mapping(data.get("model")))


def _version_metadata(version: Mapping[str, Any], model: Mapping[str, Any]) -> SiteMetadata:
    if str(model.get("type", "lora")).lower() not in _LORA_TYPES:
        raise NotALora(messages.LORA_OTHER_KIND)
    number = version.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**12:
        raise SiteUnavailable(messages.SITE_REFUSES)
    titles = words_of([model.get("name")])
    words = words_of(as_list(version.get("trainedWords")))
    return SiteMetadata(str(number), _civitai_base(version.get("baseModel")), words, titles[0] if titles else "")


def _civitai_base(value: Any) -> NamedBase:
    """Return the base of Civitai's `baseModel`, a list of names that has one for each model it knows."""
    name = value if isinstance(value, str) else ""
    found = named_base(name)
    is_another = found.family is BaseModelFamily.UNKNOWN and name.lower() not in ("", "other")
    return NamedBase(BaseModelFamily.OTHER) if is_another else found


def lora_files(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the files of a repository that may be its LoRA: one, where that is clear.

    Raises NotALora when there is none.
    """
    names = [str(as_mapping(sibling).get("rfilename", "")) for sibling in as_list(data.get("siblings"))]
    files = [name for name in names if name.endswith(".safetensors") and "/" not in name and is_safe_path(name)]
    if _DEFAULT_FILE in files:
        return (_DEFAULT_FILE,)
    # The index of a whole diffusers pipeline, whose weights are no LoRA.
    if "model_index.json" in names:
        raise NotALora(messages.LORA_OTHER_KIND)
    if not files:
        raise NotALora(messages.LORA_NO_FILE)
    return tuple(files)


def _lora_file(data: Mapping[str, Any]) -> str:
    file, *others = lora_files(data)
    if others:
        listed = words_of((file, *others))[:_MAX_NAMES]
        raise SiteUnavailable(messages.lora_several_files(tuple(listed)))
    return file
