"""Layers of a LoRA: its tensors by the layer of the model that they change, and the sizes of that layer. Pure.

Spellings of parts: kohya, PEFT, diffusers; https://github.com/KohakuBlueleaf/LyCORIS for the others.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar

from components.loras.safetensors_header import Architecture, Shape

Tensor = TypeVar("Tensor")
"""A tensor, or its shape."""
Parts = Mapping[str, Shape]
"""Shapes of one layer's tensors by the names of its parts, such as `down` or `lokr_w1`."""

_HALVES = {"lora_down": "down", "lora_up": "up", "lora_A": "down", "lora_B": "up"}
_DIFFUSERS_HALVES = ("_lora", ".lora", ".lora_linear_layer", "_lora1", "_lora2")
"""Ends of a layer's name before `.down` and `.up`; the numbered ones are those of XLabs."""
_GLORA = {"a1", "a2", "b1", "b2"}
_ARCHITECTURES = (
    (Architecture.DORA, {"dora_scale", "lora_magnitude_vector"}),
    (Architecture.LOHA, {"hada_w1_a"}),
    (Architecture.LOKR, {"lokr_w1", "lokr_w1_a", "lokr_w2", "lokr_w2_a"}),
    (Architecture.OFT, {"oft_blocks", "oft_diag", "oft_R", "oft_r", "oft_S", "oft_s", "boft_R", "boft_s"}),
    (Architecture.IA3, {"on_input", "ia3_l"}),
    (Architecture.LORA, {"down"}),
    # Also beside the pairs of a LoRA, for what has no matrix.
    (Architecture.FULL, {"diff", "diff_b", "set_weight"}),
    (Architecture.NORM, {"w_norm", "b_norm"}),
)
_OTHER_PARTS = {"alpha", "lora_mid", "hada_w1_b", "hada_w2_a", "hada_w2_b", "hada_t1", "hada_t2", "lokr_t2"}
_PARTS = frozenset(
    {"lokr_w1_b", "lokr_w2_b"}
    | _GLORA
    | _HALVES.keys()
    | _OTHER_PARTS
    | {part for _, of in _ARCHITECTURES for part in of}
) - {"down"}


_CHANGES = re.compile(r"(?:down|up|lora_mid|hada_\w+|lokr_\w+)$")


def layers_of(tensors: Mapping[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """Return the parts of each layer by its name, in which dots are underscores; other tensors are left out."""
    layers: dict[str, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        layer, part = _split(name)
        if part:
            layers.setdefault(layer.replace(".", "_").replace("__", "_"), {})[part] = tensor
    return layers


def is_lora(parts: Iterable[str]) -> bool:
    """Return whether a layer has parts of a LoRA, LoHa or LoKr."""
    return any(_CHANGES.match(part) for part in parts)


def is_complete(parts: Iterable[str]) -> bool:
    """Return whether a layer of a LoRA, LoHa or LoKr has all matrices that its product needs."""
    there = set(parts)
    if there & {"down", "up"}:
        return there >= {"down", "up"}
    if any(part.startswith("hada_") for part in there):
        return there >= {"hada_w1_a", "hada_w1_b", "hada_w2_a", "hada_w2_b"}
    return all(there & {w} or there >= {f"{w}_a", f"{w}_b"} for w in ("lokr_w1", "lokr_w2"))


def _split(name: str) -> tuple[str, str]:
    """Return layer and part of a tensor's name, which may end in the name of an adapter; no part: it is another's."""
    stem = name.removesuffix(".weight")
    layer, _, part = stem.rpartition(".")
    if part not in _PARTS and part not in ("down", "up"):
        inner, _, inner_part = layer.rpartition(".")
        if inner_part not in _PARTS or part == "bias":
            return (stem, "weight") if stem is not name else ("", "")
        layer, part = inner, inner_part
    if part in ("down", "up"):
        return next(((layer.removesuffix(end), part) for end in _DIFFUSERS_HALVES if layer.endswith(end)), ("", ""))
    return layer, _HALVES.get(part, part)


def architecture_of(names: Iterable[str]) -> Architecture:
    """Return the architecture that the tensors' names show; NONE: there is no whole LoRA among them."""
    layers = layers_of(dict.fromkeys(names, ()))
    parts = {part for layer in layers.values() for part in layer}
    if any(is_glora(layer) for layer in layers.values()) and not any(parts & of for _, of in _ARCHITECTURES[:3]):
        return Architecture.GLORA
    return next((architecture for architecture, of in _ARCHITECTURES if parts & of), Architecture.NONE)


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
