"""A module's descriptor can be read, and made to require less."""

from __future__ import annotations

import struct

import pytest

from stack.module_info import required_modules, without_modules


def text(content: str) -> bytes:
    return b"\x01" + struct.pack("!H", len(content)) + content.encode()


def descriptor(*modules: str) -> bytes:
    """A module `sample` that requires `modules`, with one attribute before and one after."""
    pool = [text("module-info"), b"\x07\0\1", text("Module"), text("SourceFile"), text("sample")]
    pool += [b"\x13\0\5", b"\x05" + bytes(8), b""]  # a long takes two places
    entries: list[bytes] = []
    for name in modules:
        pool += [text(name), b"\x13" + struct.pack("!H", len(pool) + 1)]
        entries.append(struct.pack("!HHH", len(pool), 0, 0))
    module = struct.pack("!HHH", 6, 0, 0) + struct.pack("!H", len(entries)) + b"".join(entries)
    module += bytes(8)  # exports, opens, uses, provides
    other = struct.pack("!HIH", 4, 2, 1)
    attributes = other + struct.pack("!HI", 3, len(module)) + module + other
    header = struct.pack("!IHHH", 0xCAFEBABE, 0, 65, len(pool) + 1)
    return header + b"".join(pool) + struct.pack("!7H", 0x8000, 2, 0, 0, 0, 0, 3) + attributes


def test_the_required_modules_are_read() -> None:
    assert required_modules(descriptor("java.base", "jdk.jdi")) == ["java.base", "jdk.jdi"]


def test_unwanted_modules_are_left_out_and_the_rest_is_as_before() -> None:
    thinned = without_modules(descriptor("java.base", "jdk.jdi", "java.xml", "jdk.jlink"),
                              {"jdk.jdi", "jdk.jlink"})  # fmt: skip
    assert required_modules(thinned) == ["java.base", "java.xml"]
    assert without_modules(thinned, {"jdk.jdi"}) == thinned


def test_what_is_no_descriptor_is_refused() -> None:
    with pytest.raises(ValueError, match="not a class file"):
        required_modules(bytes(100))
