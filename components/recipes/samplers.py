"""Samplers by the names of other programs, most of which name the spread of the steps apart. Pure.

Sources: A1111's modules/sd_samplers_kdiffusion.py, the list of names of ComfyUI's KSampler (Fooocus and SwarmUI write
the same), InvokeAI's schedulers.py, and the table of A1111's names in the documentation of diffusers.
"""

from __future__ import annotations

from components.domain.request import Sampler
from components.recipes.parsed import ParsedSampler

_LONGEST = 40
"""Characters of a name."""
_DPM_2M, _DPM_2M_SDE = "dpm++ 2m", "dpm++ 2m sde"
_SPELLINGS = {
    "euler": ("euler", "k_euler"),
    "euler a": ("euler a", "euler_a", "k_euler_a", "euler_ancestral", "k_euler_ancestral"),
    _DPM_2M: (_DPM_2M, "dpmpp_2m", "k_dpmpp_2m"),
    _DPM_2M_SDE: (_DPM_2M_SDE, "dpmpp_2m_sde", "dpmpp_2m_sde_gpu", "k_dpmpp_2m_sde"),
    f"{_DPM_2M} karras": (f"{_DPM_2M} karras", "dpmpp_2m_k", "k_dpmpp_2m_ka"),
    f"{_DPM_2M_SDE} karras": (f"{_DPM_2M_SDE} karras", "dpmpp_2m_sde_k", "k_dpmpp_2m_sde_ka"),
    "ddim": ("ddim",),
    "unipc": ("unipc", "uni_pc", "uni_pc_bh2"),
    "lcm": ("lcm",),
}
_NAMES = {spelling: name for name, spellings in _SPELLINGS.items() for spelling in spellings}
_KARRAS, _AUTOMATIC = "karras", "automatic"
_PLAIN = frozenset(("", _AUTOMATIC, "normal", "uniform", "native"))
"""Spreads of the steps that are a sampler's own."""
_OWN_SPREADS = {"ddim": frozenset(("ddim_uniform",)), "lcm": frozenset(("sgm_uniform", "simple"))}
"""Further ones that these samplers come with; LCM has timesteps of its own."""
_BY_NAME = {sampler.value.lower(): sampler for sampler in Sampler}


def parsed_sampler(name: str, spread: str, keys: tuple[str, ...]) -> ParsedSampler | None:
    """Return the sampler of these names, which `keys` have in the recipe; None where the app has no such one."""
    if max(len(name), len(spread)) > _LONGEST:
        return None
    found = _NAMES.get(name.strip().lower(), "")
    sampler = _BY_NAME.get(_with_spread(found, spread.strip().lower()))
    return ParsedSampler(sampler, keys) if sampler else None


def _with_spread(name: str, spread: str) -> str:
    """Return a sampler's name with the spread of its steps in it; "" for one that it does not go with."""
    # A1111 chooses Karras itself for this one.
    if spread == _KARRAS or (spread == _AUTOMATIC and name == _DPM_2M):
        return name if name.endswith(_KARRAS) else f"{name} {_KARRAS}"
    return name if spread in _PLAIN | _OWN_SPREADS.get(name, frozenset()) else ""
