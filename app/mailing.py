"""Mail over SMTP: built so that no text can become a header, sent to one server that is trusted to pass it on."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any, Self
from urllib.parse import unquote, urlsplit

TIMEOUT = 20.0
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
"""Ways to reach a server: bare, for one's own network only; encrypted after the greeting; encrypted at once."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to somebody. The same `reference` makes it the same mail, also when it is sent again."""

    reference: str
    to: str
    subject: str
    plain: str
    html: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class Mailer:
    """A mail server, and in whose name it is asked to send."""

    sender: Address
    server: dict[str, Any]

    @classmethod
    def of(cls, url: str, sender: str) -> Self:
        """The server of a URL like `smtps://user:password@host`; the sender is an address, with or without a name."""
        parts = urlsplit(url)
        name, address = parseaddr(sender)
        server = {
            "hostname": parts.hostname,
            "port": parts.port or PORTS[parts.scheme],
            "use_tls": parts.scheme == "smtps",
            "start_tls": parts.scheme == "smtp+starttls",
            "username": unquote(parts.username) if parts.username else None,
            "password": unquote(parts.password) if parts.password else None,
            "timeout": TIMEOUT,
        }
        return cls(Address(name, addr_spec=address), server)

    async def send(self, letter: Letter) -> None:
        """Return once the server has taken the letter on; raise if it has not."""
        import aiosmtplib  # noqa: PLC0415  # only the worker sends

        await aiosmtplib.send(self.message(letter), **self.server)

    def message(self, letter: Letter) -> EmailMessage:
        """The letter as it travels."""
        message = EmailMessage(SMTP)
        message["From"] = self.sender
        message["To"] = Address(addr_spec=letter.to)
        message["Subject"] = " ".join(letter.subject.split())
        message["Date"] = format_datetime(letter.written_at)
        message["Message-ID"] = f"<{letter.reference}@{self.sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.plain, cte="base64")
        message.add_alternative(letter.html, subtype="html", cte="base64")
        return message
