"""Messages of the lanes: why there is no image, and what one waits for."""

from __future__ import annotations

from components.messages.message import Message

LOST_TWICE = Message("engine_lane_lost")
NOT_STARTED = Message("engine_lanes_not_started")

WAITING = Message("stage_waiting_for_lane")
AGAIN = Message("stage_made_again")
