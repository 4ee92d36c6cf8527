"""Messages about settings read from an image file."""

from __future__ import annotations

from components.errors import Message

RECIPE_OF_A_PICTURE = Message(
    "It was made from another picture, which the file does not hold.", "Choose that picture to start from it again."
)
RECIPE_TOO_LONG = Message("The prompt in the file is too long and was cut.", "Read its end again.")


def moved(label: str, old: str, new: str) -> Message:
    """Return the message for a value that was changed to be legal."""
    return Message(f"{label} was {old}, which is not offered here; it is {new} now.")


def more_loras(most: int) -> Message:
    """Return the message for more LoRAs than fit; 0: the model takes none."""
    if not most:
        return Message("The model here takes no LoRAs, so those of the file were left out.")
    return Message(f"The file names more LoRAs than {most}; the first {most} were taken.")


def lora_not_restored(name: str) -> Message:
    """Return the message for a LoRA whose path is unknown."""
    return Message(f"The LoRA “{name}” cannot be found by what the file says of it.", "Paste its link into a row.")


def refiner_not_restored(name: str) -> Message:
    """Return the message for a refiner that the model does not have."""
    return Message(f"The refiner “{name}” is not offered here, so it is off.")


def not_restored(names: str) -> Message:
    """Return the message for settings that the app does not have; `names` is a list as shown."""
    return Message(f"There is nothing like these here: {names}.")
