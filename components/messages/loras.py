"""Messages about a pasted LoRA and what its check found."""

from __future__ import annotations

from components.messages.catalogue import Param, Text
from components.messages.message import Message

LORA_FILE_UNREADABLE = Message("lora_file_unreadable")
LORA_BARE_NAME = Message("lora_bare_name")
LORA_NO_MODEL_PAGE = Message("lora_no_model_page")
LORA_FOLDER = Message("lora_folder")
LORA_PICKLE = Message("lora_pickle")
LORA_OTHER_FILE = Message("lora_other_file")
LORA_NEGATIVE = Message("lora_negative")
LORA_LOCAL = Message("lora_local")
LORA_INNER_ADDRESS = Message("lora_inner_address")
LORA_SECRET = Message("lora_secret")
LORA_ONE_A_ROW = Message("lora_one_a_row")
LORA_TOO_LONG = Message("lora_too_long")
LORA_TAG_UNREADABLE = Message("lora_tag_unreadable")
LORA_AIR_UNREADABLE = Message("lora_air_unreadable")
LORA_OTHER_KIND = Message("lora_other_kind")
LORA_WHICH_VERSION = Message("lora_which_version")
NOT_SAFETENSORS = Message("not_safetensors")
FILE_CUT_OFF = Message("file_cut_off")
FILE_IS_POINTER = Message("file_is_pointer")
PAGE_IN_PLACE_OF_FILE = Message("page_in_place_of_file")

LEADS_INSIDE = Message("leads_inside")
SITE_NOT_REACHED = Message("site_not_reached")
SITE_REFUSES = Message("site_refuses")
CHECKS_BUSY = Message("checks_busy")
HUB_NOT_REACHED = Message("hub_not_reached")
HUB_NO_ANSWER = Message("hub_no_answer")
SEARCHES_BUSY = Message("searches_busy")
LORA_LOGIN = Message("lora_login")
LORA_NOT_FOUND = Message("lora_not_found")
LORA_NOT_INSIDE = Message("lora_not_inside")
LORA_NO_FILE = Message("lora_no_file")
LORA_FOR_UNKNOWN = Message("lora_for_unknown")
LORA_HEADER_LONG = Message("lora_header_long")


def lora_for_another(base: Param) -> Message:
    """Return the message for a LoRA of another base model; empty: it is not known which."""
    return Message("lora_for_another", {"base": base or Text("lora_base.unknown")})


def lora_fits(rank: int | None) -> Message:
    """Return the message for a LoRA of SDXL; None: its rank is unknown."""
    return Message("lora_fits_with_rank", {"rank": rank}) if rank else Message("lora_fits")


def lora_fits_of_kin(kin: str) -> Message:
    """Return the message for a LoRA of a model that was made from SDXL."""
    return Message("lora_fits_of_kin", {"kin": kin})


def no_lora_but(content: str) -> Message:
    """Return the message for a file that is something else, the end of a code `file_content.<...>`."""
    return Message("no_lora_but", {"content": Text(f"file_content.{content}")})


def lora_of_make(make: str) -> Message:
    """Return the message for an architecture, such as LoHa, that not every API loads."""
    return Message("lora_of_make", {"make": make})


def lora_which_file(page: str) -> Message:
    """Return the message for a revision of a repository, whose page has its files."""
    return Message("lora_which_file", {"page": page})


def lora_several_files(names: tuple[str, ...]) -> Message:
    """Return the message for a repository with several LoRA files."""
    return Message("lora_several_files", {"names": names})
