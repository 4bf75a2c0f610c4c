import socket
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.embedded.certificates import make_certificate
from app.models.enums import DeliveryFailure
from app.outgoing import URL, Outgoing, Resolver, is_destination
from tests.world.receiver import Behaviour, Receiver, dripping, endless, hang_up, receiving, silence, status

pytestmark = pytest.mark.thorough
"""Servers that do not answer are waited for."""

NAMED = Outgoing(frozenset({"wenming.tangshan.gov.cn", "wenming.tangshan.gov.cn:8443", "10.1.2.3", "127.0.0.1:9000"}))
DEVELOPING = replace(NAMED, loopback=True)


def resolving(*answers: Sequence[str]) -> Resolver:
    """A resolver that says something else each time it is asked."""
    left = list(answers)

    async def resolve(_: str) -> Sequence[str]:
        return left.pop(0)

    return resolve


@pytest.mark.parametrize(
    "url",
    [
        "https://wenming.tangshan.gov.cn",
        "https://wenming.tangshan.gov.cn/",
        "https://wenming.tangshan.gov.cn/hooks/pinpai?of=lubei",
        "https://wenming.tangshan.gov.cn:8443/hooks",
        "https://10.1.2.3/hooks",
    ],
)
def test_what_is_named_may_be_sent_to(url: str) -> None:
    assert NAMED.refusal(url) is None
    match = URL.fullmatch(url)
    assert match is not None
    assert httpx2.URL(url).host == match["host"]
    assert httpx2.URL(url).netloc.decode() == match["authority"]


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://wenming.tangshan.gov.cn/hooks", "https_required"),
        ("http://10.1.2.3/hooks", "https_required"),
        ("ftp://wenming.tangshan.gov.cn/hooks", "malformed_url"),
        ("file:///etc/passwd", "malformed_url"),
        ("//wenming.tangshan.gov.cn/hooks", "malformed_url"),
        ("HTTPS://wenming.tangshan.gov.cn/hooks", "malformed_url"),
        ("https://WENMING.tangshan.gov.cn/hooks", "malformed_url"),
        ("https://wenming.tangshan.gov.cn./hooks", "host_not_allowed"),
        ("https://wenming.tangshan.gov.cn:443/hooks", "host_not_allowed"),
        ("https://wenming.tangshan.gov.cn:22/hooks", "host_not_allowed"),
        ("https://wenming.tangshan.gov.cn:/hooks", "malformed_url"),
        ("https://wenming.tangshan.gov.cn:８443/hooks", "malformed_url"),
        ("https://wenming.tangshan.gov.cn.evil.example/hooks", "host_not_allowed"),
        ("https://evil.example/wenming.tangshan.gov.cn", "host_not_allowed"),
        ("https://user@wenming.tangshan.gov.cn/hooks", "malformed_url"),
        ("https://wenming.tangshan.gov.cn@evil.example/hooks", "malformed_url"),
        ("https://wenming.tangshan.gov.cn:8443@evil.example/", "malformed_url"),
        ("https://evil.example\\@wenming.tangshan.gov.cn/", "malformed_url"),
        ("https://evil.example#@wenming.tangshan.gov.cn/", "malformed_url"),
        ("https://evil.example?@wenming.tangshan.gov.cn/", "malformed_url"),
        ("https://wenming.tangshan.gov.cn/hooks#part", "malformed_url"),
        ("https://wenming.tangshan.gov.cn/a b", "malformed_url"),
        ("https://wenming.tangshan.gov.cn/\r\nHost: evil", "malformed_url"),
        ("https://wenming.tangshan.gov.cn/\n", "malformed_url"),
        (" https://wenming.tangshan.gov.cn/", "malformed_url"),
        ("https://wenming。tangshan。gov。cn/", "malformed_url"),
        ("https://ｗenming.tangshan.gov.cn/", "malformed_url"),
        ("https://wenm\u0456ng.tangshan.gov.cn/", "malformed_url"),
        ("https://wenm%69ng.tangshan.gov.cn/", "malformed_url"),
        ("https://127.0.0.1/", "host_not_allowed"),
        ("http://127.0.0.1:9000/hooks", "host_not_allowed"),
        ("https://localhost/", "host_not_allowed"),
        ("https://2130706433/", "host_not_allowed"),
        ("https://0x7f000001/", "host_not_allowed"),
        ("https://0177.0.0.1/", "host_not_allowed"),
        ("https://127.1/", "host_not_allowed"),
        ("https://0/", "host_not_allowed"),
        ("https://10.1.515/", "host_not_allowed"),
        ("https://10.01.2.3/", "host_not_allowed"),
        ("https://[::1]/", "malformed_url"),
        ("https://[::ffff:10.1.2.3]/", "malformed_url"),
        ("https://[fe80::1%25eth0]/", "malformed_url"),
        ("https://169.254.169.254/latest/meta-data", "host_not_allowed"),
        ("https:///hooks", "malformed_url"),
        ("", "malformed_url"),
    ],
)
def test_what_is_not_named_as_it_is_written_may_not(url: str, code: str) -> None:
    assert NAMED.refusal(url) == code


def test_without_named_hosts_nothing_is_pushed() -> None:
    assert Outgoing().refusal("https://wenming.tangshan.gov.cn/") == "push_switched_off"


def test_plain_http_is_for_this_machine_in_development_alone() -> None:
    assert DEVELOPING.refusal("http://127.0.0.1:9000/hooks") is None
    assert DEVELOPING.refusal("http://127.0.0.1:9001/hooks") == "host_not_allowed"
    assert DEVELOPING.refusal("http://10.1.2.3/hooks") == "https_required"
    assert NAMED.refusal("http://127.0.0.1:9000/hooks") == "host_not_allowed"


@pytest.mark.parametrize(
    "address", ["59.63.248.12", "10.1.2.3", "172.16.0.1", "192.168.9.9", "240e:1::1", "fd12:3456::1", "::ffff:10.1.2.3"]
)
def test_a_name_may_stand_for_the_world_or_a_private_network(address: str) -> None:
    assert is_destination(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.8.8.8",
        "0.0.0.0",
        "169.254.169.254",
        "100.100.100.200",
        "224.0.0.1",
        "255.255.255.255",
        "240.0.0.1",
        "192.0.2.1",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "ff0e::1",
        "fec0::1",
        "2001:db8::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2001::1",
    ],
)
def test_a_name_may_not_stand_for_this_machine_or_its_neighbours(address: str) -> None:
    assert not is_destination(address)


def test_loopback_is_for_the_names_of_loopback() -> None:
    assert is_destination("127.0.0.1", loopback=True)
    assert not is_destination("169.254.169.254", loopback=True)


@pytest_asyncio.fixture(loop_scope="session")
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as receiver:
        yield receiver


def towards(receiver: Receiver, patience: float = 30.0) -> Outgoing:
    """To this receiver, with patience for a busy machine."""
    return Outgoing(frozenset({receiver.authority}), loopback=True, connecting=patience, answering=patience)


async def sent(outgoing: Outgoing, receiver: Receiver) -> tuple[int | None, DeliveryFailure | None]:
    reply = await outgoing.post(receiver.url, b"{}", {"webhook-id": "1"})
    return reply.status, reply.failure


async def test_a_message_arrives_as_it_was_given_and_an_answer_of_2xx_counts(receiver: Receiver) -> None:
    reply = await towards(receiver).post(
        receiver.url, b'{"a":1}', {"webhook-id": "7", "Content-Type": "application/json"}
    )
    assert (reply.status, reply.failure, reply.retry_after) == (204, None, None)
    (message,) = receiver.received
    assert (message.path, message.id, message.body) == ("/hooks", "7", b'{"a":1}')
    assert (message.headers["host"], message.headers["content-type"]) == (receiver.authority, "application/json")


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (status(200, b"thanks"), (200, None)),
        (status(202), (202, None)),
        (status(301, Location="http://127.0.0.1:1/"), (301, DeliveryFailure.REDIRECTED)),
        (status(307, Location="http://169.254.169.254/latest"), (307, DeliveryFailure.REDIRECTED)),
        (status(304), (304, DeliveryFailure.REDIRECTED)),
        (status(400), (400, DeliveryFailure.REFUSED)),
        (status(401, WWW_Authenticate="Basic"), (401, DeliveryFailure.REFUSED)),
        (status(410), (410, DeliveryFailure.GONE)),
        (status(500, b"trace"), (500, DeliveryFailure.REFUSED)),
        (silence, (None, DeliveryFailure.TIMED_OUT)),
        (dripping(b"HTTP/1.1 200 OK\r\nX-Slow: "), (None, DeliveryFailure.TIMED_OUT)),
        (dripping(b"HTTP/1.1 100 Continue\r\n\r\n"), (None, DeliveryFailure.TIMED_OUT)),
        (dripping(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 200_000), (None, DeliveryFailure.BROKEN_ANSWER)),
        (hang_up, (None, DeliveryFailure.BROKEN_ANSWER)),
        (dripping(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), (None, DeliveryFailure.BROKEN_ANSWER)),
        (endless, (200, None)),
    ],
)
async def test_an_answer_is_judged_by_its_status_alone(
    receiver: Receiver, answer: Behaviour, outcome: tuple[int | None, DeliveryFailure | None]
) -> None:
    receiver.answers.append(answer)
    waits = 2.0 if outcome[1] is DeliveryFailure.TIMED_OUT else 30.0
    assert await sent(towards(receiver, waits), receiver) == outcome
    assert len(receiver.received) == 1


async def test_a_body_that_does_not_end_changes_nothing_about_its_status(receiver: Receiver) -> None:
    receiver.answers.append(dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n"))
    assert await sent(towards(receiver), receiver) == (200, None)


@pytest.mark.parametrize(
    ("header", "pause"),
    [
        ("120", timedelta(minutes=2)),
        ("0", timedelta()),
        ("Sat, 21 Nov 2015 22:20:59 GMT", timedelta()),  # a day long past
        ("soon", None),
        ("-5", None),
        ("9" * 30, None),
    ],
)
async def test_the_other_side_may_ask_for_a_pause(receiver: Receiver, header: str, pause: timedelta | None) -> None:
    receiver.answers.append(status(429, Retry_After=header))
    assert (await towards(receiver).post(receiver.url, b"{}", {})).retry_after == pause


async def test_a_pause_until_an_instant_is_reckoned_by_the_real_clock(receiver: Receiver) -> None:
    receiver.answers.append(
        status(503, Retry_After=format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True))
    )
    pause = (await towards(receiver).post(receiver.url, b"{}", {})).retry_after
    assert pause is not None
    assert timedelta(minutes=59) < pause <= timedelta(hours=1)


async def test_nobody_listening_is_not_an_answer(receiver: Receiver) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        authority = f"127.0.0.1:{free.getsockname()[1]}"
        outgoing = Outgoing(frozenset({authority}), loopback=True)
        reply = await outgoing.post(f"http://{authority}/", b"{}", {})
    assert (reply.status, reply.failure) == (None, DeliveryFailure.UNREACHABLE)


async def test_what_is_not_named_is_not_even_tried(receiver: Receiver) -> None:
    outgoing = replace(towards(receiver), hosts=frozenset({"wenming.example"}))
    assert await sent(outgoing, receiver) == (None, DeliveryFailure.NOT_ALLOWED)
    assert receiver.received == []


@pytest.mark.parametrize(
    "addresses", [["127.0.0.1"], ["10.1.2.3", "127.0.0.1"], ["169.254.169.254"], ["::ffff:127.0.0.1"], []]
)
async def test_a_named_host_that_stands_for_a_forbidden_address_is_not_connected_to(
    receiver: Receiver, addresses: list[str]
) -> None:
    authority = f"wenming.example:{receiver.port}"
    outgoing = Outgoing(frozenset({authority}), loopback=True, resolver=resolving(addresses))
    reply = await outgoing.post(f"https://{authority}/", b"{}", {})
    assert (reply.status, reply.failure) == (None, DeliveryFailure.ADDRESS_REFUSED)
    assert receiver.received == []


async def test_a_name_is_looked_up_once_and_the_connection_goes_where_that_was_judged(receiver: Receiver) -> None:
    authority = f"localhost:{receiver.port}"
    outgoing = Outgoing(frozenset({authority}), loopback=True, resolver=resolving(["127.0.0.1"], ["169.254.169.254"]))
    reply = await outgoing.post(f"http://{authority}/hooks", b"{}", {})
    assert (reply.status, receiver.received[0].headers["host"]) == (204, authority)
    assert (await outgoing.post(f"http://{authority}/hooks", b"{}", {})).failure is DeliveryFailure.ADDRESS_REFUSED


async def test_a_name_that_nobody_knows_is_told_as_that() -> None:
    async def unknown(_: str) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    outgoing = Outgoing(frozenset({"nobody.invalid"}), resolver=unknown)
    assert (await outgoing.post("https://nobody.invalid/", b"{}", {})).failure is DeliveryFailure.NAME_UNKNOWN


async def test_no_proxy_of_the_environment_is_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert await sent(towards(receiver), receiver) == (204, None)


def written(tmp_path: Path, authority: bytes, certificate: bytes, key: bytes) -> tuple[Path, ssl.SSLContext]:
    """The sender's authority and the receiver's certificate."""
    paths = [tmp_path / name for name in ("authority.pem", "certificate.pem", "key.pem")]
    for path, content in zip(paths, (authority, certificate, key), strict=True):
        path.write_bytes(content)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(paths[1], paths[2])
    return paths[0], tls


def for_the_name(name: str) -> tuple[bytes, bytes, bytes]:
    """A certificate of this name that is its own authority."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    plain = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate, certificate, plain


async def test_the_certificate_must_be_of_the_name_that_was_named(tmp_path: Path) -> None:
    authority, tls = written(tmp_path, *for_the_name("localhost"))
    async with receiving(tls) as receiver:
        hosts = frozenset({f"localhost:{receiver.port}", receiver.authority})
        outgoing = Outgoing(hosts, loopback=True, ca_file=authority)
        named = await outgoing.post(f"https://localhost:{receiver.port}/hooks", b"{}", {})
        unnamed = await outgoing.post(f"https://{receiver.authority}/hooks", b"{}", {})
    assert (named.status, named.failure) == (204, None)
    assert (unnamed.status, unnamed.failure) == (None, DeliveryFailure.UNTRUSTED)
    assert len(receiver.received) == 1


async def test_a_certificate_of_an_authority_nobody_named_is_not_believed(tmp_path: Path) -> None:
    authority, tls = written(tmp_path, *make_certificate("127.0.0.1"))
    async with receiving(tls) as receiver:
        believing = Outgoing(frozenset({receiver.authority}), loopback=True, ca_file=authority)
        assert await sent(believing, receiver) == (204, None)
        assert await sent(replace(believing, ca_file=None), receiver) == (None, DeliveryFailure.UNTRUSTED)
