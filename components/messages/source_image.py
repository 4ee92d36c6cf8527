"""Messages about an image to start from, its mask, and other choices of the form."""

from __future__ import annotations

from components.messages.message import Message

SOURCE_TOO_LARGE = Message("source_too_large")
SOURCE_TOO_MANY_PIXELS = Message("source_too_many_pixels")
SOURCE_TOO_SMALL = Message("source_too_small")
SOURCE_TOO_NARROW = Message("source_too_narrow")
NOT_A_SOURCE = Message("not_a_source")
SOURCE_TOO_SLOW = Message("source_too_slow")
SOURCE_DAMAGED = Message("source_damaged")
TOO_MANY_SOURCES = Message("too_many_sources")
NO_ROOM_FOR_SOURCES = Message("no_room_for_sources")
SOURCE_GONE = Message("source_gone")
NO_SUCH_REFINER = Message("no_such_refiner")
NO_SUCH_SPEED = Message("no_such_speed")
NO_SUCH_SAMPLER = Message("no_such_sampler")
FAST_NOT_RESTORED = Message("fast_not_restored")
FAST_SAMPLER = Message("fast_sampler")
FAST_WITHOUT_REFINER = Message("fast_without_refiner")
FAST_WITHOUT_NEGATIVE = Message("fast_without_negative")
NOTHING_TO_COMPARE = Message("nothing_to_compare")
LINK_COPIED = Message("link_copied")
CODE_FOR_THE_SERVICE = Message("code_for_the_service")
CODE_NOT_TAKEN_THERE = Message("code_not_taken_there")
NO_SUCH_AXIS = Message("no_such_axis")
SAME_AXIS_TWICE = Message("same_axis_twice")
VALUES_NOT_READ = Message("values_not_read")
WORDS_NOT_IN_PROMPT = Message("words_not_in_prompt")
AXIS_HAS_NO_EFFECT = Message("axis_has_no_effect")
NO_SUCH_STYLE = Message("no_such_style")
NO_SUCH_FIT = Message("no_such_fit")
SOURCE_NOT_SENT = Message("source_not_sent")
SOURCE_REFUSED_ON_THE_WAY = Message("source_refused_on_the_way")
NO_CAMERA = Message("no_camera")
NOTHING_MARKED = Message("nothing_marked")
NOTHING_EXTENDED = Message("nothing_extended")
NOTHING_TO_ADD = Message("nothing_to_add")
TOO_NARROW_TO_GO_ON = Message("too_narrow_to_go_on")


def fast_sampling(steps: int) -> Message:
    """Return why steps and guidance have no effect with the fast preset, of this number of steps."""
    return Message("fast_sampling", {"steps": steps})
