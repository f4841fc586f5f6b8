"""The real servers on one machine, without Docker, root or an installed Java."""

from __future__ import annotations

from stack.addresses import Addresses
from stack.errors import StackError
from stack.start import Stack, start_servers
from stack.state import RunningStack, find_running

__all__ = ["Addresses", "RunningStack", "Stack", "StackError", "find_running", "start_servers"]
