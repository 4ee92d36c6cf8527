"""Safetensors files that are no LoRA: what they are, by their tensors' names. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_MOST_OF_EMBEDDING = 8
"""Tensors of a textual inversion."""
_EMBEDDING = re.compile(r"^(?:emb_params|clip_[glh]|string_to_param\..*|<[^>]*>|\*)$")
_ADAPTER = re.compile(r"\.(?:hra_u|shira_\w+|vera_\w+|fourierft_\w+|randlora_\w+|bone_\w+|c3a_\w+|waveft_\w+)(?:\.|$)")
"""Parts of PEFT's adapters that are neither LoRA nor LyCORIS, on the layers of a model."""
_CONTENTS = (
    ("controlnet", re.compile(r"(?m)control_model\.|controlnet|control_add_embedding|input_hint_block|lllite_")),
    ("ip_adapter", re.compile(r"(?m)^(?:image_proj|ip_adapter)\.|to_[kv]_ip\b")),
    ("motion_module", re.compile(r"motion_modules?\.|temporal_transformer")),
    (
        "model",
        re.compile(
            r"(?m)^(?:model\.)?diffusion_model\.|^cond_stage_model\.|^conditioner\.embedders"
            r"|^(?:unet\.)?(?:down_blocks|mid_block|up_blocks)\.\d*.*(?:resnets|attentions)|^(?:input|output)_blocks\.\d"
            r"|^(?:transformer\.)?(?:double_blocks|single_blocks|joint_blocks|transformer_blocks"
            r"|single_transformer_blocks|double_stream_blocks|noise_refiner)\.\d"
        ),
    ),
    ("vae", re.compile(r"(?m)^(?:first_stage_model\.|vae\.)?(?:encoder|decoder)\.(?:conv_in|down|up|mid)|quant_conv")),
    (
        "text_encoder",
        re.compile(
            r"(?m)text_model\.(?:encoder|embeddings)|^(?:encoder\.block|model\.layers|transformer\.resblocks)\.\d"
        ),
    ),
    ("upscaler", re.compile(r"(?m)^(?:model\.)?(?:conv_first|body\.\d+\.rdb|RRDB_trunk|layers\.\d+\.residual_group)")),
)


def content_of(names: Iterable[str]) -> str:
    """Return what a file without a LoRA is, as the end of the code `file_content.<...>`; empty: not known."""
    names = [name for name in names if not _ADAPTER.search(name)]
    lines = "\n".join(names)
    if 0 < len(names) <= _MOST_OF_EMBEDDING and all(_EMBEDDING.match(name) for name in names):
        return "embedding"
    found = (content for content, sign in _CONTENTS if sign.search(lines))
    return next(found, "")
