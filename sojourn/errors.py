"""What ends a command without a traceback: one line that says what is wrong and what to do."""

from __future__ import annotations


class Stop(Exception):
    """The command can't go on, for a reason that its user can act on."""


class SettingMissing(Stop):
    """A setting that this command needs is neither in the environment nor in a running stack."""
