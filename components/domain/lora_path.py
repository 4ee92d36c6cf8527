"""LoRA path: the forms in which a request names a LoRA. Pure; no address is opened."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MAX_URL_LENGTH = 2000
"""Characters of a URL; signed URLs are long."""
_REPOSITORY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")
# No leading dot, slash or colon: no hidden file, no other folder, no drive or stream of Windows.
_HOST_FILE = re.compile(r"[^./\\:][^/\\:]{0,199}\.safetensors")


def is_lora_path(path: str) -> bool:
    """Return whether `path` may be sent: `owner/name`, an https URL, or a file name in the host's LoRA folder.

    Whether a URL is public is checked where pasted text is parsed, and again where the file is downloaded.
    """
    return is_repository(path) or is_host_file(path) or _is_https_url(path)


def is_repository(text: str) -> bool:
    """Return whether a text is a Hugging Face repository id, `owner/name`."""
    return _REPOSITORY.fullmatch(text) is not None and ".." not in text and len(text) <= 200


def is_host_file(text: str) -> bool:
    """Return whether a text can be the name of a `.safetensors` file in the host's LoRA folder."""
    return _HOST_FILE.fullmatch(text) is not None and text.isprintable()


def _is_https_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname)
    except ValueError:
        return False
    is_clean = (
        len(text) <= MAX_URL_LENGTH and text.isprintable() and not any(character.isspace() for character in text)
    )
    return is_clean and parts.scheme == "https" and has_host and "@" not in parts.netloc
