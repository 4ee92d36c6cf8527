"""Layers of a LoRA: its tensors by the layer of the model that they change, and the sizes of that layer. Pure.

Spellings of parts: kohya, PEFT, diffusers; https://github.com/KohakuBlueleaf/LyCORIS for the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from components.loras.safetensors_header import Shape

Parts = Mapping[str, Shape]
"""Shapes of one layer's tensors by the names of its parts, such as `down` or `lokr_w1`."""

_PART = re.compile(
    r"[._](lora_down|lora_up|lora_mid|lora_[AB]|lora\.down|lora\.up|lora_linear_layer\.down|lora_linear_layer\.up"
    r"|hada_w[12]_[ab]|hada_t[12]|lokr_w[12](?:_[ab])?|lokr_t2|[ab][12]|diff_b|diff|set_weight|w_norm|b_norm|on_input"
    r"|oft_blocks|oft_diag|b?oft_[rRsS]|ia3_l|dora_scale|lora_magnitude_vector|weight)(?:\.[\w-]{1,60})?(?:\.weight)?$"
)
_HALVES = {"lora_A": "down", "lora_B": "up"}
_GLORA = {"a1", "a2", "b1", "b2"}


def layers_of(shapes: Mapping[str, Shape]) -> dict[str, dict[str, Shape]]:
    """Return the parts of each layer by its name, in which dots and underscores are the same; others are left out."""
    layers: dict[str, dict[str, Shape]] = {}
    for name, shape in shapes.items():
        if found := _PART.search(name):
            part = found[1].removeprefix("lora_linear_layer.").removeprefix("lora.").removeprefix("lora_")
            layers.setdefault(flat(name[: found.start()]), {})[_HALVES.get(found[1], part)] = shape
    return layers


def flat(name: str) -> str:
    """Return a tensor's name with an underscore for each dot."""
    return name.replace(".", "_").replace("__", "_")


def is_glora(parts: Parts) -> bool:
    """Return whether these are the four matrices of a GLoRA."""
    return parts.keys() >= _GLORA


def input_width(parts: Parts) -> int | None:
    """Return how many numbers the layer takes; None: its parts do not show it."""
    for name in ("down", "hada_w1_b", "diff", "set_weight"):
        if (width := _side(parts, name, 1)) is not None:
            return width
    if is_glora(parts):
        return max(parts["a1"], default=None)  # the other side is the rank
    return _product(_lokr_side(parts, "lokr_w1", 1), _lokr_side(parts, "lokr_w2", 1))


def output_width(parts: Parts) -> int | None:
    """Return how many numbers the layer gives; None: its parts do not show it."""
    loha = () if "hada_t1" in parts else ("hada_w1_a",)
    for name in ("up", *loha, "diff", "set_weight"):
        if (width := _side(parts, name, 0)) is not None:
            return width
    if is_glora(parts):
        return max((*parts["b1"], *parts["b2"]), default=None)
    if len(blocks := parts.get("oft_blocks", ())) >= 3:
        return blocks[-3] * blocks[-1]
    return _product(_lokr_side(parts, "lokr_w1", 0), _lokr_side(parts, "lokr_w2", 0))


def widths(parts: Parts) -> Iterator[int]:
    """Yield what is known of the layer's widths, without saying which side of it has them."""
    yield from (width for width in (input_width(parts), output_width(parts)) if width)
    if "on_input" in parts or "ia3_l" in parts:
        yield from (max(parts[name]) for name in ("weight", "ia3_l") if parts.get(name))


def _side(parts: Parts, name: str, side: int) -> int | None:
    shape = parts.get(name, ())
    return shape[side] if len(shape) > side else None


def _lokr_side(parts: Parts, name: str, side: int) -> int | None:
    """Return a side of a factor: whole, or a product itself, of `w1_a` (outputs, rank) and `w1_b` (rank, inputs)."""
    whole = _side(parts, name, side)
    return _side(parts, f"{name}_{'b' if side else 'a'}", side) if whole is None else whole


def _product(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one * other
