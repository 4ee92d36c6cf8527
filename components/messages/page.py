"""Messages about the app's disk, and those that the page's scripts show by themselves."""

from __future__ import annotations

from components.messages.message import Charge, Message

UNTIL_RESTART = Message("until_restart")
HISTORY_NOT_STORED = Message("history_not_stored")
SET_ASIDE = Message("set_aside")
SPENDING_UNREAD = Message("spending_unread")
NEWER_HISTORY = Message("newer_history")
OLDER_THAN_HISTORY = Message("older_than_history")
WAITS_FOR_NEWER = Message("waits_for_newer")
RECORD_UNREADABLE = Message("record_unreadable", charge=Charge.MAYBE)
STORE_TROUBLE = Message("store_trouble")

OFFLINE = Message("offline")
UNANSWERED = Message("unanswered")
UNANSWERED_OR_FORGOTTEN = Message("unanswered_or_forgotten", charge=Charge.MAYBE)
NOTHING_STORED_HERE = Message("nothing_stored_here")
PICTURE_NOT_LOADED = Message("picture_not_loaded")
OLDER_NOT_LOADED = Message("older_not_loaded")
TOO_LATE = Message("too_late", charge=Charge.MAYBE)
PAGE_NOT_READY = Message("page_not_ready")


def retention_notice(days: int, gigabytes: float) -> Message:
    """Return the message about the host's retention policy, of which at least one limit is set; 0: no limit."""
    if not gigabytes:
        return Message("kept_for_days", {"count": days})
    if not days:
        return Message("kept_until_full", {"gigabytes": gigabytes})
    return Message("kept_for_days_until_full", {"count": days, "gigabytes": gigabytes})
