"""Turn a bare Python into this checkout's `.venv`: `python3 -P stack/bootstrap.py stack|dev`.

Only the standard library, as nothing else is there yet. What is installed already is left alone;
what was interrupted is done again. pip's own settings (index, proxy, cache) are pip's business.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"
DONE = VENV / "installed.json"
LOG = VENV / "bootstrap.log"
WITHIN = {"stack": ("stack", "dev"), "dev": ("dev",)}
"""Which installed set of requirements contains the wanted one."""
MACHINES = {"Linux": ("x86_64", "aarch64"), "Darwin": ("x86_64", "arm64")}
NO_PIP = "this Python has neither ensurepip nor pip: run `apt install python3-venv` and try again"


class BootstrapError(Exception):
    """One line that says what to do."""


def platform_problem() -> str:
    """Why the servers' wheels cannot run here, with what to use instead; empty if they can."""
    system, machine = platform.system(), platform.machine()
    instead = "use `docker compose up`" + (", or WSL2" if system == "Windows" else "")
    if machine not in MACHINES.get(system, ()):
        return f"there are no server packages for {system} on {machine}: {instead}"
    if system == "Linux" and not _has_glibc():
        return f"there are no server packages for Linux without glibc (musl, Alpine): {instead}"
    return ""


def install(wanted: str) -> None:
    """Make `.venv` hold the `wanted` requirements and this project; raises `BootstrapError`."""
    problem = platform_problem()
    if problem:
        raise BootstrapError(problem)
    with _alone():
        done = _read_done() if _runs(PYTHON) else {}
        current = [name for name in WITHIN[wanted] if done.get(name) == _checksum(_file(name))]
        project = _checksum(CHECKOUT / "pyproject.toml")
        if current and done.get("project") == project:
            return
        began = time.monotonic()
        pip = _make_venv()
        if not current:
            DONE.unlink(missing_ok=True)
            arguments = ("install", "--require-hashes", "-r", str(_file(wanted)))
            _run_pip(pip, arguments, f"Installing {wanted} requirements", _count(_file(wanted)))
            current = [wanted]
        now = {current[0]: _checksum(_file(current[0]))}
        _write_done(now)
        editable = ("install", "--no-deps", "--no-build-isolation", "--editable", str(CHECKOUT))
        _run_pip(pip, editable, "Installing this project", 1)
        _write_done({**now, "project": project})
        _say(f"Python packages ready in .venv: {time.monotonic() - began:.1f} s")


def _file(name: str) -> Path:
    return CHECKOUT / "requirements" / f"{name}.txt"


def _has_glibc() -> bool:
    try:
        return (os.confstr("CS_GNU_LIBC_VERSION") or "").startswith("glibc")
    except (ValueError, OSError):
        return False


def _make_venv() -> list[str]:
    """Create `.venv` unless it works; returns the command that runs pip for it."""
    if not _runs(PYTHON):
        shutil.rmtree(VENV, ignore_errors=True)
        _say(f"Creating .venv with Python {platform.python_version()} ...")
        made = subprocess.run(  # noqa: S603 - Python itself
            [sys.executable, "-m", "venv", "--without-pip", str(VENV)],
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode != 0:
            raise BootstrapError(f"`python -m venv` failed ({_last(made.stderr)}); {NO_PIP}")
    if _runs(PYTHON, "-m", "pip", "--version") or _runs(PYTHON, "-m", "ensurepip"):
        return [str(PYTHON), "-m", "pip"]
    if _runs(Path(sys.executable), "-m", "pip", "--python", str(PYTHON), "--version"):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    folder = sysconfig.get_config_var("WHEEL_PKG_DIR")
    for wheel in sorted(Path(folder).glob("pip-*.whl")) if folder else ():
        return [str(PYTHON), f"{wheel}/pip"]
    raise BootstrapError(NO_PIP)


def _run_pip(pip: list[str], arguments: tuple[str, ...], title: str, total: int) -> None:
    """Run pip with its output in a log, and show how many packages it has collected."""
    command = [*pip, *arguments, "--no-input", "--disable-pip-version-check"]
    command += ["--progress-bar", "off"]
    tty = sys.stdout.isatty()
    _say(f"{title} ...")
    lines: list[str] = []
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.Popen(  # noqa: S603 - pip itself
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        try:
            seen = 0
            for line in process.stdout or ():
                log.write(line)
                lines.append(line)
                if line.startswith("Collecting "):
                    seen += 1
                    _show(f"  {seen} of {total}: {line.split()[1].split('=')[0]}", seen, tty=tty)
                elif line.startswith("Installing collected") and total > 1:
                    _show("  unpacking", 0, tty=tty)
        finally:
            process.wait()
    if tty:
        _say("\r\033[K", end="")
    if process.returncode != 0:
        errors = [line for line in lines if line.lower().lstrip().startswith("error")] or lines[-1:]
        raise BootstrapError(
            f"pip failed: {_last(errors[0] if errors else '')}; all of it is in {LOG}. Check the"
            " network and pip's settings, then run the same command again"
        )


def _say(text: str, end: str = "\n") -> None:
    sys.stdout.write(text + end)
    sys.stdout.flush()


def _show(text: str, number: int, *, tty: bool) -> None:
    if tty:
        _say(f"\r\033[K{text}", end="")
    elif number % 20 == 0:
        _say(text)


def _runs(*command: Path | str) -> bool:
    if len(command) == 1:
        command = (*command, "-c", "")
    try:
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - Python
    except OSError:
        return False
    return done.returncode == 0


def _read_done() -> dict[str, str]:
    try:
        return dict(json.loads(DONE.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def _write_done(done: dict[str, str]) -> None:
    DONE.write_text(json.dumps(done), encoding="utf-8")


def _checksum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes() + platform.python_version().encode()).hexdigest()


def _count(requirements: Path) -> int:
    return requirements.read_text(encoding="utf-8").count("==")


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no output"])[-1]


@contextmanager
def _alone() -> Generator[None]:
    """Only one bootstrap of this checkout at a time."""
    import fcntl  # noqa: PLC0415 - Windows has none, and is told so before

    folder = os.open(CHECKOUT / "requirements", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def main() -> int:
    """Install what the argument names; errors are one line."""
    try:
        install(sys.argv[1])
    except BootstrapError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; run the same command again, it goes on\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
