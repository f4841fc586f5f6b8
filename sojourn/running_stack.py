"""Settings that the environment does not name come from the servers that run for this checkout.

In production there is no such stack, and nothing is taken from anywhere.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

SERVERS = ("POSTGRES_URL", "KAFKA_BOOTSTRAP", "REDIS_URL", "ELASTICSEARCH_URL")


class RunningStackSource(PydanticBaseSettingsSource):
    """The variables that the running stack gives to its own processes."""

    def __init__(self, settings: type[BaseSettings], prefix: str) -> None:
        super().__init__(settings)
        self._prefix = prefix
        self._found: dict[str, str] | None = None

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The value of one setting, its name, and that it is not JSON."""
        if self._found is None:
            self._found = stack_variables(self._prefix, os.environ)
        return self._found.get(self._prefix + field_name.upper()), field_name, False

    def __call__(self) -> dict[str, Any]:
        """All settings that the stack gives."""
        found = {name: self.get_field_value(field, name)[0] for name, field in self._fields()}
        return {name: value for name, value in found.items() if value not in (None, "")}

    def _fields(self) -> list[tuple[str, FieldInfo]]:
        return list(self.settings_cls.model_fields.items())


def stack_variables(prefix: str, environ: Mapping[str, str]) -> dict[str, str]:
    """What the running stack gives; nothing when the environment names other servers than its."""
    try:
        from stack.state import find_running  # noqa: PLC0415 - production has no stack installed
    except ImportError:
        return {}
    running = find_running()
    if running is None:
        return {}
    given = running.environment()
    named = {name: environ[name] for name in (prefix + server for server in SERVERS)
             if environ.get(name)}  # fmt: skip
    if any(given.get(name) != address for name, address in named.items()):
        return {}
    return given
