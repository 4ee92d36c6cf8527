"""Messages about submitting a task."""

from __future__ import annotations

from components.errors import Charge, Message

UNREACHABLE = Message("The service could not be reached, so nothing was sent.", "Press Generate to try again.")
UNTRUSTED = Message(
    "The service could not prove who it is, so nothing was sent, not even the key.", "Try again later."
)
BUSY = Message("The service is busy.", "This waits in line and is sent when it may.")
BUSY_TOO_LONG = Message("The service was busy for too long, so this was not sent.", "Press Generate to try again.")
NO_ANSWER = Message(
    "No answer came, so this picture may have been made.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
NO_CLEAR_ANSWER = Message(
    "The service gave no clear answer, so this picture may have been made.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
UNEXPECTED_PAGE = Message(
    "An unexpected page answered in place of the API, so this picture may have been made.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
NOT_FOUND = Message(
    "No answer came when this was sent, and it was not found at the service. It may have been made.",
    "Look again later, or press Generate to make it anew.",
    Charge.MAYBE,
)
UNANSWERED_BEFORE_RESTART = Message(
    "No answer came before the app was stopped, so this picture may have been made.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
NOT_UPLOADED = Message(
    "Your picture could not be sent to the service, so nothing was made.", "Press Generate to try again."
)
NOT_PUT_BACK = Message(
    "The original could not be put back outside the mask, so this is the picture as the service made it.",
    charge=Charge.SPENT,
)
STALE = Message("The app was restarted before this was sent.", "Press Generate again.")
STOPPED_BY_YOU = Message("You stopped this while it was being made.")
TAKEN_BACK = Message("You took this back before it was sent.")
KEY_REFUSED = Message("This key was not accepted.", "A new key works after a first top-up. Enter it again.")
HOST_KEY_REFUSED = Message("The host's key was not accepted.", "Tell the host, or use your own key.")
MODEL_FORBIDDEN = Message("This key may not use this model.", "Use another key.")
NO_CREDIT = Message("The account behind your key has no credit left.", "Top it up, then press Generate again.")
HOST_NO_CREDIT = Message(
    "The account behind the host's key has no credit left.", "The host must top it up; or use your own key."
)
MODEL_GONE = Message("This model is not there any more.", "Ask the host to choose another.")
TOO_LARGE = Message("What was sent is too large for the service.", "Pictures may have up to 20 MB.")
UNSUITABLE = Message("The service found the prompt unsuitable.", "Change the words and try again.")
LINK_NOT_FETCHED = Message("A LoRA or picture could not be fetched.", "Check that its link is public.")


def busy_until(time: str) -> Message:
    """Return the message for a rate limit with a long Retry-After; `time` as shown."""
    return Message("The service is busy.", f"It asks to wait until {time}; then press Generate again.")


def setting_refused(reason: str) -> Message:
    """Return the message for a request that the API found invalid; `reason` is the API's, possibly empty."""
    return Message(f"The service refused a setting: {reason or 'it did not say which.'}")


def refused(reason: str) -> Message:
    """Return the message for a request that the API refused for another reason."""
    return Message("The service refused this.", reason)
