"""Files of an SDXL repository on the Hub, by name, with placeholder contents."""

from __future__ import annotations

PARTS = ("unet", "vae", "text_encoder", "text_encoder_2")
CONFIGS = {f"{part}/config.json": b"{}" for part in PARTS}
WEIGHTS = {
    f"{part}/{'model' if 'text' in part else 'diffusion_pytorch_model'}{half}.safetensors": part.encode() * 1000
    for part in PARTS
    for half in ("", ".fp16")
}
REST = {
    "model_index.json": b"{}",
    "scheduler/scheduler_config.json": b"{}",
    "tokenizer/vocab.json": b"{}",
    "tokenizer/merges.txt": b"",
    "tokenizer_2/vocab.json": b"{}",
    "tokenizer_2/merges.txt": b"",
}
EXTRA = {
    "README.md": b"",
    "sd_xl_base_1.0.safetensors": b"whole",
    "unet/model.onnx": b"onnx",
    "unet/diffusion_pytorch_model.bin": b"pickle",
    "vae_1_0/diffusion_pytorch_model.safetensors": b"another",
}
MODEL = {name: name.encode() + data for name, data in {**CONFIGS, **WEIGHTS, **REST, **EXTRA}.items()}
"""No two files have the same content: the Hub's library would fetch those only once."""
