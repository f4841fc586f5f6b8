"""All settings as a table: the variable, its value with secrets masked, and what it is."""

from __future__ import annotations

import re

from rich.table import Table

from sojourn.settings import Settings, variable

_PASSWORD = re.compile(r"(?<=://)([^:@/\s]*):([^@/\s]*)@")


def settings_table(settings: Settings) -> Table:
    """One row a setting."""
    table = Table(title="Settings of this process", title_justify="left")
    table.add_column("variable", no_wrap=True)
    table.add_column("value", overflow="fold")
    table.add_column("meaning")
    for name, field in type(settings).model_fields.items():
        value = shown(getattr(settings, name))
        style = "dim" if value == "not set" else None
        table.add_row(variable(name), value, field.description, style=style)
    return table


def shown(value: object) -> str:
    """``value`` for the eyes of anyone: no password in it."""
    if value is None:
        return "not set"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] - of any members
    return _PASSWORD.sub(r"\1:***@", str(value))
