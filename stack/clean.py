"""Delete a home's data, and nothing that might be somebody else's."""

from __future__ import annotations

import shutil
from pathlib import Path

from stack.state import STATE_FILE

OURS = (
    "postgres",
    "valkey",
    "kafka",
    "elasticsearch",
    "logs",
    "secrets",
    "demo.done",
    "users",
    "starting",
    "lock",
    f"{STATE_FILE}.new",
    STATE_FILE,
)


def delete_home(home: Path) -> None:
    """Delete what the stack put into `home`, then the folder if nothing else is in it."""
    for name in OURS:
        path = home / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    if home.is_dir() and not any(home.iterdir()):
        home.rmdir()
