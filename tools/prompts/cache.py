"""Where models are kept, outside the repository."""

import os
from pathlib import Path


def folder() -> Path:
    """The folder, made if it is not there; `LINGTONG_CACHE` moves it."""
    base = os.environ.get("LINGTONG_CACHE") or Path.home() / ".cache" / "lingtong"
    path = Path(base) / "prompts"
    path.mkdir(parents=True, exist_ok=True)
    return path
