"""Messages of the lanes: why there is no image, and what was done for one."""

from __future__ import annotations

from components.messages.message import Message

LOST_TWICE = Message("engine_lane_lost")
NOT_STARTED = Message("engine_lanes_not_started")

MADE_AGAIN = Message("note_made_again")

WAITING = Message("stage_waiting_for_lane")
AGAIN = Message("stage_made_again")
