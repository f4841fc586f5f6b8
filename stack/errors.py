"""The one error of this package: a line that says what is wrong and what to do."""

from __future__ import annotations


class StackError(Exception):
    """Something the user can act on; its text is shown alone, without a traceback."""
