"""Messages about following a task."""

from __future__ import annotations

from components.messages.message import Charge, Message

SLOW_CONNECTION = Message("slow_connection", charge=Charge.MAYBE)
PAGE_IN_PLACE_OF_API = Message("page_in_place_of_api", charge=Charge.MAYBE)
LIST_UNREADABLE = Message("list_unreadable", charge=Charge.MAYBE)
TAKES_LONG = Message("takes_long", charge=Charge.MAYBE)
NOT_FINISHED = Message("not_finished", charge=Charge.MAYBE)
GONE = Message("gone", charge=Charge.MAYBE)
LOOK_REFUSED = Message("look_refused", charge=Charge.MAYBE)
HOST_LOOK_REFUSED = Message("host_look_refused", charge=Charge.MAYBE)
KEY_NEEDED = Message("key_needed", charge=Charge.MAYBE)
BACKEND_AWAY = Message("backend_away", charge=Charge.MAYBE)
OUR_FAULT = Message("our_fault", charge=Charge.MAYBE)
OUR_FAULT_UNSENT = Message("our_fault_unsent")
SENT_ELSEWHERE = Message("sent_elsewhere", charge=Charge.MAYBE)
