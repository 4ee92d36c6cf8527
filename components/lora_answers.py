"""What Hugging Face and Civitai tell of a LoRA, read from their answers. Pure; what they say is not trusted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from components import messages
from components.errors import NoLoraFile, OutsideTrouble
from components.lora_header import Base, words_of

_USUAL_FILE = "pytorch_lora_weights.safetensors"
_MOST_NAMES = 3
_LORA_TYPES = frozenset({"lora", "locon", "dora", "lycoris"})
_BASES = (
    (("sdxl", "pony", "illustrious", "noobai", "playground"), Base.SDXL),
    (("sd 1", "sd1"), Base.SD1),
    (("sd 2", "sd2"), Base.SD2),
    (("sd 3", "sd3"), Base.SD3),
    (("flux",), Base.FLUX),
)
_MODELS = (
    ("stable-diffusion-xl", Base.SDXL),
    ("sdxl", Base.SDXL),
    ("stable-diffusion-v1", Base.SD1),
    ("stable-diffusion-2", Base.SD2),
    ("stable-diffusion-3", Base.SD3),
    ("flux", Base.FLUX),
)


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """What a site tells of a LoRA."""

    file: str = ""
    """Hugging Face: the file's name in its repository. Civitai: the number of the version."""
    base: Base = Base.UNKNOWN
    words: tuple[str, ...] = ()
    title: str = ""


def read_json(content: bytes) -> Mapping[str, Any]:
    """Return an answer's object. Raises OutsideTrouble for anything else."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise OutsideTrouble(messages.SITE_REFUSES) from error
    if not isinstance(found, dict):
        raise OutsideTrouble(messages.SITE_REFUSES)
    return cast("dict[str, Any]", found)


def of_hugging_face(told: Mapping[str, Any]) -> SiteFacts:
    """Choose the file of a repository that is the LoRA.

    Raises NoLoraFile where there is none or a login is needed, OutsideTrouble where there are several.
    """
    if told.get("gated") or told.get("private"):
        raise NoLoraFile(messages.LORA_LOGIN)
    card = _object(told.get("cardData"))
    bases = card.get("base_model")
    named = bases if isinstance(bases, list) else [bases]
    base = _first(str(name).lower() for name in named[:4])
    return SiteFacts(_the_file(told), base, words_of([card.get("instance_prompt")]))


def of_civitai_model(told: Mapping[str, Any]) -> SiteFacts:
    """Choose the newest version of a model. Raises NoLoraFile."""
    versions = [_object(version) for version in _list(told.get("modelVersions"))]
    if not versions:
        raise NoLoraFile(messages.LORA_NOT_FOUND)
    return _of_version(versions[0], told)


def of_civitai_version(told: Mapping[str, Any]) -> SiteFacts:
    """Read one version. Raises NoLoraFile."""
    return _of_version(told, _object(told.get("model")))


def _of_version(version: Mapping[str, Any], model: Mapping[str, Any]) -> SiteFacts:
    if str(model.get("type", "lora")).lower() not in _LORA_TYPES:
        raise NoLoraFile(messages.LORA_OTHER_KIND)
    number = version.get("id")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 < number < 10**12:
        raise OutsideTrouble(messages.SITE_REFUSES)
    titles = words_of([model.get("name")])
    words = words_of(_list(version.get("trainedWords")))
    return SiteFacts(str(number), _civitai_base(version.get("baseModel")), words, titles[0] if titles else "")


def _civitai_base(told: Any) -> Base:
    name = told.lower() if isinstance(told, str) else ""
    found = (base for starts, base in _BASES if name.startswith(starts))
    unknown = Base.UNKNOWN if name in ("", "other") else Base.OTHER
    return next(found, unknown)


def _first(names: Iterable[str]) -> Base:
    return next((base for name in names for sign, base in _MODELS if sign in name), Base.UNKNOWN)


def _the_file(told: Mapping[str, Any]) -> str:
    names = [str(_object(one).get("rfilename", "")) for one in _list(told.get("siblings"))]
    files = [name for name in names if name.endswith(".safetensors") and "/" not in name]
    if _USUAL_FILE in files:
        return _USUAL_FILE
    if "model_index.json" in names:
        raise NoLoraFile(messages.LORA_OTHER_KIND)
    if not files:
        raise NoLoraFile(messages.LORA_NO_FILE)
    if len(files) > 1:
        shown = words_of(files)[:_MOST_NAMES]
        raise OutsideTrouble(messages.lora_several_files(", ".join(shown)))
    return files[0]


def _object(value: Any) -> Mapping[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return cast("list[Any]", value)[:10_000] if isinstance(value, list) else []
