"""The commands of operators and analysts: prepare the stores, prove them right, replay the log."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer


def migrate() -> None:
    """Bring every store up to date: schema, roles, topic, index. Safe to run again at any time.

    It alone needs [cyan]SOJOURN_POSTGRES_URL[/], the owner of the schema.

    Example: [cyan]sojourn migrate[/]
    """
    from sojourn.migrate import migrate as run  # noqa: PLC0415
    from sojourn.settings import load_settings  # noqa: PLC0415
    from sojourn.terminal import err  # noqa: PLC0415

    run(load_settings(), err.print)


def keys(
    folder: Annotated[Path, typer.Argument(help="Where the files go.", file_okay=False)],
) -> None:
    """Make the key files of an installation, once; files that exist stay as they are.

    Prints the settings that name them. Keep them: without the secret key nobody can sign in.

    Example: [cyan]sojourn keys /etc/sojourn[/]
    """
    from sojourn.keys import make_keys  # noqa: PLC0415
    from sojourn.terminal import out  # noqa: PLC0415

    for variable, path in make_keys(folder).items():
        out.print(f"{variable}={path}", soft_wrap=True)


def settings() -> None:
    """All settings: the variable, the value that this process would use, and what it is.

    Passwords are masked. Values come from the environment, else from the servers that run for this
    checkout, else they are defaults.

    Example: [cyan]SOJOURN_LOG_LEVEL=debug sojourn settings[/]
    """
    from sojourn.settings import load_settings  # noqa: PLC0415
    from sojourn.settings_table import settings_table  # noqa: PLC0415
    from sojourn.terminal import out  # noqa: PLC0415

    out.print(settings_table(load_settings()))


def events(
    *,
    to: Annotated[
        Path | None, typer.Option(help="Write it to this file instead.", dir_okay=False)
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="What live streams and webhooks tell, instead.")
    ] = False,
) -> None:
    """Every event that the log may hold, with its fields, as a page in Markdown.

    Examples:

    [cyan]sojourn events --to docs/events.md[/]

    [cyan]sojourn events --public --to docs/reference/public-events.md[/]
    """
    from sojourn import event_catalogue, public_catalogue  # noqa: PLC0415

    page = public_catalogue.page() if public else event_catalogue.page()
    if to is None:
        sys.stdout.write(page)
    else:
        to.write_text(page, encoding="utf-8")


def verify(
    wait: Annotated[
        float, typer.Option(min=0, help="Seconds that the read models have to catch up.")
    ] = 30.0,
    journal: Annotated[
        Path | None,
        typer.Option(help="JSON lines of what clients were told.", exists=True, dir_okay=False),
    ] = None,
    follow: Annotated[
        bool | None,
        typer.Option("--follow", help="Compare documents for ever, key by key, gently."),
    ] = None,
    rate: Annotated[
        float, typer.Option(min=0.1, help="Documents a second, with --follow.")
    ] = 200.0,
) -> None:
    """Prove that the stores say what the log says. The last line is the verdict.

    Checked are: versions, positions and the hash of every event (1); that no two claims overlap, in
    the log, the table and every read model (2); that every document is the fold of its events (4);
    that receipts and events match (5); that the timers are those that the log sets (7). Exit code 0
    when clean, 1 when not.

    A journal has one object a line: [cyan]{"status": 201, "method": "POST", "path": "/v1/bookings",
    "position": "<Sojourn-Position>", "id": "<id in the body>"}[/]; every 2xx must be in the log.

    Examples:

    [cyan]sojourn verify[/]

    [cyan]sojourn verify --wait 60 --journal told.jsonl[/]

    [cyan]sojourn verify --follow --rate 50[/]

    With [cyan]--follow[/] it compares every document with the fold of the log, round after round,
    until SIGTERM or Ctrl-C, prints each difference when it is first found, and counts at
    [cyan]SOJOURN_METRICS_PORT[/].
    """
    if follow:
        from sojourn.verify.command import run_following  # noqa: PLC0415

        raise typer.Exit(run_following(rate))
    from sojourn.verify.command import run  # noqa: PLC0415

    raise typer.Exit(run(wait, journal))


def replay(
    file: Annotated[Path, typer.Argument(help="A projection: a Python file.", dir_okay=False)],
    to: Annotated[
        Path, typer.Option(help="Where the rows go: .parquet, .csv or .jsonl.", dir_okay=False)
    ],
    as_of: Annotated[
        str | None,
        typer.Option(
            metavar="POSITION|TIME", help="Only what was recorded up to this position or time."
        ),
    ] = None,
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--where",
            metavar="KEY",
            help="Only what happened to this listing or account; repeatable.",
        ),
    ] = None,
) -> None:
    """Run a projection over the whole log and keep its rows.

    A projection is a Python file with a function [cyan]project(event)[/] that yields rows (dicts),
    or a class [cyan]Projection[/] with [cyan]apply(event)[/] and [cyan]rows()[/]. An event has
    position, stream, version, key, recorded_at, occurred_at, actor and event, a domain fact.

    Examples:

    [cyan]sojourn replay analysis/nights_and_revenue_by_day.py --to out.parquet[/]

    [cyan]sojourn replay analysis/nights_and_revenue_by_day.py --as-of 2026-11-01T00:00:00Z
    --to november.csv[/]
    """
    from sojourn.replay.command import run  # noqa: PLC0415

    run(file, to, as_of, key or [])
