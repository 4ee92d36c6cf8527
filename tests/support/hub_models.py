"""Models in the shape in which Hugging Face's `/api/models` lists them (huggingface_hub's ModelInfo)."""

from __future__ import annotations

from typing import Any

ADAPTER = "base_model:adapter:stabilityai/stable-diffusion-xl-base-1.0"


def model(**fields: Any) -> dict[str, Any]:
    """Return a public LoRA of SDXL with one file; `fields` replace its own."""
    name = str(fields.get("id", "owner/name"))
    found: dict[str, Any] = {
        "_id": "65a0c1f2e4b0a1b2c3d4e5f6",
        "id": name,
        "author": name.partition("/")[0],
        "gated": False,
        "private": False,
        "likes": 5,
        "tags": ["diffusers", "text-to-image", "lora", ADAPTER],
        "cardData": {"license": "mit", "base_model": "stabilityai/stable-diffusion-xl-base-1.0"},
        "siblings": [{"rfilename": file} for file in (".gitattributes", "README.md", "name.safetensors")],
    }
    return found | fields
