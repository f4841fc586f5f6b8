"""Who runs the servers: ourselves, or, started by root, another account that owns their data."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from stack.errors import StackError


class Become(TypedDict, total=False):
    """The arguments of `subprocess` that change the user."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """A user that a server runs as; `switch` says whether that differs from ours."""

    name: str
    uid: int
    gid: int
    switch: bool

    def own(self, path: Path) -> None:
        """Hand `path` over (not what is below it)."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def folder(self, path: Path, mode: int = 0o700) -> Path:
        """Make `path` a folder of this account."""
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        self.own(path)
        return path

    def file(self, path: Path, text: str, mode: int = 0o600) -> Path:
        """Write a file of this account, never readable by others in between."""
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        path.chmod(mode)
        self.own(path)
        return path

    def run(
        self, command: Sequence[str | Path], *, cwd: Path, env: Mapping[str, str], text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as this account to its end, `text` as its input, and keep its output."""
        return subprocess.run(  # noqa: S603 - the programs are ours, no shell is involved
            command,
            cwd=cwd,
            env=dict(env),
            input=text,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self.become(),
        )

    def become(self) -> Become:
        """What `subprocess` needs to become this account."""
        if not self.switch:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def choose_account(environ: Mapping[str, str]) -> Account:
    """Ourselves; for root the account named by `SOJOURN_SERVER_USER`, else `nobody`.

    Postgres and Elasticsearch refuse to run as root. Raises `StackError` when there is no such
    account or this machine refuses to change to it.
    """
    if os.geteuid() != 0:
        return Account(pwd.getpwuid(os.geteuid()).pw_name, os.geteuid(), os.getegid(), switch=False)
    name = environ.get("SOJOURN_SERVER_USER") or "nobody"
    try:
        entry = pwd.getpwnam(name)
    except KeyError:
        raise StackError(
            f"there is no user {name!r} to run the servers as: set SOJOURN_SERVER_USER"
        ) from None
    account = Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)
    try:
        account.run(["true"], cwd=Path("/"), env={"PATH": "/usr/bin:/bin"})
    except (OSError, subprocess.SubprocessError) as refusal:
        raise StackError(
            f"Postgres and Elasticsearch refuse to run as root, and changing to {name!r} was"
            f" refused ({refusal}): run this as an ordinary user"
        ) from None
    return account
