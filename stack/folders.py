"""Where things lie: one cache a user, one home a checkout, where the servers can reach them."""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Mapping
from pathlib import Path

from stack.account import Account
from stack.errors import StackError

CHECKOUT = Path(__file__).resolve().parent.parent


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """`SOJOURN_CACHE`, else the user's own cache; for root one that other accounts can read."""
    if environ.get("SOJOURN_CACHE"):
        return Path(environ["SOJOURN_CACHE"]).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/cache/sojourn")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "sojourn"
    return Path(environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sojourn"


def home_folder(checkout: Path = CHECKOUT, environ: Mapping[str, str] = os.environ) -> Path:
    """`SOJOURN_HOME`, else `.sojourn` in the checkout; for root a folder outside of it.

    A checkout below root's own home cannot be entered by the account that the servers run as.
    """
    if environ.get("SOJOURN_HOME"):
        return Path(environ["SOJOURN_HOME"]).expanduser().absolute()
    if os.geteuid() == 0:
        checkout = checkout.resolve()
        path_hash = hashlib.sha256(os.fsencode(checkout)).hexdigest()[:8]
        return Path("/var/lib/sojourn") / f"{checkout.name or 'root'}-{path_hash}"
    return checkout / ".sojourn"


def home_folder_of_tests(
    checkout: Path = CHECKOUT, environ: Mapping[str, str] = os.environ
) -> Path:
    """The home of the servers that tests start: beside the other one, never the same."""
    return home_folder(checkout, environ) / "tests"


def require_reach(path: Path, account: Account) -> None:
    """Raise `StackError` when the servers' account cannot enter a folder above `path`."""
    if not account.switch:
        return
    for folder in path.parents:
        if not folder.exists():
            continue
        status = folder.stat()
        enter = stat.S_IXUSR if status.st_uid == account.uid else stat.S_IXOTH
        if not status.st_mode & enter:
            raise StackError(
                f"user {account.name!r}, whom the servers run as, cannot enter {folder}:"
                " set SOJOURN_HOME and SOJOURN_CACHE to folders that it can reach"
            )
