"""Messages about settings read from an image file."""

from __future__ import annotations

from components.messages.catalogue import Param
from components.messages.form import field_title
from components.messages.message import Message

RECIPE_OF_A_PICTURE = Message("recipe_of_a_picture")
RECIPE_UNREADABLE = Message("recipe_unreadable")
RECIPE_TOO_LONG = Message("recipe_too_long")


def moved(field: str, old: Param, new: Param) -> Message:
    """Return the message for a value that was changed to be legal."""
    return Message("moved", {"field": field_title(field), "old": old, "new": new})


def more_loras(most: int) -> Message:
    """Return the message for more LoRAs than fit; 0: the model takes none."""
    if not most:
        return Message("loras_left_out")
    return Message("more_loras", {"count": most})


def lora_not_restored(name: str) -> Message:
    """Return the message for a LoRA whose path is unknown."""
    return Message("lora_not_restored", {"name": name})


def refiner_not_restored(name: str) -> Message:
    """Return the message for a refiner that the model does not have."""
    return Message("refiner_not_restored", {"name": name})


def not_restored(names: tuple[str, ...]) -> Message:
    """Return the message for settings that the app does not have, by their names in the file."""
    return Message("not_restored", {"names": names})


def not_in_file(field: str) -> Message:
    """Return the message for a field that got its usual value because the file has none that could be read."""
    return Message("not_in_file", {"field": field_title(field)})
