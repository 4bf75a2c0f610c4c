"""Mail as it travels: what a receiving server is given, decoded as a reader would."""

import ssl
from pathlib import Path

import aiosmtplib
import pytest

from app.embedded.certificates import make_certificate
from app.mailing import Letter, Mailer
from tests.world import NOW
from tests.world.mail import SENDER, a_mail_server, parts

REFERENCE = "0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071"
TEXT = "您的申报“红马甲”被退回修改。\n" * 40


def letter(**changes: str) -> Letter:
    plain = {
        "reference": REFERENCE,
        "to": "longhua.li@example.org",
        "subject": "被退回修改",
        "plain": TEXT,
        "html": "<p>改</p>",
    }
    return Letter(**(plain | changes), written_at=NOW)


async def test_a_letter_arrives_as_it_was_written() -> None:
    async with a_mail_server() as server:
        await server.mailer.send(letter())
    [received] = server.letters
    assert server.recipients == [["longhua.li@example.org"]]
    assert (received["Subject"], received["From"], received["To"]) == ("被退回修改", SENDER, "longhua.li@example.org")
    assert received["Message-ID"] == f"<{REFERENCE}@example.org>"
    assert received["Date"].datetime == NOW
    assert received["Auto-Submitted"] == "auto-generated"
    plain, html = parts(received)
    assert (plain.replace("\r\n", "\n"), html.strip()) == (TEXT, "<p>改</p>")


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
async def test_no_text_becomes_a_header(break_: str) -> None:
    injected = f"改{break_}Bcc: everybody@example.org{break_}{break_}<script>"
    async with a_mail_server() as server:
        await server.mailer.send(letter(subject=injected))
    [received] = server.letters
    assert (received["Bcc"], server.recipients) == (None, [["longhua.li@example.org"]])
    assert received["Subject"] == "改 Bcc: everybody@example.org <script>"


async def test_what_the_server_does_not_take_on_is_not_sent() -> None:
    async with a_mail_server() as server:
        server.refuses = 1
        with pytest.raises(aiosmtplib.SMTPDataError):
            await server.mailer.send(letter())
    with pytest.raises(OSError, match="onnect"):
        await server.mailer.send(letter())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("mail.example.org", 25, False, False, None, None)),
        ("smtp+starttls://mail.example.org", ("mail.example.org", 587, False, True, None, None)),
        ("smtps://wmb%40example.org:p%3Aw%2F@mail:4650", ("mail", 4650, True, False, "wmb@example.org", "p:w/")),
    ],
)
def test_a_server_is_named_by_its_url(url: str, expected: tuple[object, ...]) -> None:
    server = Mailer.of(url, SENDER).server
    names = ("hostname", "port", "use_tls", "start_tls", "username", "password")
    assert tuple(server[name] for name in names) == expected


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """Certificate of a server on loopback; its authority is in the same folder."""
    for name, content in zip(("authority", "certificate", "key"), make_certificate("127.0.0.1"), strict=True):
        (tmp_path / f"{name}.pem").write_bytes(content)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    return context


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
async def test_a_letter_is_given_to_nobody_but_the_server_that_was_named(
    scheme: str, tls: ssl.SSLContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_mail_server(scheme, tls) as server:
        with pytest.raises((aiosmtplib.SMTPException, ssl.SSLError), match="CERTIFICATE_VERIFY_FAILED"):
            await server.mailer.send(letter())
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
        await server.mailer.send(letter())
    assert len(server.letters) == 1


async def test_a_server_that_does_not_encrypt_when_it_should_is_given_nothing() -> None:
    async with a_mail_server("smtp+starttls") as server:
        with pytest.raises(aiosmtplib.SMTPException, match="STARTTLS"):
            await server.mailer.send(letter())
    assert server.letters == []
