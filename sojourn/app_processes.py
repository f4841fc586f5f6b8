"""The processes of ours that `sojourn up` runs, and what each of them may know."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from sojourn.keys import public_key
from stack.addresses import Addresses
from stack.health import http_answers
from stack.processes import Program
from stack.secret_files import random_key, secret

OWNER = frozenset({"SOJOURN_POSTGRES_URL"})
COMMANDS_ROLE = frozenset({"SOJOURN_POSTGRES_COMMANDS_URL"})
RELAYS_WAY = frozenset({"SOJOURN_POSTGRES_RELAY_URL"})
QUERIES_ROLE = frozenset({"SOJOURN_POSTGRES_QUERIES_URL"})
WORKERS_ROLE = frozenset({"SOJOURN_POSTGRES_WORKERS_URL"})
KEYS_OWNER = frozenset({"SOJOURN_POSTGRES_KEYS_OWNER_URL"})
PERSONAL_KEYS = frozenset({"SOJOURN_POSTGRES_KEYS_URL", "SOJOURN_MASTER_KEY_FILE"})
PERSONAL_KEYS_TO_READ = frozenset({"SOJOURN_POSTGRES_KEYS_QUERIES_URL", "SOJOURN_MASTER_KEY_FILE"})
KEYS_TO_SIGN = frozenset({"SOJOURN_SIGNING_KEY_FILE", "SOJOURN_VERIFY_KEY_FILE"})
KEY_TO_VERIFY = frozenset({"SOJOURN_VERIFY_KEY_FILE"})
KEY_OF_HASHES = frozenset({"SOJOURN_SECRET_KEY_FILE"})
TO_SEND_MAIL = frozenset({"SOJOURN_SMTP_PASSWORD_FILE"})
ROLES = COMMANDS_ROLE | QUERIES_ROLE | WORKERS_ROLE
CREDENTIALS = (
    OWNER
    | ROLES
    | RELAYS_WAY
    | KEYS_OWNER
    | PERSONAL_KEYS
    | PERSONAL_KEYS_TO_READ
    | KEYS_TO_SIGN
    | KEY_OF_HASHES
    | TO_SEND_MAIL
)

COMMAND_SIDE = COMMANDS_ROLE | PERSONAL_KEYS | KEYS_TO_SIGN | KEY_OF_HASHES
QUERY_SIDE = QUERIES_ROLE | PERSONAL_KEYS_TO_READ | KEY_TO_VERIFY | KEY_OF_HASHES
WORKER = WORKERS_ROLE
REACTOR = COMMANDS_ROLE | WORKERS_ROLE | PERSONAL_KEYS | KEY_OF_HASHES
MIGRATION = (
    OWNER
    | ROLES
    | KEYS_OWNER
    | frozenset({"SOJOURN_POSTGRES_KEYS_URL", "SOJOURN_POSTGRES_KEYS_QUERIES_URL"})
)


@dataclass(frozen=True)
class App:
    """A process of ours: its command, the credentials it gets, and, if it serves, its port."""

    name: str
    command: str
    may_know: frozenset[str]
    port: str = ""


APPS = (
    App("commands", "api commands", COMMAND_SIDE | TO_SEND_MAIL, port="commands"),
    App("queries", "api queries", QUERY_SIDE, port="queries"),
    App("relay", "relay", COMMANDS_ROLE | RELAYS_WAY),
    App("pages", "worker pages", WORKER),
    App("search", "worker search", WORKER),
    App("feed", "worker feed", WORKER),
    App("reactors", "worker reactors", REACTOR),
    App("webhooks", "worker webhooks", REACTOR | TO_SEND_MAIL),
    App("timers", "timers", COMMANDS_ROLE),
    App("gateway", "gateway", frozenset(), port="gateway"),
)
MIGRATE = App("migrate", "migrate", MIGRATION)
IMPORT = App("import", "import stockholm", COMMAND_SIDE)
DEMO = App("demo", "demo", COMMAND_SIDE)
PORTS = ("commands", "queries", "gateway")


def program_of(
    app: App,
    variables: Mapping[str, str],
    home: Path,
    port: int | None,
    *,
    show: bool = False,
) -> Program:
    """How to run `app`; of the credentials in `variables` it gets only its own."""
    env = {
        name: value
        for name, value in variables.items()
        if name not in CREDENTIALS or name in app.may_know
    }
    return Program(
        name=app.name,
        argv=(sys.executable, "-m", "sojourn", *app.command.split()),
        env={**env, "PYTHONUNBUFFERED": "1"},
        log=home / "logs" / f"{app.name}.log",
        cwd=home,
        port=port,
        kind="app",
        grace=15.0,
        ready=lambda: port is None or http_answers(f"http://127.0.0.1:{port}/health/live"),
        show=show,
    )


def variables_for(
    addresses: Addresses, home: Path, ports: Mapping[str, int], environ: Mapping[str, str]
) -> dict[str, str]:
    """Every `SOJOURN_*` variable that our processes may need; what `environ` sets is kept."""
    secrets = home / "secrets"
    signing, verify = secrets / "signing_key", secrets / "verify_key"
    seed = secret(signing, random_key)
    secret(verify, lambda: public_key(seed))
    secret(secrets / "secret_key", random_key)
    secret(secrets / "master_key", random_key)
    owner = addresses.postgres_url
    made = {
        **addresses.environment(),
        "SOJOURN_POSTGRES_COMMANDS_URL": _as_role(owner, "commands", secrets),
        "SOJOURN_POSTGRES_QUERIES_URL": _as_role(owner, "queries", secrets),
        "SOJOURN_POSTGRES_WORKERS_URL": _as_role(owner, "workers", secrets),
        "SOJOURN_POSTGRES_KEYS_URL": _of_keys(_as_role(owner, "keys", secrets)),
        "SOJOURN_POSTGRES_KEYS_QUERIES_URL": _of_keys(_as_role(owner, "keys_queries", secrets)),
        "SOJOURN_MASTER_KEY_FILE": str(secrets / "master_key"),
        "SOJOURN_SIGNING_KEY_FILE": str(signing),
        "SOJOURN_VERIFY_KEY_FILE": str(verify),
        "SOJOURN_SECRET_KEY_FILE": str(secrets / "secret_key"),
        "SOJOURN_MAIL_FOLDER": str(home / "mail"),
        # On a machine of one's own, receivers are tried there, too.
        "SOJOURN_WEBHOOK_NETWORKS": "127.0.0.0/8,::1/128",
        **{f"SOJOURN_{name.upper()}_PORT": str(ports[name]) for name in PORTS},
        "SOJOURN_COMMANDS_UPSTREAM": f"http://127.0.0.1:{ports['commands']}",
        "SOJOURN_QUERIES_UPSTREAM": f"http://127.0.0.1:{ports['queries']}",
    }
    return {name: environ.get(name) or value for name, value in made.items()}


def _of_keys(url: str) -> str:
    """The same server and role, but the database of personal keys."""
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/') or '/sojourn'}_keys").geturl()


def _as_role(owner_url: str, role: str, secrets: Path) -> str:
    """The owner's address, but signed in as `<database>_<role>`."""
    parts = urlsplit(owner_url)
    user = f"{parts.path.lstrip('/') or 'sojourn'}_{role}"
    password = secret(secrets / f"postgres_{role}_password")
    server = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{quote(user)}:{quote(password, safe='')}@{server}").geturl()
