"""What the page's script tells of its form to learn a price, and what it is answered. Nothing is ever spent here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.errors import InvalidRequest
from components.estimate import Estimate
from components.generation import GenerationRequest, LoraWeight, Preset, Refine, SourceImage, is_whole
from components.money import dollars
from components.seeds import MOST_PICTURES
from components.ui.rows import told

_SIDES = range(64, 4097)
_STEPS = range(1, 1001)
_ROWS = range(5)
_ANY_LORA = LoraWeight("owner/name")


def outline(values: Mapping[str, Any]) -> GenerationRequest | None:
    """Return a request of the same price as the form's; None while the form holds what cannot be asked for."""
    width, height = (_whole(values.get(name), _SIDES) for name in ("width", "height"))
    steps, loras = _whole(values.get("num_inference_steps"), _STEPS), _whole(values.get("loras"), _ROWS)
    if width is None or height is None or steps is None or loras is None:
        return None
    picture = SourceImage("", "", width, height) if values.get("has_picture") is True else None
    try:
        return GenerationRequest(
            prompt="a picture",
            negative_prompt="text" if values.get("has_negative") is True else "",
            width=width,
            height=height,
            num_inference_steps=steps,
            loras=(_ANY_LORA,) * loras,
            image=picture,
            mask=picture if values.get("has_mask") is True else None,
            preset=Preset.FAST if values.get("preset") == Preset.FAST.value else None,
            **_refiner(values),
        )
    except InvalidRequest:
        return None


def pictures(values: Mapping[str, Any]) -> int:
    """Return how many pictures a press makes."""
    return _whole(values.get("pictures"), range(1, MOST_PICTURES + 1)) or 1


def shown(estimate: Estimate, count: int, bare: Estimate | None = None) -> dict[str, Any]:
    """Return the answer as the script shows it; `bare` is the estimate without LoRAs, where there are any."""
    price = None if estimate.price is None else dollars(estimate.price * count)
    both = None if bare is None or estimate.price is None or bare.price is None else estimate.price + bare.price
    return {
        "free": estimate.is_free,
        "price": price,
        "pictures": count,
        "comparison": None if both is None else dollars(both),
        "in_the_way": told(estimate.in_the_way, is_free=True) if estimate.in_the_way else None,
        "off": {part: told(reason, is_free=True) for part, reason in estimate.off.items()},
    }


def _refiner(values: Mapping[str, Any]) -> dict[str, Any]:
    way = next((way for way in Refine if way.value == values.get("refine")), Refine.OFF)
    steps = _whole(values.get("refine_steps"), _STEPS)
    if way is Refine.SECOND_PASS:
        return {"refine": way, "refine_steps": steps}
    handover = values.get("high_noise_frac")
    is_share = isinstance(handover, int | float) and not isinstance(handover, bool) and 0 <= handover <= 1
    return {"refine": way, "high_noise_frac": handover if is_share else 0.8}


def _whole(value: Any, within: range) -> int | None:
    return value if is_whole(value) and value in within else None
