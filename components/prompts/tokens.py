"""Token count of a text for SDXL's text encoders (CLIP), and the words beyond the limit of those encoders.

Counted as transformers' `CLIPTokenizer` counts for `openai/clip-vit-large-patch14`, whose vocabulary both encoders
share. OpenAI's own first makes “quotes” straight, mends broken text with ftfy and undoes HTML entities (`&amp;`);
here, as in transformers, text is counted unchanged. The control characters U+001C to U+001F are blanks here alone.
"""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 75
"""Tokens available to words: 77, less the two that mark begin and end."""

_MERGES = Path(__file__).resolve().parents[2] / "assets" / "tokens" / "merges.txt.gz"
_SPECIAL = ("<|startoftext|>", "<|endoftext|>")
"""One token each where a prompt contains them, but only in small letters."""
_PIECE = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
"""What is tokenized by itself: letters, a single numeral, signs. From transformers' `CLIPTokenizer`."""
_PART = re.compile(r"\S+?(?:,(?=[^\W_])|(?!\S))")
"""What no token reaches across: a word, or what stands before a comma in it."""
_LONG_PART = 30
"""Characters. A longer part (a script without blanks) may be cut inside; a shorter one fits as a whole or not."""
_REACH = 50 * MAX_TOKENS
"""Characters that the limit is reached within: a token has 32 bytes at most, and three characters may become one."""
# Python's `\s` and str.strip take these for blanks, the tokenizer's `\s` does not; half a surrogate pair is no UTF-8.
_REPLACED = str.maketrans(dict.fromkeys(range(0x1C, 0x20), " ") | dict.fromkeys(range(0xD800, 0xE000), "\ufffd"))


def count_tokens(text: str) -> int:
    """Return the number of tokens, without the two that mark begin and end."""
    return len(_tokenizer().encode(text.translate(_REPLACED)).ids)


def cut_words(text: str) -> str:
    """Return the end of a text that is beyond the limit, from the first word not wholly within; "" if it fits."""
    text, left = text.strip(), MAX_TOKENS
    for found in _PART.finditer(text):
        part = found.group()[:_REACH]
        needed = count_tokens(part)
        if needed > left:
            return text[found.start() + _fitting(part, left) :]
        left -= needed
    return ""


def _fitting(part: str, limit: int) -> int:
    """Return how many characters of a part that is too long are within a limit of tokens."""
    if len(part) <= _LONG_PART:
        return 0
    fits, too_many = 0, len(part)
    while too_many - fits > 1:
        middle = (fits + too_many) // 2
        fits, too_many = (middle, too_many) if count_tokens(part[:middle]) <= limit else (fits, middle)
    return fits


@lru_cache(maxsize=1)
def _tokenizer() -> Tokenizer:
    """Return the tokenizer, built from the merges at the first use: no import of this module pays for it."""
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers  # noqa: PLC0415

    merges = [_pair(line) for line in gzip.decompress(_MERGES.read_bytes()).decode().splitlines()]
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    entries = [*letters, *(f"{letter}</w>" for letter in letters), *map("".join, merges), *_SPECIAL]
    vocabulary = {entry: number for number, entry in enumerate(entries)}  # only counted, so any numbers do
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges, end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    split = pre_tokenizers.Split(Regex(_PIECE), behavior="removed", invert=True)
    bytes_of = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([split, bytes_of])
    tokenizer.add_special_tokens([AddedToken(mark, normalized=False) for mark in _SPECIAL])
    return tokenizer


def _pair(line: str) -> tuple[str, str]:
    one, _, other = line.partition(" ")
    return one, other
