"""Files that the process may have open: each connection is one."""

from __future__ import annotations

import sys
from contextlib import suppress

WANTED = 16_384
"""Open files that are enough for every connection that the limits let in."""
_USUAL = 1024
"""Where the system tells of no limit."""


def raised_limit() -> int:
    """Raise the limit on open files towards WANTED, as far as the system lets this process; return the limit."""
    if sys.platform == "win32":
        return _USUAL
    # Imported here: Windows has no such module.
    import resource  # noqa: PLC0415

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = WANTED if hard == resource.RLIM_INFINITY else min(WANTED, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        # macOS refuses more than its kernel has, though it names no limit.
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return WANTED if soft == resource.RLIM_INFINITY else soft
