"""Messages about following a task."""

from __future__ import annotations

from components.errors import Charge, Message

SLOW_CONNECTION = Message("The connection to the service is slow.", "Looking again.", Charge.MAYBE)
PAGE_IN_PLACE_OF_API = Message("An unexpected page answered in place of the API.", "Looking again.", Charge.MAYBE)
LIST_UNREADABLE = Message("The list of recent pictures could not be read.", "Looking again.", Charge.MAYBE)
TAKES_LONG = Message(
    "This takes longer than usual.", "You can close this page; the picture will be here.", Charge.MAYBE
)
NOT_FINISHED = Message("This is not finished yet.", "Check later; the picture will be here.", Charge.MAYBE)
GONE = Message(
    "This picture is no longer on the server.", "Tasks are kept there for 7 days. Press Generate anew.", Charge.MAYBE
)
LOOK_REFUSED = Message(
    "Your key was not accepted while looking for this picture.", "Enter your key again; it is not lost.", Charge.MAYBE
)
HOST_LOOK_REFUSED = Message(
    "The host's key was not accepted while looking for this picture.",
    "It is not lost: look again when the host has mended the key.",
    Charge.MAYBE,
)
KEY_NEEDED = Message(
    "Your key is needed to look for this picture.", "Enter your key again; it is not lost.", Charge.MAYBE
)
BACKEND_AWAY = Message(
    "This was sent through another backend, which is not set up now.", "It is followed again once it is.", Charge.MAYBE
)
OUR_FAULT = Message(
    "Something went wrong in this app while looking after this picture.",
    "It is followed again after the app's next start.",
    Charge.MAYBE,
)
