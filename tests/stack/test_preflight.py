"""A machine that cannot do it is told so in one line, before anything is fetched."""

from __future__ import annotations

import platform
import shutil
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from stack import bootstrap
from stack.errors import StackError
from stack.preflight import check_machine


def machine(
    monkeypatch: pytest.MonkeyPatch,
    *,
    system: str = "Linux",
    processor: str = "x86_64",
    glibc: bool = True,
    memory: float = 8e9,
    disk: float = 50e9,
) -> None:
    """Pretend to be on such a machine."""
    monkeypatch.setattr(platform, "system", lambda: system)
    monkeypatch.setattr(platform, "machine", lambda: processor)
    monkeypatch.setattr(bootstrap, "_has_glibc", lambda: glibc)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(total=memory))

    def _disk(_path: Path) -> SimpleNamespace:
        return SimpleNamespace(free=disk)

    monkeypatch.setattr(shutil, "disk_usage", _disk)


def refusal(folders: list[Path], *, first: bool = True) -> str:
    with pytest.raises(StackError) as refused:
        check_machine(folders, first=first)
    assert "\n" not in str(refused.value)
    return str(refused.value)


@pytest.mark.parametrize(
    ("system", "processor"),
    [("Linux", "x86_64"), ("Linux", "aarch64"), ("Darwin", "arm64"), ("Darwin", "x86_64")],
)
def test_a_machine_with_enough_of_everything_passes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, system: str, processor: str
) -> None:
    machine(monkeypatch, system=system, processor=processor)
    check_machine([tmp_path / "not" / "there" / "yet"], first=True)


@pytest.mark.parametrize(
    ("system", "processor", "glibc", "advice"),
    [
        ("Windows", "AMD64", False, "WSL2"),
        ("Linux", "x86_64", False, "without glibc"),
        ("Linux", "riscv64", True, "docker compose up"),
        ("FreeBSD", "amd64", False, "docker compose up"),
    ],
)
def test_a_platform_without_wheels_is_told_what_to_use_instead(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    system: str,
    processor: str,
    glibc: bool,  # noqa: FBT001 - pytest passes parameters by name
    advice: str,
) -> None:
    machine(monkeypatch, system=system, processor=processor, glibc=glibc)
    assert advice in refusal([tmp_path])


def test_too_little_memory_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    machine(monkeypatch, memory=2e9)
    assert "2.0 GB of memory" in refusal([tmp_path])


def test_too_little_disk_names_the_folder_and_the_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, disk=2.5e9)
    line = refusal([tmp_path])
    assert str(tmp_path) in line
    assert "SOJOURN_HOME and SOJOURN_CACHE" in line


def test_a_later_start_needs_less_disk_than_the_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    machine(monkeypatch, disk=2.5e9)
    check_machine([tmp_path], first=False)
