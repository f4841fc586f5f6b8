"""What operators do with the keys of what is personal; each may be stopped and run again."""

from __future__ import annotations

from pathlib import Path

from domain.account.facts import AccountErased
from eventlog.names import NAMES
from eventlog.personal.exports import Exports
from eventlog.personal.forgetting import Forgetting
from eventlog.personal.keys import PersonalKeys
from eventlog.personal.master import (
    MasterKeyFile,
    MasterKeyMissing,
    MasterKeys,
    name_of,
    unwrap,
    wrap,
)
from eventlog.personal.store import KeyStore
from eventlog.reader import Filter, LogReader
from sojourn.errors import Stop
from sojourn.settings import Settings, load_settings
from sojourn.terminal import out
from sojourn.wiring import log_reader

AT_ONCE = 500


def show() -> None:
    """How many keys each master key wraps."""
    settings = load_settings()
    with KeyStore(settings.need("postgres_keys_url")) as store:
        _show(store, _masters(settings))


def rotate() -> None:
    """Wrap what other master keys wrap by the newest; raises Stop when one of them is missing."""
    settings = load_settings()
    masters = _masters(settings)
    with KeyStore(settings.need("postgres_keys_url")) as store:
        try:
            out.print(f"{rewrap_all(store, masters):,} keys are wrapped by the newest master key")
        except MasterKeyMissing as missing:
            raise Stop(f"keep it in the file until all is rotated: {missing}") from None
        _show(store, masters)


def rewrap_all(store: KeyStore, masters: MasterKeys) -> int:
    """Wrap by the newest master key what others wrap, each key by itself; how many there were."""
    count = 0
    while kept := store.wrapped_by_others(name_of(masters.read()[0]), AT_ONCE):
        for each in kept:
            assert each.wrapped is not None, "only those with a key are found"
            key = unwrap(each.wrapped, each.person, masters)
            store.rewrap(each, wrap(key, each.person, masters))
        count += len(kept)
    return count


def forget() -> None:
    """Delete the keys and sign-ins of everybody whom the log calls erased."""
    settings = load_settings()
    masters = _masters(settings)
    keys_url = settings.need("postgres_keys_url")
    with KeyStore(keys_url) as store, Exports(keys_url) as exports, log_reader(settings) as log:
        url = settings.need("postgres_commands_url")
        count = forget_again(log, Forgetting(url, PersonalKeys(store, masters), exports))
    out.print(f"{count:,} people are erased")


def forget_again(log: LogReader, forgetting: Forgetting) -> int:
    """Forget everybody whom ``log`` calls erased; how many they are."""
    count = after = 0
    erased = NAMES[AccountErased]
    while page := log.select(Filter(type=erased, after=after), AT_ONCE):
        for record in page:
            event = record.decoded().event
            assert isinstance(event, AccountErased), "no other event has this name"
            forgetting.forget(event.account_id)
        count += len(page)
        after = page[-1].position
    return count


def _masters(settings: Settings) -> MasterKeyFile:
    masters = MasterKeyFile(Path(settings.need("master_key_file")))
    try:
        masters.read()
    except MasterKeyMissing as missing:
        raise Stop(str(missing)) from None
    return masters


def _show(store: KeyStore, masters: MasterKeyFile) -> None:
    given = [name_of(key) for key in masters.read()]
    counts = store.counts()
    for number, name in enumerate(given, 1):
        out.print(f"master key {name} (line {number}): wraps {counts.get(name, 0):,} keys")
    for name in sorted(counts.keys() - {*given, ""}):
        out.print(f"master key {name} (not in the file!): wraps {counts[name]:,} keys")
    out.print(f"erased: {counts.get('', 0):,} people")
