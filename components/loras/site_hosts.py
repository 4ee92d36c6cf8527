"""Hosts of LoRA sites: Hugging Face and Civitai, without their `www.` names. Shared by the app and the SDXL engine."""

from __future__ import annotations

HUGGING_FACE_HOSTS = ("huggingface.co", "hf.co")
CIVITAI_HOSTS = ("civitai.com", "civitai.green", "civitai.red")
