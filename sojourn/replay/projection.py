"""An analyst's file becomes something that takes events and gives rows.

The file has one of two things. A function ``project(event)`` that yields the rows an event makes:

    def project(event):
        if isinstance(event.event, BookingConfirmed):
            yield {"booking": event.event.booking_id, "confirmed": event.recorded_at}

or, when rows come of many events together, a class ``Projection`` with ``apply(event)``, called
for each event in the log's order, and ``rows()``, called once at the end. A row is a dict. Events
are ``domain.recorded.Recorded``; the file may import ``domain``, the standard library and whatever
is installed, and its docstring's first line is its title.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol, cast

from domain.recorded import Recorded
from sojourn.errors import Stop

Row = Mapping[str, Any]


class Projector(Protocol):
    """What a file is made into."""

    def apply(self, event: Recorded) -> Iterable[Row]:
        """The rows that are certain after ``event``."""
        ...

    def rows(self) -> Iterable[Row]:
        """The rows that are certain at the end."""
        ...


@dataclass(frozen=True)
class Projection:
    """A projector, and where it came from."""

    title: str
    path: Path
    projector: Projector

    def apply(self, event: Recorded) -> list[Row]:
        """The rows that ``event`` makes; raises Stop naming the file's line that failed."""
        at = f"at position {event.position}, {type(event.event).__name__}"
        return self._guarded(lambda: self.projector.apply(event), at)

    def rows(self) -> list[Row]:
        """The rows of the end; raises Stop likewise."""
        return self._guarded(self.projector.rows, "in rows()")

    def _guarded(self, make: Callable[[], Iterable[Row]], where: str) -> list[Row]:
        try:
            made = list(make())
        except Exception as error:
            raise Stop(f"{_place(self.path, error)}, {where}: {_says(error)}") from error
        for row in made:
            if not isinstance(row, Mapping):  # pyright: ignore[reportUnnecessaryIsInstance] - the analyst's code is not checked
                raise Stop(
                    f"{self.path}, {where}: a row must be a dict, not {type(row).__name__}: {row!r}"
                )
        return made


def load_projection(path: Path) -> Projection:
    """The projection in the file ``path``; raises Stop saying what is wrong with it."""
    module = _run(path)
    title = (module.__doc__ or path.stem).strip().splitlines()[0]
    function: Any = getattr(module, "project", None)
    if callable(function):
        return Projection(title, path, _Rows(cast("Any", function)))
    made: Any = getattr(module, "Projection", None)
    if made is None:
        raise Stop(
            f"{path} is no projection: define a function project(event) that yields rows, or a"
            " class Projection with apply(event) and rows()"
        )
    try:
        fold: Any = made()
    except Exception as error:
        raise Stop(f"{_place(path, error)}: Projection(): {_says(error)}") from error
    if missing := [name for name in ("apply", "rows") if not callable(getattr(fold, name, None))]:
        raise Stop(f"{path}: the class Projection lacks {' and '.join(missing)}()")
    return Projection(title, path, _Fold(fold))


class _Rows:
    """A function that yields rows, or returns none."""

    def __init__(self, function: Callable[[Recorded], Iterable[Row] | None]) -> None:
        self._function = function

    def apply(self, event: Recorded) -> Iterable[Row]:
        return self._function(event) or ()

    def rows(self) -> Iterable[Row]:
        return ()


class _Fold:
    """An object that takes all events first."""

    def __init__(self, fold: Any) -> None:
        self._fold = fold

    def apply(self, event: Recorded) -> Iterable[Row]:
        self._fold.apply(event)
        return ()

    def rows(self) -> Iterable[Row]:
        return self._fold.rows()


def _run(path: Path) -> ModuleType:
    """The module in ``path``, which may import its neighbours."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise Stop(f"{path} can't be read: {error}") from None
    module = ModuleType(path.stem)
    module.__file__ = str(path)
    sys.path.insert(0, str(path.resolve().parent))
    try:
        # Dataclasses in the file look their module up by name.
        sys.modules.setdefault(module.__name__, module)
        exec(compile(source, str(path), "exec"), module.__dict__)  # noqa: S102 - the analyst's own code
    except SyntaxError as error:
        raise Stop(f"{path}, line {error.lineno}: {error.msg}") from None
    except Exception as error:
        raise Stop(f"{_place(path, error)}: {_says(error)}") from error
    finally:
        sys.path.pop(0)
    return module


def _place(path: Path, error: Exception) -> str:
    """The last line of ``path`` that ``error`` went through."""
    lines = [
        frame.lineno for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == str(path)
    ]  # fmt: skip
    return f"{path}, line {lines[-1]}" if lines else str(path)


def _says(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
