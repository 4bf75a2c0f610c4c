"""A mail server on loopback that keeps what it is given, and refuses, hangs up or goes away on demand."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, Envelope, Session

from app.mailing import Mailer

SENDER = "路北文明办 <wmb@example.org>"


@dataclass
class MailServer:
    """Its address, and what it took on."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    refuses: int = 0
    hangs_up: int = 0
    scheme: str = "smtp"
    tls: ssl.SSLContext | None = None
    _server: asyncio.Server | None = None
    _callers: list[SMTP] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def mailer(self) -> Mailer:
        return Mailer.of(self.url, SENDER)

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # the library's name
        if self.refuses:
            self.refuses -= 1
            return "451 later"
        content = cast(bytes, envelope.content)
        self.letters.append(cast(EmailMessage, message_from_bytes(content, policy=cast(Any, default))))
        self.recipients.append(list(envelope.rcpt_tos))
        if self.hangs_up:
            self.hangs_up -= 1
            cast(asyncio.Transport, server.transport).abort()
        return "250 taken on"

    async def start(self) -> None:
        at_once, upgrade = (self.tls, None) if self.scheme == "smtps" else (None, self.tls)

        def greet() -> SMTP:
            self._callers.append(SMTP(self, hostname="mail.example.org", tls_context=upgrade))
            return self._callers[-1]

        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(greet, "127.0.0.1", self.port, ssl=at_once)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None, "started"
        self._server.close()
        for caller in self._callers:
            for transport in filter(None, (caller.transport, getattr(caller, "_original_transport", None))):
                cast(asyncio.Transport, transport).abort()
        await asyncio.sleep(0)


@asynccontextmanager
async def a_mail_server(scheme: str = "smtp", tls: ssl.SSLContext | None = None) -> AsyncIterator[MailServer]:
    server = MailServer(scheme=scheme, tls=tls)
    await server.start()
    yield server
    await server.stop()


def parts(letter: EmailMessage) -> tuple[str, str]:
    """The plain text and the HTML."""
    plain, html = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content(), html.get_content()
