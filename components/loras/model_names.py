"""Names of base models, as sites, model cards and training programs write them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.loras.safetensors_header import BaseModelFamily

_SIGNS = (
    # Before what they contain: Pony V7 is no Pony, and names of other models may end in `xl` or `v1`.
    (re.compile(r"pony[-_ .]?(?:diffusion[-_ .]?)?v?7"), BaseModelFamily.OTHER, ""),
    (re.compile(r"kolors"), BaseModelFamily.KOLORS, ""),
    (re.compile(r"qwen[-_ ]?image|^qwen"), BaseModelFamily.QWEN_IMAGE, ""),
    (re.compile(r"z[-_ ]?image"), BaseModelFamily.Z_IMAGE, ""),
    (re.compile(r"hidream"), BaseModelFamily.HIDREAM, ""),
    (re.compile(r"lumina"), BaseModelFamily.LUMINA, ""),
    (re.compile(r"noob[-_ ]?ai|naixl|noobxl"), BaseModelFamily.SDXL, "NoobAI"),
    (re.compile(r"illustrious|\bilxl"), BaseModelFamily.SDXL, "Illustrious"),
    (re.compile(r"animagine[-_ ]?xl"), BaseModelFamily.SDXL, "Animagine XL"),
    (
        re.compile(r"pony[-_ ]?(?:diffusion|xl)|^pony|pony$|pony[-_. ]?(?:v\d|safetensors)"),
        BaseModelFamily.SDXL,
        "Pony",
    ),
    (re.compile(r"sdxl|stable[-_ ]diffusion[-_ ]xl|sd[-_ ]xl|^xl_|^playground v2"), BaseModelFamily.SDXL, ""),
    (re.compile(r"flux"), BaseModelFamily.FLUX, ""),
    (re.compile(r"stable[-_ ]diffusion[-_ ](?:v)?3|\bsd[-_ ]?3"), BaseModelFamily.SD3, ""),
    (re.compile(r"stable[-_ ]diffusion[-_ ](?:v)?2|\bsd[-_ ]?v?2|^sd[-_ ]turbo"), BaseModelFamily.SD2, ""),
    (re.compile(r"stable[-_ ]diffusion[-_ ](?:v)?1|\bsd[-_ ]?v?1"), BaseModelFamily.SD1, ""),
    (
        re.compile(r"\bwan[-_ ]?(?:video|[12])|hunyuan|ltx|chroma|cosmos|pixart|cascade|mochi"),
        BaseModelFamily.OTHER,
        "",
    ),
    (re.compile(r"aura[-_ ]?flow|cogvideo|anima\b|sana\b"), BaseModelFamily.OTHER, ""),
)


@dataclass(frozen=True, slots=True)
class NamedBase:
    """Base model that a name means."""

    family: BaseModelFamily = BaseModelFamily.UNKNOWN
    kin: str = ""
    """Name of a model that was made from SDXL, whose LoRAs load into SDXL; empty for others."""


def named_base(*names: str) -> NamedBase:
    """Return what the first name that is understood means; a later one may name the model made from SDXL."""
    found = [base for name in names if (base := _of_name(name)).family is not BaseModelFamily.UNKNOWN]
    special = (base for base in found if base.kin or base.family is BaseModelFamily.KOLORS)
    is_plain = found and found[0].family is BaseModelFamily.SDXL
    return next(special, found[0]) if is_plain else found[0] if found else NamedBase()


def chosen_base(of_file: BaseModelFamily, named: BaseModelFamily) -> BaseModelFamily:
    """Return the family of a file whose tensors and names speak of one each: the tensors decide, where they can.

    The tensors of Kolors are those of SDXL, so there its name does.
    """
    if of_file is BaseModelFamily.UNKNOWN or (named is BaseModelFamily.KOLORS and of_file is BaseModelFamily.SDXL):
        return named
    return of_file


def _of_name(name: str) -> NamedBase:
    text = name[:200].lower()
    found = (NamedBase(family, kin) for sign, family, kin in _SIGNS if sign.search(text))
    return next(found, NamedBase())
