"""The three kinds of listing: one model serves them all."""

from __future__ import annotations

from typing import Literal

Kind = Literal["stay", "slot", "rental"]
"""``stay`` is let by the night, ``slot`` by the hour or so, ``rental`` by the day."""
