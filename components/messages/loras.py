"""Messages about a pasted LoRA and what its check found."""

from __future__ import annotations

from components.errors import Message

LORA_FILE_UNREADABLE = Message("The LoRA's file on the host's disk could not be read.", "Tell the host.")
LORA_BARE_NAME = Message(
    "A LoRA's name alone cannot be found.", "Paste owner/name from Hugging Face, or the link of its page or file."
)
LORA_NO_MODEL_PAGE = Message(
    "This address is no model's page.", "Open the LoRA's own page on Hugging Face or Civitai and paste its address."
)
LORA_FOLDER = Message(
    "This link names a folder or a version, not a file.", "Open the .safetensors file in it and paste that link."
)
LORA_PICKLE = Message(
    "Files of this kind can carry programs, so only .safetensors files are used.",
    "Look for a .safetensors file of the same LoRA.",
)
LORA_OTHER_FILE = Message("This link leads to another kind of file.", "Paste the link of a .safetensors file.")
LORA_NEGATIVE = Message("A LoRA's weight cannot be below 0.", "Use a weight from 0 to 4.")
LORA_LOCAL = Message(
    "This is a file on a computer, which the service cannot open.",
    "Put it on Hugging Face first, then paste owner/name.",
)
LORA_INNER_ADDRESS = Message(
    "This address is not on the open internet.",
    "A LoRA is named by its Hugging Face id (owner/name) or by an https link to its file.",
)
LORA_SECRET = Message("This link carries a secret, which is never sent on.", "Paste the link without it.")
LORA_ONE_A_ROW = Message("One row takes one LoRA, without blanks.", "Press Add LoRA for another row.")
LORA_TOO_LONG = Message("This is too long for a link.", "Paste owner/name, or the link alone.")
LORA_TAG_UNREADABLE = Message("The weight of this LoRA is no number.", "Write it like 0.8.")
LORA_AIR_UNREADABLE = Message("This name in the form of Civitai is not complete.", "Paste the page's address.")
LORA_OTHER_KIND = Message("This is a whole model or something else, not a LoRA.", "Paste the address of a LoRA.")
LORA_WHICH_VERSION = Message(
    "This Civitai page does not say which version.",
    "Press Check to find the newest one, or paste the link of one version's download.",
)
NOT_SAFETENSORS = Message("This file is not in the safetensors format.", "Paste the link of a .safetensors file.")
FILE_CUT_OFF = Message("This file is cut off: it ends too early.", "Look for another copy of it.")
FILE_IS_POINTER = Message("This is a note where the file lies, not the file.", "Paste the link of the file itself.")
PAGE_IN_PLACE_OF_FILE = Message("There is a web page, not a file.", "Paste the link of the .safetensors file.")

LEADS_INSIDE = Message(
    "This link leads to an address that is not on the open internet, so it was not opened.", "Paste another link."
)
SITE_NOT_REACHED = Message("The site could not be reached from here.", "You can still try it, or check again later.")
SITE_REFUSES = Message("The site does not let this page look.", "You can still try it, or check again later.")
CHECKS_BUSY = Message("Many LoRAs are being checked just now.", "Check again in a minute.")
LORA_LOGIN = Message(
    "Only people who log in there can read it, so the service cannot.", "Look for one that is open to all."
)
LORA_NOT_FOUND = Message("There is nothing at this address.", "Look at the spelling, or paste the page's address.")
LORA_NOT_INSIDE = Message("There is no LoRA in this file.", "Paste the link of a LoRA for SDXL.")
LORA_NO_FILE = Message("There is no .safetensors file of a LoRA on this page.", "Look for another LoRA.")
LORA_FOR_UNKNOWN = Message(
    "It is a LoRA, but it does not say for which model.", "Look on its page whether it is for SDXL."
)
LORA_HEADER_LONG = Message(
    "This file says so much of itself that it was not read to the end.", "You can still try it."
)


def lora_for_another(base: str) -> Message:
    """Return the message for a LoRA of another base model."""
    return Message(f"This LoRA is made for {base}, not for SDXL.", "Look for one that is made for SDXL.")


def lora_fits(rank: int | None) -> Message:
    """Return the message for a LoRA of SDXL; None: its rank is unknown."""
    size = f", rank {rank}" if rank else ""
    return Message(f"Made for SDXL{size}. Everybody can read it.", "Press Generate when you like.")


def lora_of_make(make: str) -> Message:
    """Return the message for an architecture, such as LoHa, that not every API loads."""
    return Message(f"It is of a kind called {make}, which not every service can use.", "Try it with one picture.")


def lora_several_files(names: str) -> Message:
    """Return the message for a repository with several LoRA files; `names` is a list as shown."""
    return Message("There are several files on this page.", f"Paste the link of one of them: {names}.")
