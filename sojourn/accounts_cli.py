"""The commands about what people may do."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Role = Literal["guest", "host", "auditor", "analyst", "support", "admin"]

accounts = typer.Typer(no_args_is_help=True, help="Who may do what.")

Email = Annotated[str, typer.Argument(help="The e-mail address that the account signs in with.")]
GivenRole = Annotated[Role, typer.Argument(help="What the account may do.")]


@accounts.command("grant")
def grant(email: Email, role: GivenRole) -> None:
    """Let the account do more. This is how the first administrator comes to be.

    Example: [cyan]sojourn accounts grant ada@example.com admin[/]
    """
    from sojourn.roles import change_role  # noqa: PLC0415

    change_role(email, role, give=True)


@accounts.command("withdraw")
def withdraw(email: Email, role: GivenRole) -> None:
    """Let the account do less; it takes effect with its next request.

    Example: [cyan]sojourn accounts withdraw ada@example.com admin[/]
    """
    from sojourn.roles import change_role  # noqa: PLC0415

    change_role(email, role, give=False)
