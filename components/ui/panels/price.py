"""Price JSON: the form as a request to be priced, and the estimate as the script shows it. Nothing is spent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.domain.batch import MAX_IMAGES
from components.domain.fields import MAX_LORAS, field_of
from components.domain.money import dollars
from components.domain.request import GenerationRequest, LoraWeight, Preset, Refine, SourceImage, is_whole
from components.errors import InvalidRequest
from components.messages.message import Message
from components.services.estimate import Estimate
from components.services.host_account import HostPayment
from components.ui.message_json import message_json
from components.ui.widgets import options_in

# As wide as a model may be; its own ranges are checked when a model is chosen.
_SIDES = range(64, 4097)
"""Pixels of a side."""
_STEPS = range(1, 1001)
_LORA_COUNTS = range(MAX_LORAS + 1)
_HANDOVER = field_of("high_noise_frac")
# The number of LoRAs may change a price; which ones they are does not.
_ANY_LORA = LoraWeight("owner/name")


def priced_request(values: Mapping[str, Any]) -> GenerationRequest | None:
    """Return a request with the price of the form's; None while the form has values that no request may have.

    The texts are not sent for a price: they are replaced by placeholders.
    """
    width, height = (_whole(values.get(name), _SIDES) for name in ("width", "height"))
    steps, loras = _whole(values.get("num_inference_steps"), _STEPS), _whole(values.get("loras"), _LORA_COUNTS)
    if width is None or height is None or steps is None or loras is None:
        return None
    image = SourceImage("", "", width, height) if values.get("has_picture") is True else None
    try:
        fields = {
            "prompt": "a picture",
            "negative_prompt": "text" if values.get("has_negative") is True else "",
            "width": width,
            "height": height,
            "num_inference_steps": steps,
            "loras": (_ANY_LORA,) * loras,
            "image": image,
            "mask": image if values.get("has_mask") is True else None,
            "preset": Preset.FAST if values.get("preset") == Preset.FAST.value else None,
        }
        return GenerationRequest.of({**options_in(values), **fields, **_refiner(values)})
    except InvalidRequest:
        return None


def image_count(values: Mapping[str, Any]) -> int:
    """Return the number of images of a press; 1 for anything out of range."""
    return _whole(values.get("pictures"), range(1, MAX_IMAGES + 1)) or 1


def price_json(
    estimate: Estimate, count: int, payment: HostPayment, *, is_payer: bool, without_loras: Estimate | None = None
) -> dict[str, Any]:
    """Return the estimate as the script shows it, for `count` images.

    Prices are for a person who pays. `without_loras` is the estimate of the same request without its LoRAs, None when
    it has none: a comparison costs both.
    """
    price = None if estimate.price is None else dollars(estimate.price * count)
    both = (
        None
        if without_loras is None or estimate.price is None or without_loras.price is None
        else estimate.price + without_loras.price
    )
    return {
        "free": estimate.is_free,
        "is_payer": is_payer,
        "price": price if is_payer else None,
        "costs_nothing": estimate.price == 0,
        "pictures": count,
        "comparison": None if both is None or not is_payer else dollars(both),
        "in_the_way": _json_or_none(estimate.blocked_by or _excess(payment, count)),
        "problem": _json_or_none(payment.problem),
        "left": payment.left,
        "is_hourly": payment.is_hourly,
        "off": {part: message_json(reason, is_free=True) for part, reason in estimate.unavailable.items()},
    }


def _excess(payment: HostPayment, count: int) -> Message | None:
    """Return why so many images are too many for now, where the host pays for some."""
    return None if payment.problem else payment.blocked_by(count)


def _json_or_none(message: Message | None) -> dict[str, Any] | None:
    return message_json(message, is_free=True) if message else None


def _refiner(values: Mapping[str, Any]) -> dict[str, Any]:
    mode = next((mode for mode in Refine if mode.value == values.get("refine")), Refine.OFF)
    steps = _whole(values.get("refine_steps"), _STEPS)
    if mode is Refine.SECOND_PASS:
        return {"refine": mode, "refine_steps": steps}
    handover = values.get(_HANDOVER.name)
    return {"refine": mode, _HANDOVER.name: handover if _HANDOVER.holds(handover) else _HANDOVER.default}


def _whole(value: Any, allowed: range) -> int | None:
    return value if is_whole(value) and value in allowed else None
