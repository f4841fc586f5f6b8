"""The command line helps, answers quickly, and fails in one line."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from sojourn.cli import app

SLOW = ("psycopg", "fastapi", "faust", "kafka", "redis", "elasticsearch", "pyarrow", "sqlalchemy",
        "pydantic_settings", "commands", "eventlog", "projections")  # fmt: skip

COMMANDS = [
    "api",
    "api commands",
    "api queries",
    "gateway",
    "relay",
    "worker",
    "worker pages",
    "worker search",
    "worker feed",
    "worker reactors",
    "worker webhooks",
    "webhooks",
    "webhooks list",
    "webhooks deliveries",
    "webhooks redeliver",
    "timers",
    "timers list",
    "timers rebuild",
    "migrate",
    "import",
    "import stockholm",
    "demo",
    "accounts",
    "accounts grant",
    "accounts withdraw",
    "audit",
    "audit query",
    "replay",
    "verify",
    "events",
    "settings",
    "keys",
    "up",
    "down",
    "status",
    "logs",
    "clean",
    "fetch",
]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`sojourn` with nothing but ``environment`` set."""
    plain = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-m", "sojourn", *arguments],
        env={**plain, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_helps(command: str) -> None:
    result = CliRunner().invoke(app, [*command.split(), "--help"])
    assert result.exit_code == 0
    assert "Usage" in result.output


def test_every_command_that_takes_part_in_production_has_an_example() -> None:
    here = {"up", "down", "status", "logs", "clean", "fetch"}
    group: Any = get_command(app)
    for name, command in group.commands.items():
        for leaf in getattr(command, "commands", {name: command}).values():
            if name not in here:
                assert "Example" in (leaf.help or ""), f"{name} {leaf.name}"


def test_help_imports_nothing_slow() -> None:
    looking = f"import sojourn.cli, sys; print({SLOW!r} and set({SLOW!r}) & set(sys.modules))"
    found = subprocess.run(
        [sys.executable, "-c", looking], capture_output=True, text=True, timeout=60, check=True
    )
    assert found.stdout.strip() == "set()"


def test_a_missing_setting_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    result = run("relay", SOJOURN_HOME=str(tmp_path))
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith("error: set SOJOURN_POSTGRES_COMMANDS_URL")
    assert "Traceback" not in result.stderr


def test_a_server_that_is_down_is_one_line_and_exit_code_1(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    result = run(
        "import",
        "stockholm",
        SOJOURN_HOME=str(tmp_path),
        SOJOURN_POSTGRES_COMMANDS_URL=f"postgresql://nobody:none@127.0.0.1:{port}/none",
    )
    assert result.returncode == 1
    assert result.stderr.startswith("error: Postgres does not answer")
    assert len(result.stderr.splitlines()) == 1


def test_a_taken_port_is_one_line_that_names_the_setting(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        result = run("gateway", SOJOURN_HOME=str(tmp_path), SOJOURN_GATEWAY_PORT=str(port))
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1].startswith(f"error: can't listen on 127.0.0.1:{port}")
    assert "SOJOURN_GATEWAY_PORT" in result.stderr


def test_a_wrong_argument_is_exit_code_2() -> None:
    assert run("accounts", "grant", "somebody@example.com", "king").returncode == 2
