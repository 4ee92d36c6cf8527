"""Messages about the end of a task and its image."""

from __future__ import annotations

from components.errors import Charge, Message

CANCELLED = Message("This was cancelled at the service.", "Press Generate to make it anew.", Charge.REFUNDED)
TIMED_OUT = Message("The service took too long and stopped.", "Press Generate to make it anew.", Charge.REFUNDED)
NOT_DELETED_AT_SERVICE = Message(
    "It is gone from here, but the service could not be told to delete it too.", "There it is deleted after 7 days."
)
DELETED = Message("This was deleted at the service.", "Press Generate to make it anew.", Charge.REFUNDED)
NO_PICTURE = Message("The service finished with no picture.", "Tell the service its task id.", Charge.SPENT)


def failed(reason: str) -> Message:
    """Return the message for a failed task; `reason` is the API's, possibly empty."""
    advice = reason or "It gave no reason. Press Generate to try again."
    return Message("The service could not make this picture.", advice, Charge.REFUNDED)


NOT_FETCHED = Message(
    "The finished picture could not be fetched.", "The service keeps it for 7 days: look again.", Charge.SPENT
)
UNSAFE_ADDRESS = Message(
    "The service named an address for the picture that is not safe to open.", "Look again later.", Charge.SPENT
)
TOO_MANY_BYTES = Message(
    "The finished picture is larger than 40 MB and was not fetched.", "Open it at the service.", Charge.SPENT
)
TOO_MANY_PIXELS = Message(
    "The picture is larger than 40 megapixels and was not opened.", "Open it at the service.", Charge.SPENT
)
NOT_A_PICTURE = Message(
    "What the service sent is not a picture this page can show.", "Look again later.", Charge.SPENT
)
DAMAGED = Message("The picture arrived damaged.", "Look again later.", Charge.SPENT)
NOT_SAVED = Message("This picture could not be saved on the app's disk.", "Download it now.", Charge.SPENT)
FILE_GONE = Message("The picture was made, but its file is not there any more.", "Press Generate anew.", Charge.SPENT)
NO_END = Message("There is no picture yet.", "Its job goes on; look on the page later.", Charge.MAYBE)
