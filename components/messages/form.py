"""Messages about fields of the form."""

from __future__ import annotations

from components.errors import Message

NO_PROMPT = Message("Write a prompt first: say what the picture should show.")
HALF_A_CHARACTER = Message("This text holds half a character; type it again.")
NOT_TEXT = Message("This must be text.")
NOT_A_NUMBER = Message("Enter a number here.")
NO_NUMBER_OF_PICTURES = Message("Choose how many pictures to make.")
NO_LORA_PATH = Message("A LoRA needs a path: owner/name or a link to its file.")
NOT_A_LORA_PATH = Message("A LoRA is named by its Hugging Face id (owner/name) or by an https link to its file.")
NO_LORAS_HERE = Message("This model takes no LoRAs, so nothing was sent.", "Empty this row.")
NO_HOST_LORAS_THERE = Message(
    "A LoRA of the host's folder cannot be sent to the service your key pays.",
    "Choose one of Hugging Face or Civitai, or take your key back.",
)
NOT_A_LIST_OF_LORAS = Message("loras is a list of objects with path and scale.")
IMAGE_NOT_FITTED = Message("The picture was fitted to another size.", "Choose the size again, then press Generate.")
MASK_WITHOUT_IMAGE = Message("A mask and a strength say how a picture changes.", "Give the picture too.")
MASK_NOT_FITTED = Message("The mask has another size than the picture.", "Paint it again.")
NOT_A_LORA = Message("Each of loras is an object with path (text) and scale (a number).")


def not_whole(label: str) -> Message:
    """Return the message for a value that must be an integer."""
    return Message(f"{label} must be a whole number.")


def not_finite(label: str) -> Message:
    """Return the message for a value that must be a finite number."""
    return Message(f"{label} must be a number.")


def outside(label: str, low: str, high: str, value: str) -> Message:
    """Return the message for a value outside its range."""
    return Message(f"{label} goes from {low} to {high}; {value} is outside.")


def not_on_grid(label: str) -> Message:
    """Return the message for a width or height that is no multiple of 8 pixels."""
    return Message(f"{label} must be a multiple of 8.")


def too_long(label: str, most: int) -> Message:
    """Return the message for a text with more than `most` characters."""
    return Message(f"{label} has at most {most:,} characters.")


def too_many_loras(most: int) -> Message:
    """Return the message for more LoRAs than the model takes."""
    return Message(f"At most {most} LoRAs can be used at once.")


def code_of_several(pictures: int) -> Message:
    """Return the note under a code sample whose request is sent several times."""
    return Message(f"A press of Generate sends this {pictures} times, each with the next seed.")


def too_many_pictures(most: int) -> Message:
    """Return the message for a number of images per press outside 1 to `most`."""
    return Message(f"Between 1 and {most} pictures can be made at once.")


def too_many_cells(most: int) -> Message:
    """Return the message for a grid of more than `most` requests."""
    return Message(f"That makes more than {most} pictures.", "Take out some of the values.")


def not_taken(what: str) -> Message:
    """Return the message for a field that the chosen model does not take."""
    return Message(f"The model here does not take {what}.")


def no_model_takes(what: str) -> Message:
    """Return the message for a field that no model of the backend takes."""
    return Message(f"No model here takes {what}, so nothing was sent.", "Take that out, then press Generate.")


def no_model_takes_together(one: str, other: str) -> Message:
    """Return the message for two fields that no model of the backend takes in one request."""
    return Message(f"No model here takes {one} and {other} together, so nothing was sent.", "Take one of them out.")


def not_offered(name: str) -> Message:
    """Return the message for a value that the model does not offer."""
    return Message(f"{name} is not offered for this model, so nothing was sent.")


def picture_must_be_sent(name: str) -> Message:
    """Return the message for an image of a program's request that is a path or link."""
    return Message(f"{name} must be uploaded first, or sent as a data URI; paths and links are not opened.")


def not_text(name: str) -> Message:
    """Return the message for a value that must be text."""
    return Message(f"{name} must be text.")


def nearly_full(used: int, room: int) -> Message:
    """Return the note on a prompt near the token limit; both numbers are tokens."""
    return Message(f"This fills {used} of {room} places for words, parts of words and commas.")


def overfull(needed: int, room: int, unseen: str) -> Message:
    """Return the note on a prompt beyond the token limit; `unseen` is the text behind the limit."""
    return Message(
        f"This needs {needed} places for words, parts of words and commas; the model reads {room} at a time.",
        f"It may not see: “{unseen}”.",
    )
