"""The app as `app.py` starts it, with a data folder that a crash may set back, as on a mounted bucket."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    """Serve the app until it is interrupted."""
    from components.sqlite.mount import Mount  # noqa: PLC0415 - after the path is set
    from components.storage import data_folder, folder_lease  # noqa: PLC0415

    data_folder.mount_of = lambda folder: Mount(keeps_synced=False)
    folder_lease.WATCH_SECONDS = 0.2

    from app import main as serve  # noqa: PLC0415

    serve()


if __name__ == "__main__":
    main()
