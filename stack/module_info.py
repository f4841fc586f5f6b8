"""Read and thin out the `requires` of a Java module, as its compiled descriptor lists them.

The layout is chapter 4 of the Java Virtual Machine Specification: section 4.4 (constant pool) and
section 4.7.25 (the `Module` attribute).
"""

from __future__ import annotations

import struct
from collections.abc import Collection
from dataclasses import dataclass

UTF8, MODULE = 1, 19
WIDTHS = {
    **dict.fromkeys((7, 8, 16, 19, 20), 2),
    15: 3,
    **dict.fromkeys((3, 4, 9, 10, 11, 12, 17, 18), 4),
    **dict.fromkeys((5, 6), 8),
}
"""How many bytes follow the tag of a constant that is not a text."""
WIDE = {5, 6}  # long and double take two places in the pool


@dataclass(frozen=True)
class _Requires:
    """Where the list of required modules lies in a descriptor, and what it holds."""

    attribute: int
    start: int
    entries: tuple[tuple[str, bytes], ...]


def required_modules(descriptor: bytes) -> list[str]:
    """The names of the modules that a `module-info.class` requires."""
    return [name for name, _ in _requires(descriptor).entries]


def without_modules(descriptor: bytes, unwanted: Collection[str]) -> bytes:
    """The same `module-info.class`, but no longer requiring the `unwanted` modules."""
    found = _requires(descriptor)
    kept = [entry for name, entry in found.entries if name not in unwanted]
    removed = 6 * (len(found.entries) - len(kept))
    (length,) = struct.unpack_from("!I", descriptor, found.attribute + 2)
    return b"".join(
        (
            descriptor[: found.attribute + 2],
            struct.pack("!I", length - removed),
            descriptor[found.attribute + 6 : found.start],
            struct.pack("!H", len(kept)),
            *kept,
            descriptor[found.start + 2 + 6 * len(found.entries) :],
        )
    )


def _requires(descriptor: bytes) -> _Requires:
    texts, modules, position = _constants(descriptor)
    position += 6  # access flags, this class, super class
    interfaces, fields, methods, attributes = struct.unpack_from("!HHHH", descriptor, position)
    if interfaces or fields or methods:
        raise ValueError("not a module descriptor")
    position += 8
    for _ in range(attributes):
        name, length = struct.unpack_from("!HI", descriptor, position)
        if texts[name] == "Module":
            start = position + 12  # name and length, then name, flags and version of the module
            (size,) = struct.unpack_from("!H", descriptor, start)
            entries = [descriptor[at : at + 6] for at in range(start + 2, start + 2 + 6 * size, 6)]
            named = ((texts[modules[struct.unpack("!HHH", each)[0]]], each) for each in entries)
            return _Requires(position, start, tuple(named))
        position += 6 + length
    raise ValueError("not a module descriptor")


def _constants(descriptor: bytes) -> tuple[dict[int, str], dict[int, int], int]:
    """The pool's texts, its modules (each the place of its name), and where the pool ends."""
    magic, _, _, count = struct.unpack_from("!IHHH", descriptor)
    if magic != 0xCAFEBABE:
        raise ValueError("not a class file")
    texts: dict[int, str] = {}
    modules: dict[int, int] = {}
    index, position = 1, 10
    while index < count:
        tag = descriptor[position]
        if tag == UTF8:
            (length,) = struct.unpack_from("!H", descriptor, position + 1)
            content = descriptor[position + 3 : position + 3 + length]
            texts[index] = content.decode("utf-8", errors="replace")
            position += 3 + length
        else:
            if tag == MODULE:
                (modules[index],) = struct.unpack_from("!H", descriptor, position + 1)
            position += 1 + WIDTHS[tag]
        index += 2 if tag in WIDE else 1
    return texts, modules, position
