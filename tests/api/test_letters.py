"""Letters leave by SMTP or as files, one after another, and not too many to anybody."""

from __future__ import annotations

import asyncio
import logging
import smtplib
import stat
from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import pytest
from anyio import to_thread

from api.mail import outbox as outbox_module
from api.mail.letters import Letters
from api.mail.mailer import FolderMailer, NoMailer, SmtpMailer
from api.mail.outbox import PER_ADDRESS, WINDOW, Errand, Outbox
from api.sign_in.letter_tokens import LIFETIMES, LetterTokens, Purpose
from domain.account.refusals import LinkSpent
from sojourn.errors import Stop
from sojourn.settings import Settings
from sojourn.wiring import mailer
from tests.api.letters import Mailbox, token_in

NOW = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
ACCOUNT = UUID(int=4)
TOKEN = "eyJhbGciOiJIUzI1NiJ9." + "abc_DEF-123." * 20
LETTER = Letters("Sojourn <post@sojourn.example>").verification("asa@example.com", TOKEN, 48)


@dataclass
class Server:
    """A small SMTP server: what it was told, and the e-mails it took."""

    port: int = 0
    refuses: str | None = None
    told: list[str] = field(default_factory=list[str])
    taken: list[EmailMessage] = field(default_factory=list[EmailMessage])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 ready\r\n")
        while line := (await reader.readline()).decode().strip():
            self.told.append(line)
            verb = line.partition(" ")[0].upper()
            if verb == self.refuses:
                writer.write(b"550 no\r\n")
            elif verb == "EHLO":
                writer.write(b"250-here\r\n250 AUTH PLAIN\r\n")
            elif verb == "AUTH":
                writer.write(b"235 welcome\r\n")
            elif verb == "DATA":
                writer.write(b"354 go on\r\n")
                data = await reader.readuntil(b"\r\n.\r\n")
                self.taken.append(message_from_bytes(data[:-3], policy=policy.default))
                writer.write(b"250 taken\r\n")
            elif verb == "QUIT":
                break
            else:
                writer.write(b"250 fine\r\n")
        writer.close()
        await writer.wait_closed()


@asynccontextmanager
async def smtp_server(refuses: str | None = None) -> AsyncGenerator[Server]:
    told = Server(refuses=refuses)
    listening = await asyncio.start_server(told.serve, "127.0.0.1", 0)
    told.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield told


async def test_a_letter_leaves_by_smtp_signed_in() -> None:
    async with smtp_server() as server:
        sends = SmtpMailer(
            host="127.0.0.1", port=server.port, security="none", user="post", password="secret"
        )
        await to_thread.run_sync(sends.send, LETTER)
    [taken] = server.taken
    assert (taken["From"], taken["To"]) == ("Sojourn <post@sojourn.example>", "asa@example.com")
    assert token_in(taken) == TOKEN
    verbs = [line.partition(" ")[0].upper() for line in server.told]
    assert verbs == ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "QUIT"]


async def test_a_letter_never_leaves_in_the_clear_when_it_is_to_be_kept_private() -> None:
    async with smtp_server() as server:
        sends = SmtpMailer(host="127.0.0.1", port=server.port, user="post", password="secret")
        with pytest.raises(smtplib.SMTPNotSupportedError):
            await to_thread.run_sync(sends.send, LETTER)
    assert server.taken == []
    assert not any(line.startswith("AUTH") for line in server.told)


async def test_a_server_that_refuses_is_told() -> None:
    async with smtp_server(refuses="RCPT") as server:
        sends = SmtpMailer(host="127.0.0.1", port=server.port, security="none")
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            await to_thread.run_sync(sends.send, LETTER)


def test_a_letter_is_a_file_for_its_owner_alone_and_the_log_says_where(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "mail"
    with caplog.at_level(logging.INFO):
        for _ in range(2):
            FolderMailer(folder).send(LETTER)
    first, second = sorted(folder.iterdir())
    assert first.suffix == second.suffix == ".eml"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert [token_in(letter) for letter in Mailbox(folder).to("asa@example.com")] == [TOKEN] * 2
    assert str(first) in caplog.text
    assert "asa@example.com" not in caplog.text


def test_without_a_way_to_send_the_log_says_so(caplog: pytest.LogCaptureFixture) -> None:
    NoMailer().send(LETTER)
    assert "neither an SMTP server nor a folder is set" in caplog.text


def test_links_are_given_where_there_are_pages_for_them() -> None:
    letters = Letters("post@sojourn.example", "https://sojourn.example/")
    text = letters.password_reset("asa@example.com", "a.b-c", 1).get_content()
    assert "    https://sojourn.example/reset-password#token=a.b-c\n" in text
    assert "    a.b-c\n" in text
    assert "http" not in LETTER.get_content()


def test_the_settings_say_how_letters_leave(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("hunter2\n", encoding="utf-8")
    assert isinstance(mailer(Settings(smtp_host=None, mail_folder=None)), NoMailer)
    assert isinstance(mailer(Settings(smtp_host=None, mail_folder=tmp_path)), FolderMailer)
    by_smtp = mailer(
        Settings(
            mail_folder=tmp_path, smtp_host="mail.example", smtp_port=25, smtp_security="none",
            smtp_user="post", smtp_password_file=secret,
        )
    )  # fmt: skip
    assert by_smtp == SmtpMailer(
        host="mail.example", port=25, security="none", user="post", password="hunter2"
    )
    with pytest.raises(Stop, match="SOJOURN_SMTP_PASSWORD_FILE"):
        mailer(Settings(smtp_host="mail.example", smtp_user="post", smtp_password_file=None))


def errand(done: list[int], number: int) -> Errand:
    async def run() -> None:
        if number < 0:
            raise OSError("asa@example.com")
        done.append(number)

    return run


async def test_a_letter_that_fails_keeps_no_other_waiting(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outbox, done = Outbox(), list[int]()
    outbox.open()
    for number in (1, -1, 2):
        outbox.put(b"%d" % number, errand(done, number))
    await outbox.close()
    assert done == [1, 2]
    assert "a letter was not sent: OSError" in caplog.text
    assert "asa@example.com" not in caplog.text


async def test_nobody_is_sent_too_many_letters_whoever_asks() -> None:
    now = 0.0
    outbox, done = Outbox(lambda: now), list[int]()
    for number in range(PER_ADDRESS + 2):
        outbox.put(b"one", errand(done, number))
    outbox.put(b"another", errand(done, 100))
    outbox.open()
    await outbox.close()
    assert done == [*range(PER_ADDRESS), 100]
    now = WINDOW
    outbox.put(b"one", errand(done, 200))
    outbox.open()
    await outbox.close()
    assert done[-1] == 200


async def test_who_floods_the_outbox_is_not_kept_waiting(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(outbox_module, "WAITING", 2)
    outbox, done = Outbox(), list[int]()
    for number in range(5):
        outbox.put(b"%d" % number, errand(done, number))
    outbox.open()
    await outbox.close()
    assert done == [0, 1]
    assert "as 2 wait already" in caplog.text


async def test_closing_waits_only_so_long(caplog: pytest.LogCaptureFixture) -> None:
    async def hangs() -> None:
        await asyncio.Event().wait()

    outbox = Outbox()
    outbox.put(b"", hangs)
    outbox.put(b"", hangs)
    outbox.open()
    await outbox.close(within=0.01)
    assert "1 letters that waited were not sent" in caplog.text


@pytest.mark.parametrize(
    ("after", "purpose", "bound_to", "refused"),
    [
        (
            LIFETIMES["reset password"] - timedelta(seconds=1),
            "reset password",
            "hash",
            nullcontext(),
        ),
        (LIFETIMES["reset password"], "reset password", "hash", pytest.raises(LinkSpent)),
        (timedelta(), "reset password", "another hash", pytest.raises(LinkSpent)),
        (timedelta(), "verify e-mail", "hash", pytest.raises(LinkSpent)),
    ],
    ids=[
        "just before its end",
        "at its end",
        "when what it is bound to has changed",
        "for another purpose",
    ],
)
def test_a_token_is_good_for_one_thing_for_a_while(
    after: timedelta, purpose: Purpose, bound_to: str, refused: AbstractContextManager[object]
) -> None:
    token = LetterTokens(b"s" * 32, lambda: NOW).write("reset password", ACCOUNT, "hash")
    later = LetterTokens(b"s" * 32, lambda: NOW + after)
    with refused:
        read = later.read(purpose, token)
        read.check(bound_to)
        assert read.account_id == ACCOUNT
