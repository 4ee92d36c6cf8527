"""Single-file models: what differs from SDXL's configuration stands in the names and shapes of their tensors alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from components.engines.sdxl.loras.header_check import shapes_in

_VELOCITY, _ZERO_SNR = "v_pred", "ztsnr"
"""Empty tensors that mark a model of v-prediction, and one whose training ended in pure noise."""
_FIRST_LAYER = "model.diffusion_model.input_blocks.0.0.weight"


def adapt_config(folder: Path, file: Path) -> None:
    """Write what a file's header says into a configuration. Raise EngineError for what is no safetensors file."""
    shapes = shapes_in(file)
    if _VELOCITY in shapes:
        # The last timestep, which alone is pure noise, is begun with in this spacing only.
        ends_in_noise = {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"} if _ZERO_SNR in shapes else {}
        _change(folder / "scheduler" / "scheduler_config.json", {"prediction_type": "v_prediction", **ends_in_noise})
    if len(first := shapes.get(_FIRST_LAYER, ())) == 4:
        _change(folder / "unet" / "config.json", {"in_channels": first[1]})


def _change(path: Path, values: dict[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | values), encoding="utf-8")
