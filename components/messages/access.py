"""Messages about keys, sign-in, budget and limits."""

from __future__ import annotations

from components.messages.message import Message

SIGN_IN = Message("sign_in")
NOT_LISTED = Message("not_listed")
OWN_KEY_ONLY = Message("own_key_only")
OWN_KEY_ONLY_PROGRAM = Message("own_key_only_program")
STOPPED_BY_HOST = Message("stopped_by_host")
DAY_SPENT = Message("day_spent")
MONTH_SPENT = Message("month_spent")
BALANCE_LOW = Message("balance_low")
PERSON_LIMIT = Message("person_limit")
PRICE_UNAVAILABLE = Message("price_unavailable")
BALANCE_UNAVAILABLE = Message("balance_unavailable")
BILL_UNAVAILABLE = Message("bill_unavailable")
MODELS_UNAVAILABLE = Message("models_unavailable")
KEY_AWAY = Message("key_away")
KEY_FORGOTTEN = Message("key_forgotten")
KEY_UNLIKE_ANY = Message("key_unlike_any")
KEY_NOT_CHECKED = Message("key_not_checked")
KEY_NOT_FORGOTTEN = Message("key_not_forgotten")
KEY_TRIES = Message("key_tries")
SIGN_IN_FAILED = Message("sign_in_failed")
NOT_SIGNED_IN = Message("not_signed_in")
PROGRAMS_UNKNOWN = Message("programs_unknown")


def picture_limit(most: int) -> Message:
    """Return the message for the hourly limit of images per person, paid for by the host."""
    return Message("picture_limit", {"count": most})


HOST_BALANCE_UNKNOWN = Message("host_balance_unknown")
SERVICE_AWAY = Message("service_away")
YOUR_SETTING_REFUSED = Message("your_setting_refused")


def renewed_at(limit: Message, moment: float) -> Message:
    """Return the message of a reached limit with the time at which it has room again, in Unix seconds."""
    params = {**limit.params, "time": moment}
    match limit.code:
        case "picture_limit":
            return Message("picture_limit_until", params)
        case "person_limit":
            return Message("person_limit_until", params)
        case "day_spent":
            return Message("day_spent_until", params)
        case _:
            return Message("month_spent_until", params)


def press_above_left(images: int, left: int) -> Message:
    """Return the message for one press of more images than the host still pays for now."""
    return Message("press_above_left", {"count": images, "left": left})


def press_above_hour(images: int, most: int) -> Message:
    """Return the message for one press of more images than the host pays for in an hour."""
    return Message("press_above_hour", {"count": images, "most": most})


def press_above_amount(images: int) -> Message:
    """Return the message for one press that costs more than the host's limits allow in all."""
    return Message("press_above_amount", {"count": images})


def too_many_of_yours(most: int) -> Message:
    """Return the message for too many open jobs of one visitor."""
    return Message("too_many_of_yours", {"count": most})


def too_many_of_programs(most: int) -> Message:
    """Return the message for too many open jobs of all programs that are not signed in."""
    return Message("too_many_of_programs", {"count": most})


TOO_MANY_OF_ALL = Message("too_many_of_all")
