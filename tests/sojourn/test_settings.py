"""Settings come from the environment, else from the stack that runs here, else are defaults."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest

from sojourn.errors import SettingMissing, Stop
from sojourn.running_stack import stack_variables
from sojourn.settings import PREFIX, Settings, load_settings, variable
from sojourn.settings_table import shown
from stack.addresses import Addresses
from stack.identity import identity
from stack.state import State, write_state

ADDRESSES = Addresses(
    postgres_url="postgresql://owner:hunter2@127.0.0.1:5432/sojourn",
    kafka_bootstrap="127.0.0.1:9092",
    redis_url="redis://127.0.0.1:6379/0",
    elasticsearch_url="http://127.0.0.1:9200",
)


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without settings, and a home in which no stack runs."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOJOURN_HOME", str(tmp_path))


def run_stack(home: Path, **variables: str) -> None:
    """The state file of a stack that this very process watches over."""
    me = identity(os.getpid())
    assert me is not None
    state = State(
        phase="ready", launcher=(os.getpid(), me), addresses=ADDRESSES, variables=variables
    )
    write_state(home, state)


def test_without_a_stack_or_an_environment_the_defaults_stand() -> None:
    settings = load_settings()
    assert settings.topic == "sojourn.events"
    assert settings.postgres_commands_url is None


def test_a_running_stack_gives_what_the_environment_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_stack(tmp_path, SOJOURN_TOPIC="of.the.stack", SOJOURN_COMMANDS_PORT="9001")
    monkeypatch.setenv("SOJOURN_TOPIC", "of.the.environment")
    settings = load_settings()
    assert settings.redis_url == ADDRESSES.redis_url
    assert settings.commands_port == 9001
    assert settings.topic == "of.the.environment"


def test_a_stack_gives_nothing_to_who_names_another_server(tmp_path: Path) -> None:
    run_stack(tmp_path, SOJOURN_TOPIC="of.the.stack")
    elsewhere = {"SOJOURN_HOME": str(tmp_path), "SOJOURN_REDIS_URL": "redis://elsewhere:6379/0"}
    assert stack_variables(PREFIX, elsewhere) == {}
    same = {"SOJOURN_HOME": str(tmp_path), "SOJOURN_REDIS_URL": ADDRESSES.redis_url}
    assert stack_variables(PREFIX, same)["SOJOURN_TOPIC"] == "of.the.stack"


def test_an_empty_variable_names_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_REDIS_URL", "")
    with pytest.raises(SettingMissing):
        load_settings().need("redis_url")


def test_a_missing_setting_says_which_variable_to_set() -> None:
    with pytest.raises(SettingMissing, match=r"^set SOJOURN_KAFKA_BOOTSTRAP: Kafka, as host:port"):
        load_settings().need("kafka_bootstrap")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SOJOURN_COMMANDS_PORT", "eight"),
        ("SOJOURN_COMMANDS_PORT", "70000"),
        ("SOJOURN_TOPIC", "no spaces"),
        ("SOJOURN_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_names_its_variable(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(Stop, match=name):
        load_settings()


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOJOURN_CORS_ORIGINS", "https://a.example, https://b.example,")
    assert load_settings().cors_origins == ("https://a.example", "https://b.example")


def test_a_key_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(base64.b64encode(b"k" * 32) + b"\n")
    assert Settings(secret_key_file=path).key("secret_key_file") == b"k" * 32


@pytest.mark.parametrize("content", [None, b"not base64!"])
def test_a_key_that_can_not_be_read_names_its_variable_and_file(
    content: bytes | None, tmp_path: Path
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Stop, match=r"SOJOURN_SIGNING_KEY_FILE names .*key"):
        Settings(signing_key_file=path).key("signing_key_file")


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        (None, "not set"),
        (ADDRESSES.postgres_url, "postgresql://owner:***@127.0.0.1:5432/sojourn"),
        ("redis://:secret@127.0.0.1:6379/0", "redis://:***@127.0.0.1:6379/0"),
        ("http://127.0.0.1:9200", "http://127.0.0.1:9200"),
        (("https://a.example", "https://b.example"), "https://a.example, https://b.example"),
        ((), "none"),
        (8001, "8001"),
    ],
)
def test_a_value_is_shown_without_its_password(value: object, seen: str) -> None:
    assert shown(value) == seen


def test_every_setting_is_described() -> None:
    undescribed = [
        variable(name) for name, field in Settings.model_fields.items() if not field.description
    ]
    assert undescribed == []
