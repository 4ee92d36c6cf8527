"""Messages about the end of a task and its image."""

from __future__ import annotations

from components.messages.catalogue import Param
from components.messages.message import Charge, Message

CANCELLED = Message("cancelled", charge=Charge.REFUNDED)
TIMED_OUT = Message("timed_out", charge=Charge.REFUNDED)
NOT_DELETED_AT_SERVICE = Message("not_deleted_at_service")
DELETED = Message("deleted", charge=Charge.REFUNDED)
NO_PICTURE = Message("no_picture", charge=Charge.SPENT)


def failed(reason: Param) -> Message:
    """Return the message for a failed task; `reason` is the API's, possibly empty."""
    if not reason:
        return Message("failed", charge=Charge.REFUNDED)
    return Message("failed_because", {"reason": reason}, Charge.REFUNDED)


NOT_FETCHED = Message("not_fetched", charge=Charge.SPENT)
UNSAFE_ADDRESS = Message("unsafe_address", charge=Charge.SPENT)
TOO_MANY_BYTES = Message("too_many_bytes", charge=Charge.SPENT)
TOO_MANY_PIXELS = Message("too_many_pixels", charge=Charge.SPENT)
NOT_A_PICTURE = Message("not_a_picture", charge=Charge.SPENT)
TOO_SLOW_TO_READ = Message("too_slow_to_read", charge=Charge.SPENT)
DAMAGED = Message("damaged", charge=Charge.SPENT)


def stored_as_file(format_: str) -> Message:
    """Return the message for an output in a format that the page cannot show, by its name, such as JPEG XL."""
    return Message("stored_as_file", {"format": format_}, Charge.SPENT)


NOT_SAVED = Message("not_saved", charge=Charge.SPENT)
FILE_GONE = Message("file_gone", charge=Charge.SPENT)
NO_END = Message("no_end", charge=Charge.MAYBE)
