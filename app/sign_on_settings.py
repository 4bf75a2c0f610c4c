"""The settings of single sign-on, a part of all settings: who the provider is, and what it is trusted with."""

import re
from typing import Annotated

from pydantic import BaseModel, Field, FilePath, SecretStr, ValidationInfo, field_validator
from pydantic_settings import NoDecode

_ON_LOOPBACK = r"http://(localhost|127\.0\.0\.1)(:[1-9][0-9]*)?"


class SignOnSettings(BaseModel):
    """All or nothing: an issuer comes with a client and the pages that its answers may come back to."""

    sign_on_issuer: str | None = Field(
        None,
        description="OpenID provider for single sign-on, as `https://login.example.gov.cn`, as it writes itself; "
        "unset: none.",
    )
    sign_on_client_id: str | None = Field(None, description="Client that the provider knows this deployment as.")
    sign_on_client_secret: SecretStr | None = Field(None, description="Its secret; unset: a public client.")
    sign_on_redirect_uris: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Pages of the frontends that the provider sends browsers back to, exactly, by commas."
    )
    sign_on_name: str = Field("统一身份认证", max_length=100, description="Name of the provider, for the button.")
    sign_on_scopes: Annotated[tuple[str, ...], NoDecode] = Field(
        ("openid",), description="Scopes that are asked for, by commas; `openid` is one."
    )
    sign_on_two_factors: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Values of `amr` or `acr` by which the provider says that it has asked for two factors, by commas; "
        "with any of them ours is not asked for. None: it always is.",
    )
    sign_on_hosts: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Further hosts that the provider's pages may be on, as `host` or `host:port`, by commas."
    )
    sign_on_ca_file: FilePath | None = Field(
        None, description="PEM file of the only authorities trusted for the provider; unset: those of the system."
    )

    @field_validator("sign_on_redirect_uris", "sign_on_scopes", "sign_on_two_factors", "sign_on_hosts", mode="before")
    @classmethod
    def _by_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("sign_on_issuer")
    @classmethod
    def _issuer(cls, value: str | None) -> str | None:
        if value and not re.fullmatch(rf"(https://[a-z0-9.-]+(:[1-9][0-9]*)?|{_ON_LOOPBACK})(/[\w.~/-]*)?", value):
            raise ValueError("is https://host[:port][/path], or http:// on loopback, without a query")
        return value or None

    @field_validator("sign_on_redirect_uris")
    @classmethod
    def _pages(cls, pages: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        whole = [info.data.get("sign_on_issuer"), info.data.get("sign_on_client_id"), pages]
        if "sign_on_issuer" in info.data and len({bool(part) for part in whole}) > 1:
            raise ValueError("goes together with PINPAI_SIGN_ON_ISSUER and PINPAI_SIGN_ON_CLIENT_ID")
        if not all(
            re.fullmatch(rf"(https://[a-z0-9.-]+(:[1-9][0-9]*)?|{_ON_LOOPBACK})(/[^\s#,]*)?", page) for page in pages
        ):
            raise ValueError("a page is https://host[:port]/path, or http:// on loopback, without a fragment")
        return pages

    @field_validator("sign_on_scopes")
    @classmethod
    def _with_openid(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        if "openid" not in scopes or not all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]+", scope) for scope in scopes):
            raise ValueError("are names without blanks, and `openid` is one of them")
        return scopes
