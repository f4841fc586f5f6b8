"""Every setting: from the environment, else from the stack that runs here, else its default."""

from __future__ import annotations

import base64
import binascii
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from sojourn.errors import SettingMissing, Stop
from sojourn.running_stack import RunningStackSource

PREFIX = "SOJOURN_"

Port = Annotated[int, Field(ge=0, le=65_535)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,99}$")]

IpNetwork = IPv4Network | IPv6Network

LOOPBACK: tuple[str, ...] = ("127.0.0.0/8", "::1/128")


class Settings(BaseSettings):
    """What the processes need to know; each is the variable `SOJOURN_` and its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True
    )

    postgres_url: str | None = Field(
        default=None, description="Postgres as the schema's owner; only `migrate` uses it"
    )
    postgres_commands_url: str | None = Field(
        default=None, description="Postgres as the role that appends to the log"
    )
    postgres_queries_url: str | None = Field(
        default=None, description="Postgres as the role that may only SELECT from the log"
    )
    postgres_workers_url: str | None = Field(
        default=None,
        description="Postgres as the role that reads the log and keeps dead letters",
    )
    postgres_keys_owner_url: str | None = Field(
        default=None,
        description="the database of personal keys as its owner; if not set, the schema's owner",
    )
    postgres_keys_url: str | None = Field(
        default=None, description="the database of personal keys as the role that makes and erases"
    )
    postgres_keys_queries_url: str | None = Field(
        default=None, description="the database of personal keys as the role that may only SELECT"
    )
    postgres_relay_url: str | None = Field(
        default=None,
        description="Postgres straight for the relay, if the commands' URL leads to a pooler",
    )
    kafka_bootstrap: str | None = Field(
        default=None, description="Kafka, as host:port, several by commas"
    )
    redis_url: str | None = Field(
        default=None, description="Redis or Valkey, as redis://host:port/db"
    )
    elasticsearch_url: str | None = Field(
        default=None, description="Elasticsearch, as http://host:port"
    )

    signing_key_file: Path | None = Field(
        default=None, description="a file with the base64 Ed25519 seed that signs access tokens"
    )
    verify_key_file: Path | None = Field(
        default=None, description="a file with the base64 Ed25519 public key that verifies them"
    )
    secret_key_file: Path | None = Field(
        default=None,
        description="a file with the base64 key of keyed hashes: e-mail, receipts, cursors",
    )
    master_key_file: Path | None = Field(
        default=None,
        description="a file with the base64 master keys, the newest first, that wrap personal keys",
    )

    topic: Name = Field(default="sojourn.events", description="the Kafka topic of all events")
    redis_prefix: Name = Field(default="sojourn", description="what every Redis key begins with")
    index_prefix: Name = Field(
        default="sojourn", description="what every Elasticsearch index begins with"
    )
    group_prefix: Name = Field(
        default="sojourn", description="what every consumer group begins with"
    )
    topic_replication: int = Field(
        default=1, ge=1, description="copies of the topic, when it is made"
    )
    topic_min_insync: int = Field(
        default=1, ge=1, description="copies that must acknowledge an event, when the topic is made"
    )
    index_replicas: int = Field(
        default=0, ge=0, description="copies of the search index, when it is made"
    )

    host: str = Field(
        default="127.0.0.1", description="the address that the HTTP processes listen on"
    )
    gateway_port: Port = Field(default=8000, description="where both apps answer on one origin")
    commands_port: Port = Field(default=8001, description="where the command app answers")
    queries_port: Port = Field(default=8002, description="where the query app answers")
    metrics_port: Port | None = Field(
        default=None,
        description="where relay, workers and timers show metrics and health; nowhere if not set",
    )
    stuck_after: float = Field(
        default=120.0,
        gt=0,
        description="seconds in which a worker with records to come must commit some, or build",
    )
    commands_upstream: str = Field(
        default="http://127.0.0.1:8001", description="where the gateway finds the command app"
    )
    queries_upstream: str = Field(
        default="http://127.0.0.1:8002", description="where the gateway finds the query app"
    )
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = Field(
        default=LOOPBACK,
        description="networks whose X-Forwarded-For is believed, by commas: where the gateway is",
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        default=(), description="origins whose pages may call the API, by commas"
    )
    quota_times: int = Field(
        default=1,
        ge=1,
        description="by how much to multiply the quotas of an address, where many people share one",
    )
    webhook_networks: Annotated[tuple[IpNetwork, ...], NoDecode] = Field(
        default=(),
        description="networks that webhooks may go to beside the public internet, by commas",
    )
    verified_email: bool = Field(
        default=False, description="whether booking takes a verified e-mail address"
    )
    mail_folder: Path | None = Field(
        default=None, description="a folder to write e-mails into, if no SMTP server sends them"
    )
    mail_from: str = Field(
        default="Sojourn <no-reply@localhost>", description="whom e-mails are from"
    )
    mail_links: str | None = Field(
        default=None,
        description="where verify-email#token= and reset-password#token= are pages, for links",
    )
    smtp_host: str | None = Field(default=None, description="the SMTP server that sends e-mails")
    smtp_port: Port = Field(default=587, description="where the SMTP server listens")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="how the connection to the SMTP server is kept private"
    )
    smtp_user: str | None = Field(default=None, description="who signs in to the SMTP server")
    smtp_password_file: Path | None = Field(
        default=None, description="a file with the password of the SMTP user"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="how much the processes tell"
    )

    @field_validator("cors_origins", "trusted_proxies", "webhook_networks", mode="before")
    @classmethod
    def split_at_commas(cls, given: object) -> object:
        """Several values are written in one variable, separated by commas."""
        if not isinstance(given, str):
            return given
        return tuple(value.strip() for value in given.split(",") if value.strip())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments first (tests), then the environment, then the running stack."""
        return init_settings, env_settings, RunningStackSource(settings_cls, PREFIX)

    def need(self, name: str) -> str:
        """The setting ``name``; raises SettingMissing, which says how to set it."""
        value: object = getattr(self, name)
        if value is None:
            meaning = type(self).model_fields[name].description
            raise SettingMissing(f"set {variable(name)}: {meaning}")
        return str(value)

    def key(self, name: str) -> bytes:
        """The bytes in the key file that the setting ``name`` tells; raises Stop."""
        try:
            return base64.b64decode(self.text(name).encode("ascii"), validate=True)
        except (binascii.Error, UnicodeError):
            raise Stop(f"{variable(name)} names {self.need(name)}, which is not base64") from None

    def text(self, name: str) -> str:
        """What stands in the file that the setting ``name`` tells; raises Stop."""
        path = Path(self.need(name))
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            why = error.strerror or error
            raise Stop(f"{variable(name)} names {path}, which can't be read: {why}") from None
        except UnicodeError:
            raise Stop(f"{variable(name)} names {path}, which is not text") from None


def variable(name: str) -> str:
    """The environment variable of the setting ``name``."""
    return PREFIX + name.upper()


def load_settings() -> Settings:
    """The settings of this process; raises Stop naming the variable that has a wrong value."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = variable(str(first["loc"][0]))
        raise Stop(f"{name} has a wrong value: {first['msg']}") from None
