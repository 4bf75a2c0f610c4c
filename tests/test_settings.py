from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from app.keyring import new_key
from app.settings import Environment, Settings

OWN_SERVERS = {
    "PINPAI_DATABASE_URL": "postgresql://app:secret@db/pinpai",
    "PINPAI_S3_ENDPOINT_URL": "http://s3:9000",
    "PINPAI_S3_ACCESS_KEY_ID": "key",
    "PINPAI_S3_SECRET_ACCESS_KEY": "hidden",
    "PINPAI_SECRET_KEYS": "A" * 43,
}

SIGN_ON = {
    "PINPAI_SIGN_ON_ISSUER": "https://login.example.gov.cn/realms/town",
    "PINPAI_SIGN_ON_CLIENT_ID": "pinpai",
    "PINPAI_SIGN_ON_CLIENT_SECRET": "hidden",
    "PINPAI_SIGN_ON_REDIRECT_URIS": "https://pinpai.example.gov.cn/signed-on,http://localhost:5173/signed-on",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"PINPAI_{name.upper()}", raising=False)
    return monkeypatch


def read(environment: pytest.MonkeyPatch, variables: dict[str, Any]) -> Settings:
    for name, value in variables.items():
        environment.setenv(name, str(value))
    return Settings()


def mistakes(environment: pytest.MonkeyPatch, variables: dict[str, Any]) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        read(environment, variables)
    return [str(error["loc"][0]) for error in caught.value.errors()]


def test_nothing_set_means_the_embedded_servers_on_loopback(environment: pytest.MonkeyPatch) -> None:
    settings = read(environment, {})
    assert (settings.embedded, settings.host, settings.environment) == (True, "127.0.0.1", Environment.DEVELOPMENT)


def test_ones_own_servers_are_used_together(environment: pytest.MonkeyPatch) -> None:
    settings = read(environment, OWN_SERVERS)
    assert not settings.embedded
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == OWN_SERVERS["PINPAI_DATABASE_URL"]


def test_secrets_are_not_shown(environment: pytest.MonkeyPatch) -> None:
    text = repr(read(environment, OWN_SERVERS))
    assert [secret for secret in ("app:secret", "'key'", "hidden", "AAAA") if secret in text] == []


@pytest.mark.parametrize(
    ("left_out", "blamed"),
    [
        ({"PINPAI_DATABASE_URL"}, ["s3_endpoint_url"]),
        ({"PINPAI_S3_ENDPOINT_URL"}, ["s3_endpoint_url"]),
        ({"PINPAI_S3_ACCESS_KEY_ID"}, ["s3_secret_access_key"]),
        ({"PINPAI_S3_SECRET_ACCESS_KEY"}, ["s3_secret_access_key"]),
        ({"PINPAI_DATABASE_URL", "PINPAI_S3_ENDPOINT_URL", "PINPAI_S3_ACCESS_KEY_ID"}, ["s3_secret_access_key"]),
    ],
)
def test_half_of_ones_own_servers_are_refused(
    environment: pytest.MonkeyPatch, left_out: set[str], blamed: list[str]
) -> None:
    assert sorted(set(mistakes(environment, {k: v for k, v in OWN_SERVERS.items() if k not in left_out}))) == blamed


def test_all_mistakes_are_listed_at_once_also_those_between_two_settings(environment: pytest.MonkeyPatch) -> None:
    wrong = {
        "PINPAI_ENVIRONMENT": "production",
        "PINPAI_PORT": 70000,
        "PINPAI_POOL_SIZE": "many",
        "PINPAI_S3_ACCESS_KEY_ID": "key",
        "PINPAI_CORS_ORIGINS": "*",
        "PINPAI_CLOCK_START": "2015-09-14T23:59:30+08:00",
        "PINPAI_CLOCK_OFFSET": "P1D",
    }
    assert mistakes(environment, wrong) == [
        "port",
        "pool_size",
        "s3_secret_access_key",
        "secret_keys",
        "cors_origins",
        "clock_start",
        "clock_offset",
    ]


def test_a_demonstration_clock_needs_its_zone(environment: pytest.MonkeyPatch) -> None:
    assert mistakes(environment, {"PINPAI_CLOCK_START": "2015-09-14T23:59:30"}) == ["clock_start"]


def test_a_demonstration_clock_starts_at_its_instant_and_runs(environment: pytest.MonkeyPatch) -> None:
    settings = read(environment, {"PINPAI_CLOCK_START": "2015-09-14T23:59:30+08:00"})
    text = datetime.now(UTC) + settings.offset_from_now()
    assert abs(text - datetime(2015, 9, 14, 15, 59, 30, tzinfo=UTC)) < timedelta(seconds=1)


def test_production_takes_the_real_clock(environment: pytest.MonkeyPatch) -> None:
    production = {"PINPAI_ENVIRONMENT": "production", "PINPAI_SECRET_KEYS": "A" * 43}
    assert read(environment, production).offset_from_now() == timedelta()


@pytest.mark.parametrize("without", [{"PINPAI_ENVIRONMENT": "production"}, OWN_SERVERS | {"PINPAI_SECRET_KEYS": ""}])
def test_only_a_trial_makes_its_own_key(environment: pytest.MonkeyPatch, without: dict[str, str]) -> None:
    assert mistakes(environment, without) == ["secret_keys"]


@pytest.mark.parametrize(
    ("variables", "roles"),
    [
        ({}, ()),
        ({"PINPAI_ENVIRONMENT": "production", "PINPAI_SECRET_KEYS": "A" * 43}, ("office",)),
        ({"PINPAI_SECOND_FACTOR_ROLES": "office, committee"}, ("office", "committee")),
        ({"PINPAI_ENVIRONMENT": "production", "PINPAI_SECRET_KEYS": "A" * 43, "PINPAI_SECOND_FACTOR_ROLES": ""}, ()),
    ],
)
def test_roles_need_a_second_factor_by_setting(
    environment: pytest.MonkeyPatch, variables: dict[str, str], roles: tuple[str, ...]
) -> None:
    assert read(environment, variables).second_factor_needed == roles


def test_a_machine_client_needs_no_second_factor(environment: pytest.MonkeyPatch) -> None:
    assert mistakes(environment, {"PINPAI_SECOND_FACTOR_ROLES": "municipal"}) == ["second_factor_roles"]


def test_passkeys_have_a_domain_and_the_frontends_on_it(environment: pytest.MonkeyPatch) -> None:
    domain = {"PINPAI_PASSKEY_DOMAIN": "pinpai.example.org"}
    origins = "https://pinpai.example.org, https://judges.pinpai.example.org:8443, http://localhost:5173"
    assert len(read(environment, domain | {"PINPAI_PASSKEY_ORIGINS": origins}).passkey_origins) == 3
    for wrong in ("", "https://evil.example", "http://pinpai.example.org", "https://evilpinpai.example.org"):
        assert mistakes(environment, domain | {"PINPAI_PASSKEY_ORIGINS": wrong}) == ["passkey_origins"]
    wrong_domain = {"PINPAI_PASSKEY_DOMAIN": "https://a.example", "PINPAI_PASSKEY_ORIGINS": ""}
    assert mistakes(environment, wrong_domain) == ["passkey_domain"]


def test_several_keys_are_separated_by_commas(environment: pytest.MonkeyPatch) -> None:
    keys = read(environment, {"PINPAI_SECRET_KEYS": "A" * 43 + "," + "B" * 42 + "A"}).secret_keys
    assert [key.get_secret_value()[0] for key in keys] == ["A", "B"]
    assert mistakes(environment, {"PINPAI_SECRET_KEYS": "A" * 43 + ",secret"}) == ["secret_keys"]


@pytest.mark.parametrize(
    ("written", "origins"),
    [
        ("", ()),
        ("https://a.example", ("https://a.example",)),
        (" https://a.example , http://localhost:5173,", ("https://a.example", "http://localhost:5173")),
    ],
)
def test_origins_are_separated_by_commas(
    environment: pytest.MonkeyPatch, written: str, origins: tuple[str, ...]
) -> None:
    assert read(environment, {"PINPAI_CORS_ORIGINS": written}).cors_origins == origins


@pytest.mark.parametrize("wrong", ["*", "https://*.example", "a.example", "https://a.example/", "https://a.example/x"])
def test_an_origin_is_exact(environment: pytest.MonkeyPatch, wrong: str) -> None:
    assert mistakes(environment, {"PINPAI_CORS_ORIGINS": f"https://b.example,{wrong}"}) == ["cors_origins"]


@pytest.mark.parametrize("wrong", ["*", "https://*.example", "a.example", "https://a.example/", "https://a.example/x"])
def test_an_origin_of_cookies_is_exact(environment: pytest.MonkeyPatch, wrong: str) -> None:
    assert mistakes(environment, {"PINPAI_COOKIE_ORIGINS": f"https://b.example,{wrong}"}) == ["cookie_origins"]


def test_a_page_with_a_cookie_came_by_tls_or_from_loopback(environment: pytest.MonkeyPatch) -> None:
    origins = "https://b.example:8443,http://localhost:5173,http://127.0.0.1:5173"
    assert len(read(environment, {"PINPAI_COOKIE_ORIGINS": origins}).cookie_origins) == 3
    assert mistakes(environment, {"PINPAI_COOKIE_ORIGINS": "http://b.example"}) == ["cookie_origins"]


@pytest.mark.parametrize(
    "host",
    [
        "wenming.tangshan.gov.cn",
        "wenming.tangshan.gov.cn:8443",
        "10.1.2.3",
        "127.0.0.1:9000",
        "localhost:9000",
        "x--y.a",
    ],
)
def test_a_host_to_push_to_is_named_exactly(environment: pytest.MonkeyPatch, host: str) -> None:
    assert read(environment, {"PINPAI_WEBHOOK_HOSTS": f"a.example, {host}"}).webhook_hosts == ("a.example", host)


@pytest.mark.parametrize(
    "wrong",
    [
        "*",
        "*.example",
        "https://a.example",
        "a.example/x",
        "A.example",
        "a.example.",
        "a..example",
        "a.example:0",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "127.1",
        "10.1.2.0x3",
        "1.2.3.4.5",
        "[::1]",
        "文明.example",
        "a@b.example",
    ],
)
def test_a_host_to_push_to_wears_no_disguise(environment: pytest.MonkeyPatch, wrong: str) -> None:
    assert mistakes(environment, {"PINPAI_WEBHOOK_HOSTS": f"b.example,{wrong}"}) == ["webhook_hosts"]


def test_links_begin_with_a_base(environment: pytest.MonkeyPatch) -> None:
    def base(written: str) -> str | None:
        return read(environment, {"PINPAI_LINK_BASE": written}).link_base

    assert base("https://pinpai.example.gov.cn") == "https://pinpai.example.gov.cn"
    assert base("http://10.0.0.1:8000/pinpai") == "http://10.0.0.1:8000/pinpai"
    assert base("") is None
    for wrong in ("pinpai.example", "https://a.example/", "https://a@b.example", "https://a.example/x?y", "ftp://a"):
        assert mistakes(environment, {"PINPAI_LINK_BASE": wrong}) == ["link_base"]


@pytest.mark.parametrize(
    ("environment", "serve_docs", "documented"),
    [
        (Environment.DEVELOPMENT, None, True),
        (Environment.PRODUCTION, None, False),
        (Environment.DEVELOPMENT, False, False),
        (Environment.PRODUCTION, True, True),
    ],
)
def test_production_answers_its_documentation_only_if_it_is_meant_to(
    environment: Environment, serve_docs: bool | None, documented: bool
) -> None:
    settings = Settings.model_construct(environment=environment, serve_docs=serve_docs)
    assert settings.documented is documented


def test_settings_do_not_change_while_it_runs(environment: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError):
        read(environment, {}).port = 1  # type: ignore[misc]  # frozen: that is what is tested


MAIL = {
    "PINPAI_SMTP_URL": "smtps://wmb:p%40ss@mail.example.org:465",
    "PINPAI_MAIL_FROM": "路北文明办 <wmb@example.org>",
}


def test_a_mail_server_goes_together_with_its_sender(environment: pytest.MonkeyPatch) -> None:
    settings = read(environment, MAIL)
    assert (settings.mail_from, "p%40ss" in repr(settings)) == ("路北文明办 <wmb@example.org>", False)


@pytest.mark.parametrize("alone", MAIL)
def test_half_a_mail_server_is_refused(environment: pytest.MonkeyPatch, alone: str) -> None:
    assert mistakes(environment, {alone: MAIL[alone]}) == ["mail_from"]


@pytest.mark.parametrize("wrong", ["mail.example.org", "http://mail", "smtp://", "smtp://mail:x", "smtps://mail/path"])
def test_a_mail_server_is_named_by_a_url(environment: pytest.MonkeyPatch, wrong: str) -> None:
    assert mistakes(environment, MAIL | {"PINPAI_SMTP_URL": wrong})[0] == "smtp_url"


@pytest.mark.parametrize("wrong", ["路北文明办", "a <b>", "a@b\r\nBcc: c@d", "<a@b.org> x", "a@b.org, c@d.org"])
def test_a_sender_is_one_address(environment: pytest.MonkeyPatch, wrong: str) -> None:
    assert mistakes(environment, MAIL | {"PINPAI_MAIL_FROM": wrong}) == ["mail_from"]


@pytest.mark.parametrize("name", [name for name, field in Settings.model_fields.items() if "Secret" in str(field)])
def test_every_secret_may_be_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    given = {**OWN_SERVERS, "PINPAI_SECRET_KEYS": new_key(), "PINPAI_MAIL_FROM": "wmb@example.cn"}
    given |= {"PINPAI_HISTORY_KEY": new_key()}
    given |= {name.replace("S3", "BACKUP_S3"): value for name, value in given.items() if "_S3_" in name}
    given |= SIGN_ON | {
        "PINPAI_SMTP_URL": "smtp://mail",
        "PINPAI_OWNER_DATABASE_URL": OWN_SERVERS["PINPAI_DATABASE_URL"],
    }
    expected = read(environment, given)
    file = tmp_path / "secret"
    file.write_text(given[f"PINPAI_{name.upper()}"] + "\n")
    environment.delenv(f"PINPAI_{name.upper()}")
    assert read(environment, {f"PINPAI_{name.upper()}_FILE": file}) == expected


def test_a_file_that_cannot_be_read_is_named(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert mistakes(environment, {"PINPAI_SMTP_URL_FILE": tmp_path / "nothing"}) == ["smtp_url"]


def test_what_is_set_counts_before_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A worker is given the secrets of its server, which may have read them from files."""
    keys = new_key()
    settings = read(environment, {"PINPAI_SECRET_KEYS": keys, "PINPAI_SECRET_KEYS_FILE": tmp_path / "nothing"})
    assert [key.get_secret_value() for key in settings.secret_keys] == [keys]


def test_single_sign_on_is_set_up_whole(environment: pytest.MonkeyPatch) -> None:
    settings = read(environment, SIGN_ON | {"PINPAI_SIGN_ON_TWO_FACTORS": "mfa, gold"})
    assert (len(settings.sign_on_redirect_uris), settings.sign_on_two_factors) == (2, ("mfa", "gold"))
    assert "hidden" not in repr(settings)
    for name in ("ISSUER", "CLIENT_ID", "REDIRECT_URIS"):
        environment.setenv(f"PINPAI_SIGN_ON_{name}", "")
        assert mistakes(environment, {}) == ["sign_on_redirect_uris"]
        environment.setenv(f"PINPAI_SIGN_ON_{name}", SIGN_ON[f"PINPAI_SIGN_ON_{name}"])


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        *(
            ("ISSUER", each)
            for each in ("http://login.example", "https://login.example/?x=1", "https://LOGIN.example", "x")
        ),
        *(("REDIRECT_URIS", each) for each in ("http://pinpai.example/", "https://pinpai.example/#x", "app://x")),
        *(("SCOPES", each) for each in ("profile", "openid,two words", 'openid,"')),
    ],
)
def test_a_mistake_in_single_sign_on_is_named(environment: pytest.MonkeyPatch, name: str, wrong: str) -> None:
    assert f"sign_on_{name.lower()}" in mistakes(environment, SIGN_ON | {f"PINPAI_SIGN_ON_{name}": wrong})
