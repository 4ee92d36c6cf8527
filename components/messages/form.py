"""Messages about fields of the form."""

from __future__ import annotations

from components.messages.catalogue import Param, Text
from components.messages.catalogue import texts as _texts
from components.messages.message import Message

NO_PROMPT = Message("no_prompt")
SEEDS_WRAPPED = Message("seeds_wrapped")
HALF_A_CHARACTER = Message("half_a_character")
NOT_TEXT = Message("not_text")
NOT_A_NUMBER = Message("not_a_number")
NO_NUMBER_OF_PICTURES = Message("no_number_of_pictures")
NO_LORA_PATH = Message("no_lora_path")
NOT_A_LORA_PATH = Message("not_a_lora_path")
NO_LORAS_HERE = Message("no_loras_here")
NO_HOST_LORAS_THERE = Message("no_host_loras_there")
NOT_A_LIST_OF_LORAS = Message("not_a_list_of_loras")
IMAGE_NOT_FITTED = Message("image_not_fitted")
MASK_WITHOUT_IMAGE = Message("mask_without_image")
MASK_NOT_FITTED = Message("mask_not_fitted")
MASK_CHANGES_NOTHING = Message("mask_changes_nothing")
MASK_UNCLEAR = Message("mask_unclear")
NOT_A_LORA = Message("not_a_lora")
REQUEST_ID_USED = Message("request_id_used")
REQUEST_ID_UNFIT = Message("request_id_unfit")


def field_title(field: str) -> Param:
    """Return the title of a field in a sentence; `field` is a field of the request or of the model's schema."""
    return _text_or_name(Text(f"field.{field}.title"), field.capitalize())


def feature(name: str) -> Param:
    """Return what a model may support, as the object of a sentence: a field, or `all` or `refine_mode`."""
    return _text_or_name(Text(f"feature.{name}"), name)


def _text_or_name(text: Text, name: str) -> Param:
    """Return a text; the name in words where the catalogue has none, as for a field that is new in the table."""
    return text if text.key in _texts() else name.replace("_", " ")


def not_whole(field: str) -> Message:
    """Return the message for a value that must be an integer."""
    return Message("not_whole", {"field": field_title(field)})


def not_finite(field: str) -> Message:
    """Return the message for a value that must be a finite number."""
    return Message("not_finite", {"field": field_title(field)})


def outside(field: str, low: float, high: float, value: float | None) -> Message:
    """Return the message for a value outside its range; a `value` of None is too long to be shown."""
    params: dict[str, Param] = {"field": field_title(field), "low": low, "high": high}
    return Message("far_outside", params) if value is None else Message("outside", {**params, "value": value})


def not_on_grid(field: str) -> Message:
    """Return the message for a width or height that is no multiple of 8 pixels."""
    return Message("not_on_grid", {"field": field_title(field)})


def too_long(field: str, most: int) -> Message:
    """Return the message for a text with more than `most` characters."""
    return Message("too_long", {"field": Text(f"field.{field}.long"), "count": most})


def too_many_loras(most: int) -> Message:
    """Return the message for more LoRAs than the model takes."""
    return Message("too_many_loras", {"count": most})


def code_of_several(pictures: int) -> Message:
    """Return the note under a code sample whose request is sent several times."""
    return Message("code_of_several", {"count": pictures})


def too_many_pictures(most: int) -> Message:
    """Return the message for a number of images per press outside 1 to `most`."""
    return Message("too_many_pictures", {"count": most})


def too_many_cells(most: int) -> Message:
    """Return the message for a grid of more than `most` requests."""
    return Message("too_many_cells", {"count": most})


def not_taken(what: str) -> Message:
    """Return the message for a field that the chosen model does not take."""
    return Message("not_taken", {"what": feature(what)})


def no_model_takes(what: str) -> Message:
    """Return the message for a field that no model of the backend takes."""
    return Message("no_model_takes", {"what": feature(what)})


def not_known_to_take(what: str) -> Message:
    """Return the message for a field of which it is not known whether a model takes it."""
    return Message("not_known_to_take", {"what": feature(what)})


def no_model_takes_together(one: str, other: str) -> Message:
    """Return the message for two fields that no model of the backend takes in one request."""
    return Message("no_model_takes_together", {"one": feature(one), "other": feature(other)})


def not_together(one: str, other: str) -> Message:
    """Return the message at a part of the form that no model of the backend takes beside another part."""
    return Message("not_together", {"one": feature(one), "other": feature(other)})


def not_offered(name: str) -> Message:
    """Return the message for a value that the model does not offer."""
    return Message("not_offered", {"name": name})


def picture_must_be_sent(name: str) -> Message:
    """Return the message for an image of a program's request that is a path or link."""
    return Message("picture_must_be_sent", {"name": name})


def not_text(name: str) -> Message:
    """Return the message for a value that must be text."""
    return Message("named_not_text", {"name": name})


def nearly_full(used: int, room: int) -> Message:
    """Return the note on a prompt near the token limit; both numbers are tokens."""
    return Message("nearly_full", {"used": used, "room": room})


def overfull(needed: int, room: int, unseen: str) -> Message:
    """Return the note on a prompt beyond the token limit; `unseen` is the text behind the limit."""
    return Message("overfull", {"needed": needed, "room": room, "unseen": unseen})
