"""Messages about keys, sign-in, budget and limits."""

from __future__ import annotations

from components.errors import Message

SIGN_IN = Message("This page is paid for by its host, who asks people to sign in.", "Sign in, or use your own key.")
NOT_LISTED = Message("The host's key pays for people on a list only.", "Use your own key, or ask the host.")
OWN_KEY_ONLY = Message(
    "Here everybody paints with a key of their own.", "Enter your WaveSpeed key at the top of the page."
)
OWN_KEY_ONLY_PROGRAM = Message("Here everybody paints with a key of their own, and on the page alone.")
STOPPED_BY_HOST = Message("The host has stopped spending for now.", "Try again later, or use your own key.")
DAY_SPENT = Message(
    "What the host spends in 24 hours on all visitors is used up.", "Try again later, or use your own key."
)
MONTH_SPENT = Message(
    "What the host spends in 30 days on all visitors is used up.", "Use your own key, or come back another day."
)
BALANCE_LOW = Message("The host's account is almost empty.", "Use your own key, or ask the host to top it up.")
PRICE_UNAVAILABLE = Message("The service did not tell the price, so nothing was sent.", "Try again in a minute.")
BALANCE_UNAVAILABLE = Message("The service did not tell the balance, so nothing was sent.", "Try again in a minute.")
MODELS_UNAVAILABLE = Message("The service did not say what its models take, so this page offers what is usual.")
KEY_AWAY = Message("This page does not hold your key any more, so nothing was sent.", "Enter your key again.")
KEY_FORGOTTEN = Message("Your key was forgotten before this was sent.", "Enter it again, then press Generate.")
KEY_UNLIKE_ANY = Message("This text is no key: keys have no blanks or special letters.", "Copy the key again.")
KEY_NOT_CHECKED = Message("The key could not be checked just now, so it was not kept.", "Try again in a minute.")
KEY_NOT_FORGOTTEN = Message("The app could not be reached, so it still holds your key.", "Press Forget my key again.")
KEY_TRIES = Message("Too many keys were tried just now.", "Wait a minute, then try again.")
SIGN_IN_FAILED = Message("Hugging Face gave no usable answer, so nobody was signed in.", "Go back and try again.")
NOT_SIGNED_IN = Message("You are not signed in any more.", "Sign in again.")


def picture_limit(most: int) -> Message:
    """Return the message for the hourly limit of images per person, paid for by the host."""
    return Message(f"The host pays for {most} pictures an hour for each person.", "Wait, or use your own key.")


def person_limit(dollars: str) -> Message:
    """Return the message for the host's spending limit per person and day; `dollars` as shown, such as `$1.50`."""
    return Message(f"The host pays {dollars} in 24 hours for each person.", "Come back later, or use your own key.")


def too_many_of_yours(most: int) -> Message:
    """Return the message for too many open jobs of one visitor."""
    return Message(f"At most {most} pictures can be on their way.", "Wait for one to end.")


TOO_MANY_OF_ALL = Message("Too many people are making pictures right now.", "Try again in a minute.")
