"""Messages about an image to start from, its mask, and other choices of the form."""

from __future__ import annotations

from components.errors import Message

SOURCE_TOO_LARGE = Message("This picture file is larger than 20 MB.", "Choose a smaller one.")
SOURCE_TOO_MANY_PIXELS = Message("This picture has more than 40 megapixels.", "Make it smaller, then choose it again.")
SOURCE_TOO_SMALL = Message("This picture is too small to start from.", "It needs at least 16 pixels on each side.")
SOURCE_TOO_NARROW = Message("This picture is too long and narrow.", "Cut it to a shape nearer to a square.")
NOT_A_SOURCE = Message("This file is not a picture this page can read.", "Choose a PNG, JPEG or WebP picture.")
SOURCE_DAMAGED = Message("This picture file is damaged.", "Choose another one.")
SOURCE_GONE = Message("The picture to start from is not here any more.", "Choose it again.")
NO_SUCH_REFINER = Message("The refiner is off, an ensemble of experts, or a second pass.", "Choose one of the three.")
NO_SUCH_SPEED = Message("The speed is full or fast.", "Choose one of the two.")
FAST_NOT_RESTORED = Message("It was painted fast, which is not offered here.", "Set its steps and guidance anew.")
FAST_SAMPLING = Message("Fast paints in 4 steps at guidance 1.", "Choose Best to set them.")
FAST_WITHOUT_REFINER = Message("Fast paints without the refiner.", "Choose Best to use it.")
FAST_WITHOUT_NEGATIVE = Message("Fast takes no notice of the negative prompt.", "Choose Best to use it.")
NOTHING_TO_COMPARE = Message("There is no LoRA to compare with.", "Choose one first, with a scale above 0.")
LINK_COPIED = Message(
    "The link was copied.", "Whoever opens it gets these settings; no picture and no key goes along."
)
CODE_FOR_THE_SERVICE = Message(
    "This sends to the hosted service, which paints with SDXL.",
    "For this page's own painter choose “Python, this page”.",
)
CODE_NOT_TAKEN_THERE = Message(
    "The hosted service is not known to take all of this.", "Look at what it makes before you rely on it."
)
NO_SUCH_AXIS = Message("It was not said what is to differ.", "Choose one or two settings and their values.")
SAME_AXIS_TWICE = Message("Both lists are for the same setting.", "Choose another for one of them.")
VALUES_NOT_READ = Message(
    "The values could not be read.", "Write them as 1, 2, 3 or 1-5 or 1-9 (+2) or 1-10 [4], each once."
)
WORDS_NOT_IN_PROMPT = Message("The first of the words is not in the prompt.", "Begin the list with words that are.")
AXIS_HAS_NO_EFFECT = Message(
    "That setting changes nothing as the form stands.",
    "The strength needs a picture to start from, the handover the ensemble, steps and guidance the speed Best.",
)
NO_SUCH_STYLE = Message("One of the styles is not known here.", "Choose it again from the list.")
NO_SUCH_FIT = Message("A picture is fitted by crop, pad or match.", "Choose one of the three.")
SOURCE_NOT_SENT = Message(
    "The picture could not be brought to this app.", "Check your connection and choose it again."
)
NO_CAMERA = Message("No camera could be used.", "Allow the page to use one, or choose a picture file.")
NOTHING_TO_ADD = Message("Nothing was to be added to the picture.", "Choose a side to add to.")
TOO_NARROW_TO_GO_ON = Message(
    "With so much added the picture would be too long and narrow.", "Make the other side longer first."
)
