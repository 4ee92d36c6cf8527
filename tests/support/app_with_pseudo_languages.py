"""The app as `app.py` starts it, with the pseudo-languages beside English."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


def main() -> None:
    """Serve the app until it is interrupted."""
    from components.messages import catalogue  # noqa: PLC0415 - after the path is set
    from components.ui import assets  # noqa: PLC0415
    from tests.support.pseudo_languages import write_pseudo_languages  # noqa: PLC0415

    folder = Path.cwd() / "assets"
    write_pseudo_languages(folder)
    assets.FOLDER, catalogue.FOLDER = folder, folder / "locales"
    catalogue.languages.cache_clear()

    from app import main as serve  # noqa: PLC0415

    serve()


if __name__ == "__main__":
    main()
