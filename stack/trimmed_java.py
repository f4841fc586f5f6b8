"""Let Elasticsearch run on a Java that was trimmed, as the one in the wheel is.

Two things stop it otherwise, and neither matters here. Its entitlement module requires the JDK's
debugger and linker, only so that they are there to be guarded. And no index can be created without
the rules for breaking Thai into words, as every index gets an analyzer for Thai whether it uses it
or not. So a copy of that module without those two lines, and of the class that looks for the Thai
rules without its check, are laid beside the data and given precedence by Java's own options. The
server's folder stays as it was fetched.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from pathlib import Path

from stack.account import Account
from stack.errors import StackError
from stack.module_info import required_modules, without_modules

DESCRIPTOR = "module-info.class"
LUCENE = "org.apache.lucene.analysis.common"
THAI = "org/apache/lucene/analysis/th/ThaiTokenizer.class"
# In its initializer: push 4, call isBoundary, store whether the rules are there.
THAI_CHECK = re.compile(rb"\x07(\xb6..\xb3..)", re.DOTALL)
# Push 0 instead: the start of a text always is a boundary.
THAI_PASSES = b"\x03\\1"


def options_for(java_home: Path, libraries: Path, target: Path, account: Account) -> list[str]:
    """Java's options for a server in `libraries`; what they refer to is written to `target`."""
    shutil.rmtree(target, ignore_errors=True)
    modules = account.folder(target / "modules", 0o755)
    classes = account.folder(target / "classes", 0o755)
    account.folder(target, 0o755)
    _copy_demanding_modules(libraries, modules, _modules_of(java_home))
    _copy_thai(libraries, classes)
    return [
        f"--upgrade-module-path={modules}",
        f"--patch-module={LUCENE}={classes}",
        # The launcher also asks Java for its flags with these options alone.
        f"--module-path={libraries}",
    ]


def _modules_of(java_home: Path) -> set[str]:
    """The modules of a Java, as its `release` file lists them."""
    release = (java_home / "release").read_text(encoding="utf-8")
    found = re.search(r'^MODULES="(.*)"$', release, re.MULTILINE)
    if not found:
        raise StackError(f"{java_home} does not say which modules it has")
    return set(found.group(1).split())


def _copy_demanding_modules(libraries: Path, target: Path, present: set[str]) -> None:
    for jar in sorted(libraries.glob("elasticsearch-*.jar")):
        with zipfile.ZipFile(jar) as original:
            if DESCRIPTOR not in original.namelist():
                continue
            descriptor = original.read(DESCRIPTOR)
            required = {name for name in required_modules(descriptor) if name.startswith("jdk.")}
            if required - present:
                thinned = without_modules(descriptor, required - present)
                _copy_jar(original, thinned, target / jar.name)


def _copy_jar(original: zipfile.ZipFile, descriptor: bytes, copy: Path) -> None:
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_STORED) as fresh:
        for entry in original.infolist():
            content = descriptor if entry.filename == DESCRIPTOR else original.read(entry)
            fresh.writestr(entry.filename, content)
    copy.chmod(0o644)


def _copy_thai(libraries: Path, target: Path) -> None:
    (jar,) = libraries.glob("lucene-analysis-common-*.jar")
    with zipfile.ZipFile(jar) as original:
        content, count = THAI_CHECK.subn(THAI_PASSES, original.read(THAI))
    if count != 1:
        raise StackError(f"{jar.name} looks for the Thai rules in a way that is not known here")
    path = target / THAI
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    for each in (path, *path.parents):
        if each == target:
            break
        each.chmod(0o755 if each.is_dir() else 0o644)
