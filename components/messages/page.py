"""Messages about the app's disk, and those that the page's scripts show by themselves."""

from __future__ import annotations

from components.errors import Charge, Message

UNTIL_RESTART = Message(
    "Pictures made here are kept only until this app restarts: it has no lasting storage.", "Download what you like."
)
HISTORY_NOT_STORED = Message(
    "The app's disk cannot be written, so the history will not be kept.", "Download what you like; new pictures work."
)
SET_ASIDE = Message(
    "The history on the app's disk could not be read. It was set aside and a new one begun.", "The host still has it."
)
RECORD_UNREADABLE = Message(
    "This was saved by another version of this app, so it cannot be shown here.",
    "Nothing is lost: the newer version shows it.",
    Charge.MAYBE,
)
STORE_TROUBLE = Message("The app could not write this down, so nothing was sent.", "Try again in a minute.")

OFFLINE = Message("The connection is lost. Nothing is lost with it.", "This page is looking again.")
UNANSWERED = Message(
    "A press got no answer, and the server does not know of it.", "If nothing appears here, press Generate again."
)
NOTHING_STORED_HERE = Message(
    "This browser keeps nothing for this page, so your pictures are gone from here after a reload.",
    "Open the page in its own tab.",
)
PICTURE_NOT_LOADED = Message("The picture did not load.", "Try again.")
OLDER_NOT_LOADED = Message("Older pictures could not be loaded.", "Try again.")
TOO_LATE = Message("It was just sent, so it cannot be taken back.", "It goes on here.", Charge.MAYBE)
PAGE_NOT_READY = Message("The page was not ready.", "Reload it and try again.")


def retention_notice(days: int, gigabytes: float) -> Message:
    """Return the message about the host's retention policy; 0: no limit."""
    stay = f"Pictures are kept here for {days} {'day' if days == 1 else 'days'}, favourites longer." if days else ""
    room = f"The oldest pictures are deleted when {gigabytes:g} GB are full, favourites last." if gigabytes else ""
    return Message(" ".join(filter(None, (stay, room))), "Download what you like.")
