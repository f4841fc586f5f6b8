"""`sojourn`: every process of the platform and every tool around it.

Modules that take long to import are imported where they are used, so that `--help` is quick.
"""

from __future__ import annotations

import sys

import typer

from sojourn.accounts_cli import accounts
from sojourn.audit_cli import audit
from sojourn.calendars_cli import calendars
from sojourn.data_cli import demo, import_data
from sojourn.dead_letters_cli import dead_letters
from sojourn.errors import Stop
from sojourn.lifecycle_cli import lifecycle
from sojourn.personal_keys_cli import personal_keys
from sojourn.process_cli import api, gateway, relay, worker
from sojourn.projections_cli import projections
from sojourn.terminal import fail
from sojourn.timers_cli import timers
from sojourn.tools_cli import events, keys, migrate, replay, settings, verify
from sojourn.webhooks_cli import webhooks

PROCESSES = "Processes (each runs alone, until SIGTERM or Ctrl-C)"
TOOLS = "Tools"

app = typer.Typer(
    name="sojourn",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="An event-sourced booking platform in which nothing that happened is ever lost."
    "\n\nWithout settings in the environment, every command finds the servers that `sojourn up`"
    " started for this checkout; `sojourn settings` shows what it found.",
)

app.add_typer(lifecycle)
app.add_typer(api, name="api", rich_help_panel=PROCESSES)
app.command(rich_help_panel=PROCESSES)(gateway)
app.command(rich_help_panel=PROCESSES)(relay)
app.add_typer(worker, name="worker", rich_help_panel=PROCESSES)
app.add_typer(timers, name="timers", rich_help_panel=PROCESSES)
app.command(rich_help_panel=TOOLS)(migrate)
app.add_typer(import_data, name="import", rich_help_panel=TOOLS)
app.command(rich_help_panel=TOOLS)(demo)
app.add_typer(accounts, name="accounts", rich_help_panel=TOOLS)
app.add_typer(calendars, name="calendars", rich_help_panel=TOOLS)
app.add_typer(audit, name="audit", rich_help_panel=TOOLS)
app.add_typer(dead_letters, name="dead-letters", rich_help_panel=TOOLS)
app.add_typer(projections, name="projections", rich_help_panel=TOOLS)
app.add_typer(webhooks, name="webhooks", rich_help_panel=TOOLS)
app.command(rich_help_panel=TOOLS)(replay)
app.command(rich_help_panel=TOOLS)(verify)
app.command(rich_help_panel=TOOLS)(events)
app.command(rich_help_panel=TOOLS)(settings)
app.command(rich_help_panel=TOOLS)(keys)
app.add_typer(personal_keys, name="personal-keys", rich_help_panel=TOOLS)


def main() -> None:
    """Run one command; an expected failure is one line on standard error and exit code 1."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Stop as stop:
        fail(str(stop))
    except Exception as error:
        if (line := _expected(error)) is None:
            raise
        fail(line)
    sys.exit(1)


def _expected(error: Exception) -> str | None:
    from sojourn.expected import line_about  # noqa: PLC0415 - only needed when something failed

    return line_about(error)
