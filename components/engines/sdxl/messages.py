"""Messages of the engine: why an image cannot be generated, or differs from the request."""

from __future__ import annotations

from collections.abc import Sequence

from components.messages.message import Message

LORA_PAGE = Message("engine_lora_page")
LORA_PICKLE = Message("engine_lora_pickle")
LORA_POINTER = Message("engine_lora_pointer")
LORA_CUT_OFF = Message("engine_lora_cut_off")
LORA_EMPTY = Message("engine_lora_empty")
LORA_NOT_SAFETENSORS = Message("engine_lora_not_safetensors")
LORA_NONE = Message("engine_lora_none")
LORA_HALF = Message("engine_lora_half")
LORA_FLUX = Message("engine_lora_flux")
LORA_SD3 = Message("engine_lora_sd3")
LORA_SD1 = Message("engine_lora_sd1")
LORA_SD2 = Message("engine_lora_sd2")
LORA_OTHER = Message("engine_lora_other")
LORA_SHAPES = Message("engine_lora_shapes")
LORA_BROKEN = Message("engine_lora_broken")
LORA_NO_EFFECT = Message("engine_lora_no_effect")
LORA_ZERO = Message("engine_lora_zero")
LORA_DAMAGED = Message("engine_lora_damaged")
LORA_LAYOUT = Message("engine_lora_layout")
LORA_TOO_LARGE = Message("engine_lora_too_large")
LORA_NOT_FOUND = Message("engine_lora_not_found")
LORA_NO_ACCESS = Message("engine_lora_no_access")
LORA_HOST = Message("engine_lora_host")
LORA_AWAY = Message("engine_lora_away")
LORA_SEVERAL = Message("engine_lora_several")
LORA_OUTSIDE_FOLDER = Message("engine_lora_outside_folder")

NO_MEMORY = Message("engine_no_memory")
NO_MODEL = Message("engine_no_model")
MODEL_UNREADABLE = Message("engine_model_unreadable")
NO_REFINER = Message("engine_no_refiner")
NO_MIND = Message("engine_no_mind")
NO_DECODE = Message("engine_no_decode")
MODEL_NEEDS_MASK = Message("engine_model_needs_mask")
DEVICE_LOST = Message("engine_device_lost")

LENT_CARD_FAILED = Message("engine_lent_card_failed")
LENT_CARD_QUOTA = Message("engine_lent_card_quota")
LENT_CARD_TOO_LONG = Message("engine_lent_card_too_long")
LENT_CARD_BUSY = Message("engine_lent_card_busy")

FAST_WITHOUT_REFINER = Message("note_fast_without_refiner")
TOO_FEW_STEPS = Message("note_too_few_steps")
AS_IT_WAS = Message("note_as_it_was")

LOADING = Message("stage_loading_model")
SMALLER = Message("stage_smaller")

RETIRED = (
    Message("engine_lora_dora"),
    Message("engine_lora_loha"),
    Message("engine_lora_lokr"),
    Message("engine_lora_unreadable"),
)
"""No longer made; records of earlier versions have them."""


def lora_of_make(make: str) -> Message:
    """Return the message for a type of LoRA, such as GLoRA, that the engine does not load."""
    return Message("engine_lora_of_make", {"make": make})


def lora_for_another(base: str) -> Message:
    """Return the message for a LoRA of a base model with this name."""
    return Message("engine_lora_for_another", {"base": base})


def layers_left_out(count: int, total: int) -> Message:
    """Return the note on a LoRA of which `count` of `total` layers are none of the model."""
    return Message("note_lora_layers_left_out", {"count": count, "total": total})


def embeddings_left_out(words: Sequence[str]) -> Message:
    """Return the note on a LoRA with embeddings for these words."""
    return Message("note_lora_embeddings_left_out", {"words": tuple(words)})


def no_device(name: str) -> Message:
    """Return the message for a device of the setting that is not there."""
    return Message("engine_no_device", {"name": name})


def quota_used_up(wait: str) -> Message:
    """Return the message for a visitor whose GPU time is used up for `wait`, as hours, minutes and seconds."""
    return Message("engine_lent_card_quota_until", {"wait": wait})


def fetching(share: float) -> Message:
    """Return the stage of a model's download; `share` of it is done, 0 to 1."""
    return Message("stage_fetching_model", {"percent": round(100 * share)})


def fetching_lora(share: float) -> Message:
    """Return the stage of a LoRA's download; `share` of it is done, 0 to 1."""
    return Message("stage_fetching_lora", {"percent": round(100 * share)})
