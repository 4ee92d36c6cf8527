"""Pasted text: a LoRA's name or link in it, without punctuation, brackets, commands and words around it. Pure."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

STRIPPED = " \t\r\n\"'`,;*|\u200b\u200e\u200f\ufeff\u00a0"
"""Quotes, list marks, emphasis and invisible characters (zero-width space, direction marks, BOM) around a text."""
_SENTENCE_ENDS = ".!?"
_BRACKETS = dict(zip("([{<（【「『《〈", ")]}>）】」』》〉", strict=True))
_OPENING = {closing: opening for opening, closing in _BRACKETS.items()}
_LIST_MARK = re.compile(r"[-–—>]\s+")
_MARKDOWN = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_SCHEME = re.compile(r"(?i)(?:https?[:：][/／]{1,2}){1,3}")
_WIDE = re.compile("[：／]")
_NARROW = str.maketrans("：／．？＝＆", ":/.?=&")
_LINK = re.compile(r"(?i)https?://[^\s<>\"'`|]+")
_DOWNLOAD = re.compile(r"(?i)(?:[$>!%]\s*)?(?:hf|huggingface-cli)\s+download\s+")
_FLAGS = frozenset({"-q", "--quiet", "--force-download", "--resume-download", "--dry-run", "--no-force-download"})
_CALL = re.compile(r"(?:load_lora_weights|hf_hub_download|snapshot_download|load_lora_adapter)\s*\(")
_REPOSITORY = re.compile(r"(?:\(|repo_id\s*=)\s*[\"']([^\"'\s]+)[\"']")
_FILE = re.compile(r"(?:weight_name|filename)\s*=\s*[\"']([^\"']+)[\"']")
_SUBFOLDER = re.compile(r"subfolder\s*=\s*[\"']([^\"']+)[\"']")
_REVISION = re.compile(r"revision\s*=\s*[\"']([^\"'\s]+)[\"']")
_HUB = "https://huggingface.co"


def without_wrapping(text: str) -> str:
    """Return a text without quotes, sentence ends, and brackets that it does not close itself, around it."""
    before = None
    while before != text:
        before, text = text, _LIST_MARK.sub("", text.strip(STRIPPED), count=1)
        text = _without_brackets(_without_signs(text))
    return text


def _without_signs(text: str) -> str:
    """Return a text without sentence ends, and without the signs of other scripts, quotes and emoji around it."""
    start, end = 0, len(text)
    while start < end and _is_foreign_sign(text[start]):
        start += 1
    while end > start and _is_foreign_sign(text[end - 1]):
        end -= 1
    stripped = text[start:end].rstrip(_SENTENCE_ENDS)
    return text[start:end] if stripped.endswith(("/", "\\")) else stripped


def _is_foreign_sign(character: str) -> bool:
    is_bracket = character in _BRACKETS or character in _OPENING
    return not character.isascii() and not is_bracket and unicodedata.category(character)[0] in "PSZ"


def _without_brackets(text: str) -> str:
    if text and text[0] in _BRACKETS:
        closing = _BRACKETS[text[0]]
        if text[-1] == closing and text.find(closing) == len(text) - 1:
            return text[1:-1]
        if closing not in text:
            return text[1:]
    if text and text[-1] in _OPENING and text.count(_OPENING[text[-1]]) < text.count(text[-1]):
        return text[:-1]
    return text


def with_one_scheme(text: str) -> str:
    """Return an address with `https://` for a scheme that is doubled, short of a slash, or in an input method's signs.

    Other text stays unchanged.
    """
    scheme = _SCHEME.match(text)
    if not scheme or not text[scheme.end() :].lstrip("/"):
        return text
    rest = text[scheme.end() :]
    return f"https://{rest.translate(_NARROW) if _WIDE.search(scheme[0]) else rest}"


def link_in_markdown(text: str) -> str:
    """Return the address of a text that is one markdown link; other text unchanged."""
    found = _MARKDOWN.fullmatch(text)
    return found[1] if found else text


def named_in(text: str) -> str | None:
    """Return what a command, a line of Python or a sentence with one link names; None for none, or several."""
    if _CALL.search(text):
        return _of_python(text)
    if command := _DOWNLOAD.match(text):
        return _of_command(text[command.end() :].split())
    links = {without_wrapping(link_in_markdown(link)) for link in _LINK.findall(text.replace("](", " "))}
    return links.pop() if len(links) == 1 else None


def _of_python(text: str) -> str | None:
    name = _REPOSITORY.search(text)
    if not name:
        return None
    file, folder, revision = (pattern.search(text) for pattern in (_FILE, _SUBFOLDER, _REVISION))
    path = f"{folder[1].strip('/')}/{file[1]}" if folder and file else file[1] if file else ""
    return _at_hub(name[1], path, revision[1] if revision else "")


def _of_command(words: list[str]) -> str | None:
    names: list[str] = []
    options: dict[str, str] = {}
    rest = iter(word.strip("\"'") for word in words)
    for word in rest:
        if word in _FLAGS:
            continue
        if word.startswith("-"):
            name, _, value = word.partition("=")
            options[name] = value or next(rest, "")
        else:
            names.append(word)
    if not names:
        return None
    if options.get("--repo-type", "model") != "model":
        return f"{_HUB}/{options['--repo-type']}s/{names[0]}"
    included = options.get("--include", "")
    file = names[1] if len(names) > 1 else "" if "*" in included else included
    return _at_hub(names[0], file, options.get("--revision", ""))


def _at_hub(name: str, file: str, revision: str) -> str:
    """Return the address of a file of a repository, or the repository; a path on a disk, or a link, as it is."""
    if not file or "://" in name:
        return f"{name}@{revision}" if revision else name
    return f"{_HUB}/{name}/resolve/{quote(revision or 'main', safe='')}/{quote(file)}"
