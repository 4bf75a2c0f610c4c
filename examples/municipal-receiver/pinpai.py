"""Pinpai as another system meets it: a token for the client's credentials, and bytes that are what was announced."""

import hashlib
from collections.abc import Generator
from typing import Any

import httpx2


class Unacceptable(Exception):
    """What was fetched is not what was announced, or not in a form known here."""


class ClientCredentials(httpx2.Auth):
    """OAuth 2.0 client credentials: ask for a token when there is none, and once more when it counts no longer."""

    requires_response_body = True

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        self._url = url
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._token: str | None = None

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        for _ in range(2):
            if self._token is None:
                told = yield httpx2.Request("POST", self._url, data=self._form)
                self._token = str(told.raise_for_status().json()["access_token"])
            request.headers["Authorization"] = f"Bearer {self._token}"
            answer = yield request
            if answer.status_code != httpx2.codes.UNAUTHORIZED:
                return
            self._token = None


class Pinpai:
    """The district's system, asked as the machine client that it knows us by."""

    def __init__(self, url: str, client_id: str, client_secret: str) -> None:
        api = url.rstrip("/") + "/api/v1"
        credentials = ClientCredentials(f"{api}/tokens", client_id, client_secret)
        self._http = httpx2.Client(base_url=api, auth=credentials, timeout=30)

    def get(self, path: str, **query: int) -> Any:
        return self._http.get(path, params=query).raise_for_status().json()

    def post(self, path: str, **said: object) -> Any:
        return self._http.post(path, json=said).raise_for_status().json()

    def proven(self, path: str, digest: str) -> bytes:
        """The bytes that have this digest, and no others."""
        content = self._http.get(path).raise_for_status().content
        if digest_of(content) != digest:
            raise Unacceptable(f"{path}: these are not the bytes that were announced")
        return content


def digest_of(content: bytes) -> str:
    """SHA-256, as Pinpai writes it."""
    return hashlib.sha256(content).hexdigest()
