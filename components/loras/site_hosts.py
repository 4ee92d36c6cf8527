"""Hosts of LoRA sites: Hugging Face and Civitai, without their `www.` names. Shared by the app and the SDXL engine."""

from __future__ import annotations

from urllib.parse import urlsplit

HUGGING_FACE_HOSTS = ("huggingface.co", "hf.co")
HUGGING_FACE_MIRRORS = ("hf-mirror.com",)
"""Sites with the files and paths of Hugging Face, whose addresses are read as its own."""
CIVITAI = "civitai.com"
CIVITAI_RED = "civitai.red"
"""The host that also has the models that Civitai's main host does not show."""
CIVITAI_HOSTS = (CIVITAI, "civitai.green", CIVITAI_RED)


def civitai_host(netloc: str) -> str:
    """Return the host of Civitai that is asked for an address at one of its hosts."""
    return CIVITAI_RED if netloc == CIVITAI_RED else CIVITAI


def civitai_urls(url: str) -> tuple[str, ...]:
    """Return the addresses at which a Civitai file is looked for, in this order: that one, then the main host's."""
    parts = urlsplit(url)
    hosts = dict.fromkeys((parts.netloc, CIVITAI) if parts.netloc == CIVITAI_RED else (parts.netloc,))
    return tuple(parts._replace(netloc=host).geturl() for host in hosts)
