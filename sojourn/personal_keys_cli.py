"""The commands about the keys of what is personal: another master key, and a restored backup."""

from __future__ import annotations

import typer

personal_keys = typer.Typer(
    no_args_is_help=True, help="The keys of what is personal: rotate the master key, forget again."
)


@personal_keys.command("status")
def status() -> None:
    """How many people's keys each master key wraps, and how many people are erased.

    Example: [cyan]sojourn personal-keys status[/]
    """
    from sojourn.personal_keys import show  # noqa: PLC0415

    show()


@personal_keys.command("rotate")
def rotate() -> None:
    """Wrap every key by the first master key of the file. Safe to stop and run again.

    Put the new key on the file's first line and keep the old one below it until this says that
    the old one wraps nothing any more. Nothing needs to be restarted.

    Example: [cyan]sojourn personal-keys rotate[/]
    """
    from sojourn.personal_keys import rotate as run  # noqa: PLC0415

    run()


@personal_keys.command("forget")
def forget() -> None:
    """Delete again the keys and sign-ins of everybody who is erased, as the log tells.

    For after a backup of the keys, or of the log's database, was restored.

    Example: [cyan]sojourn personal-keys forget[/]
    """
    from sojourn.personal_keys import forget as run  # noqa: PLC0415

    run()
