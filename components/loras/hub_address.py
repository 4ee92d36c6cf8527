"""Hub address: owner, repository, revision and file in the path of a Hugging Face URL. Pure.

The app and the SDXL engine share this module; which addresses each accepts, and what it answers to others, is its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

_SLASH, _DOT = r"(?:[/\\]|%(?:25)*(?:2f|5c))", r"(?:\.|%(?:25)*2e)"
_DOT_SEGMENT = re.compile(rf"(?i)(?:^|{_SLASH}){_DOT}{{1,2}}(?:{_SLASH}|$)")
"""A segment `.` or `..`, however often its signs are escaped: whoever unescapes once more would leave the folder."""


def is_safe_path(path: str) -> bool:
    """Return whether the path of a file, or a revision, is printable and leads to no other folder or repository."""
    return path.isprintable() and "\\" not in path and not _DOT_SEGMENT.search(path)


@dataclass(frozen=True, slots=True)
class HubAddress:
    """`/owner/name`, or `/owner/name/view/revision/file`, where the view is `resolve`, `blob`, `tree`, ..."""

    parts: tuple[str, ...]
    """Percent-decoded, without empty ones; a decoded part may hold a slash or dots."""

    @classmethod
    def of_path(cls, path: str) -> HubAddress:
        """Return the address with this URL path."""
        return cls(tuple(unquote(part) for part in path.split("/") if part))

    @property
    def repository(self) -> str:
        """`owner/name`, less than that where the path is shorter."""
        return "/".join(self.parts[:2])

    @property
    def view(self) -> str:
        """What the address shows of the repository; empty: its page."""
        return self.parts[2] if len(self.parts) > 2 else ""

    @property
    def has_file(self) -> bool:
        """Whether something follows the revision, or looks like it: `refs/pr` without a number does."""
        return len(self.parts) > 4

    @property
    def revision(self) -> str:
        """A branch, tag, commit, or `refs/pr/1`: the revision of a proposed change has three parts."""
        return "/".join(self.parts[3 : 3 + self._revision_length])

    @property
    def file(self) -> str:
        """The file's path in the repository; may be empty."""
        return "/".join(self.parts[3 + self._revision_length :])

    @property
    def _revision_length(self) -> int:
        return 3 if self.parts[3:5] == ("refs", "pr") else 1
