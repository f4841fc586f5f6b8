"""What one process can do with a history: apply it from the topic, and rebuild from the log."""

from __future__ import annotations

from contextlib import contextmanager

from benchmarks import catching_up, rebuilding
from benchmarks.lived import lived
from benchmarks.rows import RowsMade, World


@contextmanager
def rows(world: World) -> RowsMade:
    """The rows of a worker that is behind, and of a rebuild."""
    with lived(world) as history:
        yield [catching_up.row(history), rebuilding.row(history)]
