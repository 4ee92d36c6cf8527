"""Names of base models, as sites, model cards and training programs write them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from components.loras.safetensors_header import BaseModelFamily

_KIN = (
    (re.compile(r"noob[-_ ]?ai|naixl|noobxl"), "NoobAI"),
    (re.compile(r"illustrious|\bilxl"), "Illustrious"),
    (re.compile(r"animagine[-_ ]?xl"), "Animagine XL"),
    (re.compile(r"pony[-_ ]?(?:diffusion|xl)|^pony|pony$|pony[-_. ]?(?:v\d|safetensors)"), "Pony"),
)
"""Models made from SDXL, whose LoRAs load into SDXL."""
_PONY_7 = re.compile(r"pony[-_ .]?(?:diffusion[-_ .]?)?v?7")
"""Made from AuraFlow, unlike the Pony before it."""
_FAMILIES = (
    (re.compile(r"kolors"), BaseModelFamily.KOLORS),
    (re.compile(r"qwen[-_ ]?image|^qwen(?: \d)?$"), BaseModelFamily.QWEN_IMAGE),
    (re.compile(r"\bz[-_ ]?image"), BaseModelFamily.Z_IMAGE),
    (re.compile(r"hidream"), BaseModelFamily.HIDREAM),
    (re.compile(r"\blumina(?:[-_ ]?(?:image|next|[12])|$)"), BaseModelFamily.LUMINA),
    (re.compile(r"sdxl|stable[-_ ]diffusion[-_ ]xl|sd[-_ ]xl|^xl_|^playground v2"), BaseModelFamily.SDXL),
    (re.compile(r"\bflux(?:[-_. ]?(?:\d|dev|schnell|kontext|krea|klein)|$)"), BaseModelFamily.FLUX),
    (re.compile(r"stable[-_ ]diffusion[-_ ](?:v)?3|\bsd[-_ ]?3"), BaseModelFamily.SD3),
    (re.compile(r"stable[-_ ]diffusion[-_ ](?:v)?2|\bsd[-_ ]?v?2|\bsd[-_ ]turbo"), BaseModelFamily.SD2),
    (re.compile(r"stable[-_ ]diffusion[-_ ](?:v)?1|\bsd[-_ ]?v?1"), BaseModelFamily.SD1),
    (re.compile(r"\bwan[-_ ]?(?:video|[12])|hunyuan|\bltx|pixart|cogvideo"), BaseModelFamily.OTHER),
    (re.compile(r"\bchroma(?:1|$|[-_ ](?:hd|v\d|unlocked))|\bcosmos[-_ ]?(?:predict|\d)"), BaseModelFamily.OTHER),
    (re.compile(r"stable[-_ ]cascade|\bmochi[-_ ]?1|aura[-_ ]?flow|^anima$"), BaseModelFamily.OTHER),
)
"""In this order: a name may contain another's, as `sdxl_base_v1-0` does `v1`."""


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


def says_kolors(*names: str) -> bool:
    """Return whether names of a file or repository speak of Kolors, and not of SDXL too."""
    text = " ".join(name[:500] for name in names).lower()
    return "kolors" in text and "xl" not in text


def chosen_base(of_file: BaseModelFamily, named: BaseModelFamily) -> BaseModelFamily:
    """Return the family of a file whose tensors and names speak of one each: the tensors decide, where they can.

    The tensors of Kolors are those of SDXL, so there its name does.
    """
    if of_file is BaseModelFamily.UNKNOWN or (named is BaseModelFamily.KOLORS and of_file is BaseModelFamily.SDXL):
        return named
    return of_file


def _of_name(name: str) -> NamedBase:
    text = name[:200].lower()
    if _PONY_7.search(text):
        return NamedBase(BaseModelFamily.OTHER)
    if kin := next((kin for sign, kin in _KIN if sign.search(text)), ""):
        return NamedBase(BaseModelFamily.SDXL, kin)
    return NamedBase(next((family for sign, family in _FAMILIES if sign.search(text)), BaseModelFamily.UNKNOWN))
