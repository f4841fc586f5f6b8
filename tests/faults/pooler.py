"""A PgBouncer in front of Postgres that shares its connections between transactions."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from stack.ports import any_free

LEAST = (1, 21)
"""From this version on it knows prepared statements."""

HOW_TO_GET_IT = (
    "no PgBouncer from 1.21 on: install it (Debian 13: apt install pgbouncer) or name one in"
    " SOJOURN_TEST_PGBOUNCER"
)


def pgbouncer() -> str | None:
    """The program, if there is one that is new enough."""
    program = os.environ.get("SOJOURN_TEST_PGBOUNCER") or shutil.which("pgbouncer")
    if program is None:
        return None
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"PgBouncer (\d+)\.(\d+)", told.stdout)
    return program if found and (int(found[1]), int(found[2])) >= LEAST else None


@contextmanager
def pooling(program: str, folder: Path, *urls: str) -> Generator[list[str]]:
    """Each of ``urls`` as it leads through a pooler with two connections a role and database."""
    port = any_free()
    users = {(urlsplit(url).username or "", urlsplit(url).password or "") for url in urls}
    place = urlsplit(urls[0])
    (folder / "users").write_text("".join(f'"{name}" "{word}"\n' for name, word in users))
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host=127.0.0.1 port={place.port}\n[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = plain\nauth_file = {folder / 'users'}\n"
        "pool_mode = transaction\ndefault_pool_size = 2\nmax_prepared_statements = 200\n"
    )
    # It refuses to run as root; what it needs to read is in a folder of its own.
    for path in (folder, folder / "users", folder / "pgbouncer.ini"):
        path.chmod(0o755)
    user = "nobody" if os.geteuid() == 0 else None
    with (folder / "pgbouncer.log").open("wb") as log:
        running = subprocess.Popen([program, folder / "pgbouncer.ini"], stderr=log, user=user)
    try:
        through = [
            urlsplit(url)
            ._replace(netloc=f"{urlsplit(url).netloc.rpartition('@')[0]}@127.0.0.1:{port}")
            .geturl()
            for url in urls
        ]
        _until_it_answers(through[0], folder / "pgbouncer.log")
        yield through
    finally:
        running.terminate()
        running.wait(20)


def _until_it_answers(url: str, log: Path) -> None:
    give_up = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(url, connect_timeout=2).close()
        except psycopg.OperationalError:
            assert time.monotonic() < give_up, log.read_text()
            time.sleep(0.05)
        else:
            return
