"""Every message to the person in front of the page, in one place. Each says three things: what happened, whether
it was charged, what to do now. Plain words; they are shown as text, never as HTML.

Labels and names of things are not messages: those stand where they are used.
"""

from __future__ import annotations

from components.errors import Charge, Sentence

CHARGED = {
    Charge.NONE: "Nothing was charged.",
    Charge.MAYBE: "It may have been charged.",
    Charge.REFUNDED: "Failed tasks are refunded, usually within 3 hours.",
    Charge.SPENT: "It was charged.",
}
"""The second of the three, as it is said. Left out where nothing is ever charged."""

# --- A field of the form ---

NO_PROMPT = Sentence("Write a prompt first: say what the picture should show.")
HALF_A_CHARACTER = Sentence("This text holds half a character; type it again.")
NOT_TEXT = Sentence("This must be text.")
NOT_A_NUMBER = Sentence("Enter a number here.")
NO_NUMBER_OF_PICTURES = Sentence("Choose how many pictures to make.")
NO_LORA_PATH = Sentence("A LoRA needs a path: owner/name or a link to its file.")
NOT_A_LORA_PATH = Sentence("A LoRA is named by its Hugging Face id (owner/name) or by an https link to its file.")
NO_LORAS_HERE = Sentence("This model takes no LoRAs, so nothing was sent.", "Empty this row.")
NO_HOST_LORAS_THERE = Sentence(
    "A LoRA of the host's folder cannot be sent to the service your key pays.",
    "Choose one of Hugging Face or Civitai, or take your key back.",
)
NOT_A_LIST_OF_LORAS = Sentence("loras is a list of objects with path and scale.")
IMAGE_NOT_FITTED = Sentence("The picture was fitted to another size.", "Choose the size again, then press Generate.")
MASK_WITHOUT_IMAGE = Sentence("A mask and a strength say how a picture changes.", "Give the picture too.")
MASK_NOT_FITTED = Sentence("The mask has another size than the picture.", "Paint it again.")
NOT_A_LORA = Sentence("Each of loras is an object with path (text) and scale (a number).")


def not_whole(label: str) -> Sentence:
    return Sentence(f"{label} must be a whole number.")


def not_finite(label: str) -> Sentence:
    return Sentence(f"{label} must be a number.")


def outside(label: str, low: str, high: str, given: str) -> Sentence:
    return Sentence(f"{label} goes from {low} to {high}; {given} is outside.")


def not_on_grid(label: str) -> Sentence:
    return Sentence(f"{label} must be a multiple of 8.")


def too_long(label: str, most: int) -> Sentence:
    return Sentence(f"{label} has at most {most:,} characters.")


def too_many_loras(most: int) -> Sentence:
    return Sentence(f"At most {most} LoRAs can be used at once.")


def code_of_several(pictures: int) -> Sentence:
    return Sentence(f"A press of Generate sends this {pictures} times, each with the next seed.")


def too_many_pictures(most: int) -> Sentence:
    return Sentence(f"Between 1 and {most} pictures can be made at once.")


def too_many_cells(most: int) -> Sentence:
    return Sentence(f"That makes more than {most} pictures.", "Take out some of the values.")


def not_taken(what: str) -> Sentence:
    return Sentence(f"The model here does not take {what}.")


def no_model_takes(what: str) -> Sentence:
    return Sentence(f"No model here takes {what}, so nothing was sent.", "Take that out, then press Generate.")


def no_model_takes_together(one: str, other: str) -> Sentence:
    return Sentence(f"No model here takes {one} and {other} together, so nothing was sent.", "Take one of them out.")


def not_offered(name: str) -> Sentence:
    return Sentence(f"{name} is not offered for this model, so nothing was sent.")


def picture_must_be_sent(name: str) -> Sentence:
    return Sentence(f"{name} must be uploaded first, or sent as a data URI; paths and links are not opened.")


def not_text(name: str) -> Sentence:
    return Sentence(f"{name} must be text.")


def nearly_full(used: int, room: int) -> Sentence:
    return Sentence(f"This fills {used} of {room} places for words, parts of words and commas.")


def overfull(needed: int, room: int, unseen: str) -> Sentence:
    return Sentence(
        f"This needs {needed} places for words, parts of words and commas; the model reads {room} at a time.",
        f"It may not see: “{unseen}”.",
    )


# --- A picture to start from ---

SOURCE_TOO_LARGE = Sentence("This picture file is larger than 20 MB.", "Choose a smaller one.")
SOURCE_TOO_MANY_PIXELS = Sentence(
    "This picture has more than 40 megapixels.", "Make it smaller, then choose it again."
)
SOURCE_TOO_SMALL = Sentence("This picture is too small to start from.", "It needs at least 16 pixels on each side.")
SOURCE_TOO_NARROW = Sentence("This picture is too long and narrow.", "Cut it to a shape nearer to a square.")
NOT_A_SOURCE = Sentence("This file is not a picture this page can read.", "Choose a PNG, JPEG or WebP picture.")
SOURCE_DAMAGED = Sentence("This picture file is damaged.", "Choose another one.")
SOURCE_GONE = Sentence("The picture to start from is not here any more.", "Choose it again.")
NO_SUCH_REFINER = Sentence("The refiner is off, an ensemble of experts, or a second pass.", "Choose one of the three.")
NO_SUCH_SPEED = Sentence("The speed is full or fast.", "Choose one of the two.")
FAST_NOT_RESTORED = Sentence("It was painted fast, which is not offered here.", "Set its steps and guidance anew.")
FAST_SAMPLING = Sentence("Fast paints in 4 steps at guidance 1.", "Choose Best to set them.")
FAST_WITHOUT_REFINER = Sentence("Fast paints without the refiner.", "Choose Best to use it.")
FAST_WITHOUT_NEGATIVE = Sentence("Fast takes no notice of the negative prompt.", "Choose Best to use it.")
NOTHING_TO_COMPARE = Sentence("There is no LoRA to compare with.", "Choose one first, with a scale above 0.")
LINK_COPIED = Sentence(
    "The link was copied.", "Whoever opens it gets these settings; no picture and no key goes along."
)
CODE_FOR_THE_SERVICE = Sentence(
    "This sends to the hosted service, which paints with SDXL.",
    "For this page's own painter choose “Python, this page”.",
)
CODE_NOT_TAKEN_THERE = Sentence(
    "The hosted service is not known to take all of this.", "Look at what it makes before you rely on it."
)
NO_SUCH_AXIS = Sentence("It was not said what is to differ.", "Choose one or two settings and their values.")
SAME_AXIS_TWICE = Sentence("Both lists are for the same setting.", "Choose another for one of them.")
VALUES_NOT_READ = Sentence(
    "The values could not be read.", "Write them as 1, 2, 3 or 1-5 or 1-9 (+2) or 1-10 [4], each once."
)
WORDS_NOT_IN_PROMPT = Sentence("The first of the words is not in the prompt.", "Begin the list with words that are.")
AXIS_HAS_NO_EFFECT = Sentence(
    "That setting changes nothing as the form stands.",
    "The strength needs a picture to start from, the handover the ensemble, steps and guidance the speed Best.",
)
NO_SUCH_STYLE = Sentence("One of the styles is not known here.", "Choose it again from the list.")
NO_SUCH_FIT = Sentence("A picture is fitted by crop, pad or match.", "Choose one of the three.")
SOURCE_NOT_SENT = Sentence(
    "The picture could not be brought to this app.", "Check your connection and choose it again."
)
NO_CAMERA = Sentence("No camera could be used.", "Allow the page to use one, or choose a picture file.")
NO_ROOM_ASKED = Sentence("Nothing was to be added to the picture.", "Choose a side to add to.")
TOO_NARROW_TO_GO_ON = Sentence(
    "With so much added the picture would be too long and narrow.", "Make the other side longer first."
)


# --- Settings in a picture file ---

RECIPE_OF_A_PICTURE = Sentence(
    "It was made from another picture, which the file does not hold.", "Choose that picture to start from it again."
)
RECIPE_TOO_LONG = Sentence("The prompt in the file is too long and was cut.", "Read its end again.")


def moved(label: str, given: str, now: str) -> Sentence:
    return Sentence(f"{label} was {given}, which is not offered here; it is {now} now.")


def more_loras(most: int) -> Sentence:
    if not most:
        return Sentence("The model here takes no LoRAs, so those of the file were left out.")
    return Sentence(f"The file names more LoRAs than {most}; the first {most} were taken.")


def lora_not_restored(name: str) -> Sentence:
    return Sentence(f"The LoRA “{name}” cannot be found by what the file says of it.", "Paste its link into a row.")


def refiner_not_restored(name: str) -> Sentence:
    return Sentence(f"The refiner “{name}” is not offered here, so it is off.")


def not_restored(names: str) -> Sentence:
    return Sentence(f"There is nothing like these here: {names}.")


# --- A LoRA: what was pasted, and what its check found ---

LORA_FILE_UNREADABLE = Sentence("The LoRA's file on the host's disk could not be read.", "Tell the host.")
LORA_BARE_NAME = Sentence(
    "A LoRA's name alone cannot be found.", "Paste owner/name from Hugging Face, or the link of its page or file."
)
LORA_NO_MODEL_PAGE = Sentence(
    "This address is no model's page.", "Open the LoRA's own page on Hugging Face or Civitai and paste its address."
)
LORA_FOLDER = Sentence(
    "This link names a folder or a version, not a file.", "Open the .safetensors file in it and paste that link."
)
LORA_PICKLE = Sentence(
    "Files of this kind can carry programs, so only .safetensors files are used.",
    "Look for a .safetensors file of the same LoRA.",
)
LORA_OTHER_FILE = Sentence("This link leads to another kind of file.", "Paste the link of a .safetensors file.")
LORA_NEGATIVE = Sentence("A LoRA's weight cannot be below 0.", "Use a weight from 0 to 4.")
LORA_LOCAL = Sentence(
    "This is a file on a computer, which the service cannot open.",
    "Put it on Hugging Face first, then paste owner/name.",
)
LORA_INNER_ADDRESS = Sentence(
    "This address is not on the open internet.",
    "A LoRA is named by its Hugging Face id (owner/name) or by an https link to its file.",
)
LORA_SECRET = Sentence("This link carries a secret, which is never sent on.", "Paste the link without it.")
LORA_ONE_A_ROW = Sentence("One row takes one LoRA, without blanks.", "Press Add LoRA for another row.")
LORA_TOO_LONG = Sentence("This is too long for a link.", "Paste owner/name, or the link alone.")
LORA_TAG_UNREADABLE = Sentence("The weight of this LoRA is no number.", "Write it like 0.8.")
LORA_AIR_UNREADABLE = Sentence("This name in the form of Civitai is not complete.", "Paste the page's address.")
LORA_OTHER_KIND = Sentence("This is a whole model or something else, not a LoRA.", "Paste the address of a LoRA.")
LORA_WHICH_VERSION = Sentence(
    "This Civitai page does not say which version.",
    "Press Check to find the newest one, or paste the link of one version's download.",
)
NOT_SAFETENSORS = Sentence("This file is not in the safetensors format.", "Paste the link of a .safetensors file.")
FILE_CUT_OFF = Sentence("This file is cut off: it ends too early.", "Look for another copy of it.")
FILE_IS_POINTER = Sentence("This is a note where the file lies, not the file.", "Paste the link of the file itself.")
PAGE_IN_PLACE_OF_FILE = Sentence("There is a web page, not a file.", "Paste the link of the .safetensors file.")

LEADS_INSIDE = Sentence(
    "This link leads to an address that is not on the open internet, so it was not opened.", "Paste another link."
)
SITE_NOT_REACHED = Sentence("The site could not be reached from here.", "You can still try it, or check again later.")
SITE_REFUSES = Sentence("The site does not let this page look.", "You can still try it, or check again later.")
CHECKS_BUSY = Sentence("Many LoRAs are being checked just now.", "Check again in a minute.")
LORA_LOGIN = Sentence(
    "Only people who log in there can read it, so the service cannot.", "Look for one that is open to all."
)
LORA_NOT_FOUND = Sentence("There is nothing at this address.", "Look at the spelling, or paste the page's address.")
LORA_NOT_INSIDE = Sentence("There is no LoRA in this file.", "Paste the link of a LoRA for SDXL.")
LORA_NO_FILE = Sentence("There is no .safetensors file of a LoRA on this page.", "Look for another LoRA.")
LORA_FOR_UNKNOWN = Sentence(
    "It is a LoRA, but it does not say for which model.", "Look on its page whether it is for SDXL."
)
LORA_HEADER_LONG = Sentence(
    "This file says so much of itself that it was not read to the end.", "You can still try it."
)


def lora_for_another(base: str) -> Sentence:
    return Sentence(f"This LoRA is made for {base}, not for SDXL.", "Look for one that is made for SDXL.")


def lora_fits(rank: int | None) -> Sentence:
    size = f", rank {rank}" if rank else ""
    return Sentence(f"Made for SDXL{size}. Everybody can read it.", "Press Generate when you like.")


def lora_of_make(make: str) -> Sentence:
    return Sentence(f"It is of a kind called {make}, which not every service can use.", "Try it with one picture.")


def lora_several_files(names: str) -> Sentence:
    return Sentence("There are several files on this page.", f"Paste the link of one of them: {names}.")


# --- Whose key pays, and may it ---

SIGN_IN = Sentence("This page is paid for by its host, who asks people to sign in.", "Sign in, or use your own key.")
NOT_LISTED = Sentence("The host's key pays for people on a list only.", "Use your own key, or ask the host.")
OWN_KEY_ONLY = Sentence(
    "Here everybody paints with a key of their own.", "Enter your WaveSpeed key at the top of the page."
)
OWN_KEY_ONLY_PROGRAM = Sentence("Here everybody paints with a key of their own, and on the page alone.")
STOPPED_BY_HOST = Sentence("The host has stopped spending for now.", "Try again later, or use your own key.")
DAY_SPENT = Sentence(
    "What the host spends in 24 hours on all visitors is used up.", "Try again later, or use your own key."
)
MONTH_SPENT = Sentence(
    "What the host spends in 30 days on all visitors is used up.", "Use your own key, or come back another day."
)
BALANCE_LOW = Sentence("The host's account is almost empty.", "Use your own key, or ask the host to top it up.")
PRICE_NOT_TOLD = Sentence("The service did not tell the price, so nothing was sent.", "Try again in a minute.")
BALANCE_NOT_TOLD = Sentence("The service did not tell the balance, so nothing was sent.", "Try again in a minute.")
MODELS_NOT_TOLD = Sentence("The service did not say what its models take, so this page offers what is usual.")
KEY_AWAY = Sentence("This page does not hold your key any more, so nothing was sent.", "Enter your key again.")
KEY_FORGOTTEN = Sentence("Your key was forgotten before this was sent.", "Enter it again, then press Generate.")
KEY_UNLIKE_ANY = Sentence("This text is no key: keys have no blanks or special letters.", "Copy the key again.")
KEY_NOT_CHECKED = Sentence("The key could not be checked just now, so it was not kept.", "Try again in a minute.")
KEY_NOT_FORGOTTEN = Sentence("The app could not be reached, so it still holds your key.", "Press Forget my key again.")
KEY_TRIES = Sentence("Too many keys were tried just now.", "Wait a minute, then try again.")
SIGN_IN_FAILED = Sentence("Hugging Face gave no usable answer, so nobody was signed in.", "Go back and try again.")
NOT_SIGNED_IN = Sentence("You are not signed in any more.", "Sign in again.")


def picture_limit(most: int) -> Sentence:
    return Sentence(f"The host pays for {most} pictures an hour for each person.", "Wait, or use your own key.")


def person_limit(dollars: str) -> Sentence:
    return Sentence(f"The host pays {dollars} in 24 hours for each person.", "Come back later, or use your own key.")


def too_many_of_yours(most: int) -> Sentence:
    return Sentence(f"At most {most} pictures can be on their way.", "Wait for one to end.")


TOO_MANY_OF_ALL = Sentence("Too many people are making pictures right now.", "Try again in a minute.")

# --- Sending ---

UNREACHABLE = Sentence("The service could not be reached, so nothing was sent.", "Press Generate to try again.")
UNTRUSTED = Sentence(
    "The service could not prove who it is, so nothing was sent, not even the key.", "Try again later."
)
BUSY = Sentence("The service is busy.", "This waits in line and is sent when it may.")
BUSY_TOO_LONG = Sentence("The service was busy for too long, so this was not sent.", "Press Generate to try again.")
NO_ANSWER = Sentence(
    "No answer came, so this picture may have been made.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
NO_CLEAR_ANSWER = Sentence(
    "The service gave no clear answer, so this picture may have been made.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
UNEXPECTED_PAGE = Sentence(
    "An unexpected page answered in place of the API, so this picture may have been made.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
NOT_FOUND = Sentence(
    "No answer came when this was sent, and it was not found at the service. It may have been made.",
    "Look again later, or press Generate to make it anew.",
    Charge.MAYBE,
)
UNANSWERED_BEFORE_RESTART = Sentence(
    "No answer came before the app was stopped, so this picture may have been made.",
    "It is being looked for; it is never sent twice.",
    Charge.MAYBE,
)
NOT_UPLOADED = Sentence(
    "Your picture could not be sent to the service, so nothing was made.", "Press Generate to try again."
)
NOT_PUT_BACK = Sentence(
    "The original could not be put back outside the mask, so this is the picture as the service made it.",
    charge=Charge.SPENT,
)
STALE = Sentence("The app was restarted before this was sent.", "Press Generate again.")
STOPPED_BY_YOU = Sentence("You stopped this while it was being made.")
TAKEN_BACK = Sentence("You took this back before it was sent.")
KEY_REFUSED = Sentence("This key was not accepted.", "A new key works after a first top-up. Enter it again.")
HOST_KEY_REFUSED = Sentence("The host's key was not accepted.", "Tell the host, or use your own key.")
MODEL_FORBIDDEN = Sentence("This key may not use this model.", "Use another key.")
NO_CREDIT = Sentence("The account behind your key has no credit left.", "Top it up, then press Generate again.")
HOST_NO_CREDIT = Sentence(
    "The account behind the host's key has no credit left.", "The host must top it up; or use your own key."
)
MODEL_GONE = Sentence("This model is not there any more.", "Ask the host to choose another.")
TOO_LARGE = Sentence("What was sent is too large for the service.", "Pictures may have up to 20 MB.")
UNSUITABLE = Sentence("The service found the prompt unsuitable.", "Change the words and try again.")
LINK_NOT_FETCHED = Sentence("A LoRA or picture could not be fetched.", "Check that its link is public.")


def busy_until(time: str) -> Sentence:
    return Sentence("The service is busy.", f"It asks to wait until {time}; then press Generate again.")


def setting_refused(reason: str) -> Sentence:
    return Sentence(f"The service refused a setting: {reason or 'it did not say which.'}")


def refused(reason: str) -> Sentence:
    return Sentence("The service refused this.", reason)


# --- Watching ---

SLOW_CONNECTION = Sentence("The connection to the service is slow.", "Looking again.", Charge.MAYBE)
PAGE_IN_PLACE_OF_API = Sentence("An unexpected page answered in place of the API.", "Looking again.", Charge.MAYBE)
LIST_UNREADABLE = Sentence("The list of recent pictures could not be read.", "Looking again.", Charge.MAYBE)
TAKES_LONG = Sentence(
    "This takes longer than usual.", "You can close this page; the picture will be here.", Charge.MAYBE
)
NOT_FINISHED = Sentence("This is not finished yet.", "Check later; the picture will be here.", Charge.MAYBE)
GONE = Sentence(
    "This picture is no longer on the server.", "Tasks are kept there for 7 days. Press Generate anew.", Charge.MAYBE
)
LOOK_REFUSED = Sentence(
    "Your key was not accepted while looking for this picture.", "Enter your key again; it is not lost.", Charge.MAYBE
)
HOST_LOOK_REFUSED = Sentence(
    "The host's key was not accepted while looking for this picture.",
    "It is not lost: look again when the host has mended the key.",
    Charge.MAYBE,
)
KEY_NEEDED = Sentence(
    "Your key is needed to look for this picture.", "Enter your key again; it is not lost.", Charge.MAYBE
)
BACKEND_AWAY = Sentence(
    "This was sent through another backend, which is not set up now.", "It is followed again once it is.", Charge.MAYBE
)
OUR_FAULT = Sentence(
    "Something went wrong in this app while looking after this picture.",
    "It is followed again after the app's next start.",
    Charge.MAYBE,
)

# --- The end of a task ---

CANCELLED = Sentence("This was cancelled at the service.", "Press Generate to make it anew.", Charge.REFUNDED)
TIMED_OUT = Sentence("The service took too long and stopped.", "Press Generate to make it anew.", Charge.REFUNDED)
KEPT_AT_SERVICE = Sentence(
    "It is gone from here, but the service could not be told to delete it too.", "There it is deleted after 7 days."
)
DELETED = Sentence("This was deleted at the service.", "Press Generate to make it anew.", Charge.REFUNDED)
NO_PICTURE = Sentence("The service finished with no picture.", "Tell the service its task id.", Charge.SPENT)


def failed(reason: str) -> Sentence:
    advice = reason or "It gave no reason. Press Generate to try again."
    return Sentence("The service could not make this picture.", advice, Charge.REFUNDED)


NOT_FETCHED = Sentence(
    "The finished picture could not be fetched.", "The service keeps it for 7 days: look again.", Charge.SPENT
)
UNSAFE_ADDRESS = Sentence(
    "The service named an address for the picture that is not safe to open.", "Look again later.", Charge.SPENT
)
TOO_MANY_BYTES = Sentence(
    "The finished picture is larger than 40 MB and was not fetched.", "Open it at the service.", Charge.SPENT
)
TOO_MANY_PIXELS = Sentence(
    "The picture is larger than 40 megapixels and was not opened.", "Open it at the service.", Charge.SPENT
)
NOT_A_PICTURE = Sentence(
    "What the service sent is not a picture this page can show.", "Look again later.", Charge.SPENT
)
DAMAGED = Sentence("The picture arrived damaged.", "Look again later.", Charge.SPENT)
NOT_SAVED = Sentence("This picture could not be saved on the app's disk.", "Download it now.", Charge.SPENT)
FILE_GONE = Sentence("The picture was made, but its file is not there any more.", "Press Generate anew.", Charge.SPENT)
NO_END = Sentence("There is no picture yet.", "Its job goes on; look on the page later.", Charge.MAYBE)

# --- The app's own disk ---

UNTIL_RESTART = Sentence(
    "Pictures made here are kept only until this app restarts: it has no lasting storage.", "Download what you like."
)
NOT_KEPT = Sentence(
    "The app's disk cannot be written, so the history will not be kept.", "Download what you like; new pictures work."
)
SET_ASIDE = Sentence(
    "The history on the app's disk could not be read. It was set aside and a new one begun.", "The host still has it."
)
STORE_TROUBLE = Sentence("The app could not write this down, so nothing was sent.", "Try again in a minute.")

# --- Said by the page's script, where no answer comes ---

OFFLINE = Sentence("The connection is lost. Nothing is lost with it.", "This page is looking again.")
UNANSWERED = Sentence(
    "A press got no answer, and the server does not know of it.", "If nothing appears here, press Generate again."
)
NOTHING_KEPT_HERE = Sentence(
    "This browser keeps nothing for this page, so your pictures are gone from here after a reload.",
    "Open the page in its own tab.",
)
PICTURE_NOT_LOADED = Sentence("The picture did not load.", "Try again.")
OLDER_NOT_LOADED = Sentence("Older pictures could not be loaded.", "Try again.")
TOO_LATE = Sentence("It was just sent, so it cannot be taken back.", "It goes on here.", Charge.MAYBE)
PAGE_NOT_READY = Sentence("The page was not ready.", "Reload it and try again.")


def charged(sentence: Sentence, *, is_free: bool) -> str:
    """Return the words on money; none where nothing is ever charged."""
    return "" if is_free else CHARGED[sentence.charge]


def in_full(sentence: Sentence, *, is_free: bool) -> str:
    """Return the whole message in one line."""
    parts = (sentence.happened, charged(sentence, is_free=is_free), sentence.advice)
    return " ".join(part for part in parts if part)


def kept_so_long(days: int, gigabytes: float) -> Sentence:
    """Say what the host's limits are; 0: none."""
    stay = f"Pictures are kept here for {days} {'day' if days == 1 else 'days'}, favourites longer." if days else ""
    room = f"The oldest pictures are deleted when {gigabytes:g} GB are full, favourites last." if gigabytes else ""
    return Sentence(" ".join(filter(None, (stay, room))), "Download what you like.")
