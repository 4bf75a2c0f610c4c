"""Everything an operator may set, read once from the environment (`PINPAI_…`) and then frozen."""

import os
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import (
    AwareDatetime,
    DirectoryPath,
    Field,
    FilePath,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.keyring import key_of
from app.sign_on_settings import SignOnSettings


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


SECRETS = (
    *("database_url", "owner_database_url", "s3_access_key_id", "s3_secret_access_key"),
    *("secret_keys", "history_key", "smtp_url", "backup_s3_access_key_id", "backup_s3_secret_access_key"),
    "sign_on_client_secret",
)


class Settings(SignOnSettings, BaseSettings):
    """Checked at the start; every mistake is listed at once, also one that lies between two settings.

    That is why the later of the two checks it: Pydantic asks a validator of the whole only when nothing else is wrong.
    """

    model_config = SettingsConfigDict(env_prefix="PINPAI_", frozen=True, extra="ignore")

    environment: Environment = Field(
        Environment.DEVELOPMENT,
        description="`production` refuses the demonstration clock and accounts; `development` serves on loopback only.",
    )
    host: str = Field("127.0.0.1", description="Address the API listens on; loopback unless asked otherwise.")
    port: int = Field(8000, ge=1, le=65535, description="Port the API listens on.")
    serve_docs: bool | None = Field(
        None, description="Whether `/api/docs` and the contract are answered; unset: only in `development`."
    )
    data_dir: Path = Field(Path(".data"), description="Where the embedded servers keep data, logs and secrets.")

    database_url: SecretStr | None = Field(
        None, description="PostgreSQL ≥ 15 as `postgresql://…`, a role that is not the owner; unset: the embedded one."
    )
    owner_database_url: SecretStr | None = Field(
        None, description="The owner's URL, for `migrate` only; unset: `PINPAI_DATABASE_URL`."
    )
    pool_size: int = Field(10, ge=1, le=100, description="Connections each for reads and for changes, per process.")
    queue_limit: int = Field(2000, ge=1, description="Requests that may wait for a connection before 503 is answered.")

    s3_endpoint_url: str | None = Field(None, description="Any S3; unset: the embedded one.")
    s3_region: str = Field("us-east-1", description="Region the requests are signed for.")
    s3_bucket: str = Field("pinpai", description="Bucket that holds pictures and scans.")
    s3_access_key_id: SecretStr | None = Field(None, description="Key with Get, Put, Delete and List on the bucket.")
    s3_secret_access_key: SecretStr | None = Field(None, description="Its secret.")

    secret_keys: Annotated[tuple[SecretStr, ...], NoDecode] = Field(
        (),
        description="Keys of the secrets in the database, as `pinpai new-key` prints one, by commas; the first is for "
        "new ones. Unset: one in the data directory, only in development with embedded servers.",
    )
    history_key: SecretStr | None = Field(
        None,
        description="Secret that chains the history, at least 32 characters, for the worker and `audit verify`; "
        "after a change the new one first, then the old ones, by commas; unset: that of the embedded servers.",
    )
    history_anchors: Path | None = Field(
        None, description="File outside the database that anchors the chain; unset: one in `PINPAI_DATA_DIR`."
    )
    connections: int = Field(2000, ge=10, description="Open connections, per process; more are answered 503.")
    connections_per_address: int = Field(
        500, ge=1, description="Those from one address; not counted behind a proxy, which has to limit its clients."
    )
    streams: int = Field(
        1000, ge=0, description="Open streams (`GET /api/v1/stream`), per process; more are answered 503."
    )

    metrics_port: int | None = Field(None, ge=1, le=65535, description="Port of figures for Prometheus; unset: none.")
    metrics_host: str = Field("127.0.0.1", description="Address of that port; whoever reaches it reads the figures.")
    image_workers: int = Field(2, ge=1, le=16, description="Processes that check and re-encode pictures.")
    font_dir: DirectoryPath | None = Field(
        None,
        description="Folder with fonts for printed forms, such as 仿宋_GB2312 and 方正小标宋; unset: Noto Serif SC and "
        "Noto Sans SC alone.",
    )
    clamd: str | None = Field(
        None, description="ClamAV's daemon, as `host:port` or the path of its socket; what it finds is refused."
    )
    cors_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins of browser frontends, separated by commas; exact, no wildcard."
    )
    cookie_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Origins of browser frontends that may keep their session in a cookie, on this server's site, by "
        "commas; none: no cookies.",
    )
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Names others ask this server by, without a port, by commas; `production` answers to no other, "
        "`development` also to loopback.",
    )
    trusted_proxies: int = Field(0, ge=0, le=5, description="Proxies in front that append to `X-Forwarded-For`.")
    session_idle_minutes: int = Field(30, ge=1, le=1440, description="A session ends after so much silence.")
    session_hours: int = Field(12, ge=1, le=168, description="A session ends after so long in any case.")
    second_factor_roles: Annotated[tuple[Literal["office", "committee", "unit", "reviewer"], ...] | None, NoDecode] = (
        Field(
            None,
            description="Roles that need a second factor, by commas; empty: none. Unset: `office` in production, "
            "none in development. Machine clients sign in with a secret.",
        )
    )
    passkey_domain: str | None = Field(
        None, description="Domain that passkeys are bound to, as `pinpai.example.gov.cn`; unset: no passkeys."
    )
    passkey_origins: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Origins of the frontends that ask for passkeys, on that domain or below it, by commas."
    )
    client_token_minutes: int = Field(15, ge=1, le=1440, description="Life of a machine client's token.")
    file_grace_days: int = Field(30, ge=0, description="How long bytes nobody refers to are kept.")
    trace_days: int = Field(184, ge=184, description="Days for which the history has addresses of sign-ins.")
    notice_days: int = Field(730, ge=90, description="Days for which notifications are kept.")
    value_days: int = Field(1095, ge=365, description="Days for which the history has values before and after.")
    upload_gib_per_day: int = Field(
        16, ge=1, description="GiB an account may upload at once, restored over 24 hours; deleted files count."
    )
    processing_seconds_per_hour: int = Field(
        1200, ge=60, description="Seconds of the imaging workers an account may use at once, restored over an hour."
    )
    changes_per_hour: int = Field(
        3600, ge=1, description="Requests that change something an account may send at once, restored over an hour."
    )
    requests_at_once: int = Field(64, ge=1, description="Requests of an account under way at a time, per process.")
    uploads_at_once: int = Field(8, ge=1, description="Uploads among them.")
    applications_per_unit: int = Field(200, ge=1, description="Applications of a unit in a campaign, in any state.")
    units_per_committee: int = Field(500, ge=1, description="Units up to which a committee may register more itself.")
    accounts_per_committee: int = Field(1000, ge=1, description="Accounts of its units up to which it may invite more.")
    objections_per_account: int = Field(50, ge=1, description="Objections of an account to a commendation.")
    disk_floor_mib: int = Field(
        2048, ge=0, description="MiB that stay free: below, no files are taken (507), everything else is."
    )
    disk_dir: Path | None = Field(
        None, description="Folder whose disk must keep them; unset: that of the embedded servers, or none."
    )
    backup_target: str | None = Field(
        None,
        description="Where the worker puts backups: a folder, or `s3://bucket/prefix` of another S3; unset: none are "
        "taken. One for each deployment.",
    )
    backup_every: int = Field(24, ge=1, le=744, description="Hours from one backup to the next.")
    backup_keep: int = Field(14, ge=1, description="Backups that are kept; older ones are removed.")
    backup_recipients: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Recipients that backups are encrypted for, as `age-keygen` prints them, by commas; unset: none.",
    )
    backup_s3_endpoint_url: str | None = Field(None, description="The S3 of the backups, if they go to one.")
    backup_s3_access_key_id: SecretStr | None = Field(None, description="Key with Get, Put, Delete and List there.")
    backup_s3_secret_access_key: SecretStr | None = Field(None, description="Its secret.")
    link_base: str | None = Field(
        None, description="Where others reach this deployment, as `https://pinpai.example.gov.cn`; for links."
    )
    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Hosts nominations may be pushed to, as `host` or `host:port`, by commas; none: no push."
    )
    webhook_ca_file: FilePath | None = Field(
        None, description="PEM file of the only authorities trusted for them; unset: those of the system."
    )
    smtp_url: SecretStr | None = Field(
        None,
        description="Mail server: `smtps://user:password@host`, `smtp+starttls://…` or bare `smtp://…`; unset: none.",
    )
    mail_from: str | None = Field(None, description="Sender of all mail, as `路北文明办 <wmb@example.gov.cn>`.")
    clock_start: AwareDatetime | None = Field(
        None, description="Start a demonstration clock at this instant, as `2015-09-14T23:59:30+08:00`."
    )
    clock_offset: timedelta = Field(
        timedelta(), description="Set by `serve` for its worker, so that both clocks agree."
    )

    @model_validator(mode="before")
    @classmethod
    def _name_files(cls, given: dict[str, Any]) -> dict[str, Any]:
        """Take secrets from files too, as a container engine mounts them: `PINPAI_…_FILE=/run/secrets/…`."""
        named = {name: os.environ.get(f"PINPAI_{name.upper()}_FILE") for name in SECRETS}
        return {name: Path(file) for name, file in named.items() if file} | given

    @field_validator(
        *(
            "cors_origins",
            "cookie_origins",
            "webhook_hosts",
            "allowed_hosts",
            "secret_keys",
            "second_factor_roles",
            "passkey_origins",
            "backup_recipients",
        ),
        mode="before",
    )
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator(*SECRETS, mode="before")
    @classmethod
    def _from_a_file(cls, value: object) -> object:
        """Read the file that holds a secret; defined after the splitting, it is asked before it."""
        try:
            return value.read_text("utf-8").strip() if isinstance(value, Path) else value
        except (OSError, UnicodeDecodeError) as error:
            raise ValueError(f"its file {value} cannot be read ({type(error).__name__})") from None

    @field_validator("cors_origins")
    @classmethod
    def _exact_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[a-z][a-z0-9+.-]*://[^/*\s]+", origin) for origin in origins):
            raise ValueError("an origin is scheme://host[:port], without a wildcard or a path")
        return origins

    @field_validator("cookie_origins")
    @classmethod
    def _origins_with_tls(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        """Refuse an origin whose pages anybody on the way could change, and with them what the cookie does."""
        loopback = r"http://(localhost|127\.0\.0\.1|\[::1\])(:[1-9][0-9]*)?"
        if not all(re.fullmatch(rf"https://[a-z0-9.-]+(:[1-9][0-9]*)?|{loopback}", origin) for origin in origins):
            raise ValueError("an origin is https://host[:port], or http:// on loopback, without a wildcard or a path")
        return origins

    @field_validator("allowed_hosts")
    @classmethod
    def _plain_names(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[a-z0-9._-]+|\[[0-9a-f:.]+\]", host) for host in hosts):
            raise ValueError("a host is a lower-case name or an address, IPv6 in brackets: no port, no wildcard")
        return hosts

    @field_validator("webhook_hosts")
    @classmethod
    def _exact_hosts(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            name = re.fullmatch(r"([a-z0-9-]+(?:\.[a-z0-9-]+)*)(:[1-9][0-9]{0,4})?", host)
            if name is None:
                raise ValueError("a host is lower-case ASCII, with a port if it is not 443: no scheme, no wildcard")
            if re.search(r"(^|\.)(0x[0-9a-f]*|[0-9]+)$", name[1]):
                IPv4Address(name[1])  # 010.1, 0x7f.1 and 2130706433 are addresses too, in disguise
        return hosts

    @field_validator("link_base")
    @classmethod
    def _ends_without_a_slash(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"https?://[^/?#\s@]+(/[^?#\s]+)*(?<!/)", value):
            raise ValueError("is scheme://host[:port][/path], without a slash at its end")
        return value or None

    @field_validator("s3_endpoint_url")
    @classmethod
    def _both_servers(cls, value: str | None, info: ValidationInfo) -> str | None:
        if bool(value) != bool(info.data.get("database_url")):
            raise ValueError("goes together with PINPAI_DATABASE_URL: both your own servers, or both embedded")
        return value

    @field_validator("backup_recipients")
    @classmethod
    def _of_age(cls, recipients: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"age1[0-9a-z]{58}", each) for each in recipients):
            raise ValueError("a recipient is age1…, as `age-keygen` prints it beside the identity")
        return recipients

    @field_validator("backup_s3_secret_access_key")
    @classmethod
    def _whole_place(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        others = [info.data.get("backup_s3_endpoint_url"), info.data.get("backup_s3_access_key_id")]
        if len({bool(part) for part in (value, *others)}) > 1:
            raise ValueError("goes together with PINPAI_BACKUP_S3_ENDPOINT_URL and PINPAI_BACKUP_S3_ACCESS_KEY_ID")
        return value

    @field_validator("s3_secret_access_key")
    @classmethod
    def _whole_store(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        others = [info.data.get("s3_endpoint_url"), info.data.get("s3_access_key_id")]
        if "s3_endpoint_url" in info.data and len({bool(part) for part in (value, *others)}) > 1:
            raise ValueError("goes together with PINPAI_S3_ENDPOINT_URL and PINPAI_S3_ACCESS_KEY_ID")
        return value

    @field_validator("secret_keys")
    @classmethod
    def _own_keys(cls, keys: tuple[SecretStr, ...], info: ValidationInfo) -> tuple[SecretStr, ...]:
        for key in keys:
            key_of(key.get_secret_value())
        if not keys and (info.data.get("database_url") or info.data.get("environment") is Environment.PRODUCTION):
            raise ValueError("is needed in production and with PINPAI_DATABASE_URL: `pinpai new-key` prints one")
        return keys

    @field_validator("clamd")
    @classmethod
    def _daemon(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(r"/.+|([a-z0-9.-]+|\[[0-9a-f:.]+\]):[1-9][0-9]{0,4}", value):
            raise ValueError("is host:port, or the absolute path of a socket")
        return value or None

    @field_validator("history_key")
    @classmethod
    def _long_keys(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not all(re.fullmatch(r"\S{32,}", key) for key in value.get_secret_value().split(",")):
            raise ValueError("each key has at least 32 characters and no blanks")
        return value

    @field_validator("passkey_domain")
    @classmethod
    def _a_domain(cls, domain: str | None) -> str | None:
        if domain and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", domain):
            raise ValueError("is a domain: no scheme, no port")
        return domain or None

    @field_validator("passkey_origins")
    @classmethod
    def _of_the_domain(cls, origins: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        domain = info.data.get("passkey_domain")
        if "passkey_domain" in info.data and bool(domain) != bool(origins):
            raise ValueError("goes together with PINPAI_PASSKEY_DOMAIN")
        allowed = rf"https://([a-z0-9-]+\.)*{re.escape(domain or '')}(:[0-9]+)?|http://localhost(:[0-9]+)?"
        if not all(re.fullmatch(allowed, origin) for origin in origins):
            raise ValueError("an origin is https://host[:port] on the domain or below it, or http://localhost[:port]")
        return origins

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: SecretStr | None) -> SecretStr | None:
        address = r"(smtp|smtps|smtp\+starttls)://([^/@\s]+@)?[^/@:\s]+(:[1-9][0-9]{0,4})?"
        if value and not re.fullmatch(address, value.get_secret_value()):
            raise ValueError("is smtps://, smtp+starttls:// or smtp://[user:password@]host[:port]")
        return value

    @field_validator("mail_from")
    @classmethod
    def _sender(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value and not re.fullmatch(r"[^<>\r\n]*<[!-;=?A-~]+@[a-z0-9.-]+>|[!-;=?A-~]+@[a-z0-9.-]+", value):
            raise ValueError("is an address, or a name with an address in angle brackets")
        if "smtp_url" in info.data and bool(value) != bool(info.data["smtp_url"]):
            raise ValueError("goes together with PINPAI_SMTP_URL")
        return value

    @field_validator("clock_start", "clock_offset")
    @classmethod
    def _real_clock_in_production(cls, value: object, info: ValidationInfo) -> object:
        if value and info.data.get("environment") is Environment.PRODUCTION:
            raise ValueError("is refused in production")
        return value

    def answers_to(self, host: str) -> bool:
        """Return true for a name, in lower case, under which requests are answered."""
        trying = self.environment is Environment.DEVELOPMENT and is_loopback(host.strip("[]"))
        return trying or host in self.allowed_hosts

    @property
    def embedded(self) -> bool:
        return self.database_url is None

    @property
    def second_factor_needed(self) -> tuple[str, ...]:
        """The roles that need a second factor."""
        if self.second_factor_roles is None:
            return ("office",) if self.environment is Environment.PRODUCTION else ()
        return self.second_factor_roles

    @property
    def demonstration(self) -> bool:
        """True if the clock of this deployment is not the database's."""
        return bool(self.clock_start or self.clock_offset)

    def offset_from_now(self) -> timedelta:
        """Return the offset of this deployment's clock from the database's, which should agree with ours."""
        return self.clock_start - datetime.now(UTC) if self.clock_start else self.clock_offset

    @property
    def documented(self) -> bool:
        """True if the documentation page and the contract are answered."""
        return self.environment is Environment.DEVELOPMENT if self.serve_docs is None else self.serve_docs
