"""The client is itself tested: it lets a kept promise pass, and catches each way of breaking one."""

from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI, HTTPException, Path, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException as AnyHTTPException

from app.api.http import openapi
from tests.contract.client import PROBLEM, ContractBrokenError, ContractClient

NOT_FOUND = {
    "type": "urn:problem-type:pinpai:not-found",
    "title": "Not found",
    "status": 404,
    "detail": "未找到。",
    "instance": "urn:uuid:0149d3c4-5d6e-7f80-9a1b-2c3d4e5f6071",
}
ALLOWED = {405: {"Allow": "GET, PUT, HEAD"}}


class NotFoundProblem(BaseModel):
    """It does not exist."""

    type: Literal["urn:problem-type:pinpai:not-found"]
    title: str
    status: Literal[404]
    detail: str
    instance: str


class Banner(BaseModel):
    """A banner with a slogan."""

    etag: str
    slogan: str = Field(max_length=20, examples=["红色驿站"])
    note: str | None = Field(examples=[None])


DOCUMENTED = {
    "description": "Not found",
    "content": {
        PROBLEM: {
            "schema": {"$ref": "#/components/schemas/NotFoundProblem"},
            "examples": {"not-found": {"summary": "Not found", "value": NOT_FOUND}},
        }
    },
}


def problem(_: Request, error: AnyHTTPException) -> JSONResponse:
    body = NOT_FOUND | {"status": error.status_code}
    return JSONResponse(body, error.status_code, headers=ALLOWED.get(error.status_code), media_type=PROBLEM)


def make_app() -> FastAPI:
    app = FastAPI(generate_unique_id_function=openapi.operation_id, docs_url=None, redoc_url=None)
    app.add_exception_handler(AnyHTTPException, problem)  # type: ignore[arg-type]  # Starlette types handlers loosely

    @app.get("/banners/{number}", responses={404: DOCUMENTED})
    async def read_banner(number: Annotated[int, Path()], response: Response) -> Banner:
        if number > 1:
            raise HTTPException(404)
        response.headers["ETag"] = '"1"'
        return Banner(etag='"1"', slogan="红色驿站", note=None)

    @app.put("/banners/{number}", status_code=204, response_class=Response, responses={404: DOCUMENTED})
    async def replace_banner(number: int) -> None: ...

    openapi.install(app, lambda: [NotFoundProblem])
    return app


@pytest.fixture
def answer() -> dict[str, Any]:
    """The saboteur's version of the next answer; if empty, the application answers itself."""
    return {}


@pytest.fixture
async def client(answer: dict[str, Any]) -> AsyncIterator[ContractClient]:
    app = make_app()

    @app.middleware("http")
    async def sabotage(request: Request, call_next: Callable[[Request], Any]) -> Any:
        sent = JSONResponse(**answer) if answer else await call_next(request)
        sent.headers.setdefault("Cache-Control", "no-store")
        return sent

    async with ContractClient.asgi(app) as contract_client:
        yield contract_client


async def test_a_kept_promise_passes(client: ContractClient) -> None:
    assert (await client.get("/banners/1")).json()["slogan"] == "红色驿站"
    assert (await client.put("/banners/1")).status_code == 204


async def test_an_answer_without_a_body_names_no_media_type(client: ContractClient, answer: dict[str, Any]) -> None:
    answer |= {"content": None, "status_code": 204}
    with pytest.raises(ContractBrokenError, match="it names the media type application/json, and has no body"):
        await client.put("/banners/1")


async def test_a_documented_problem_passes(client: ContractClient) -> None:
    assert (await client.get("/banners/2")).status_code == 404


async def test_unknown_paths_and_methods_are_refused_as_problems(client: ContractClient) -> None:
    assert (await client.get("/nothing")).status_code == 404
    assert (await client.delete("/banners/1")).status_code == 405


GOOD = {"etag": '"1"', "slogan": "红色驿站", "note": None}
TAG = {"ETag": '"1"'}
PROBLEMATIC = {"status_code": 404, "media_type": PROBLEM}


SABOTAGES = [
    pytest.param({"content": GOOD, "status_code": 202, "headers": TAG}, "202 is not documented", id="status"),
    pytest.param({"content": GOOD}, "header ETag is missing", id="header"),
    pytest.param({"content": GOOD | {"slogan": "长" * 21}, "headers": TAG}, "/slogan: ", id="length"),
    pytest.param({"content": GOOD | {"slogan": 1}, "headers": TAG}, "/slogan: ", id="type"),
    pytest.param({"content": {"etag": "1", "slogan": "x"}, "headers": TAG}, '"note" is a required', id="absent"),
    pytest.param({"content": GOOD | {"password": "x"}, "headers": TAG}, "'password'", id="leak"),
    pytest.param({"content": GOOD, "headers": TAG | {"Cache-Control": "private, no-cache"}}, "be kept", id="kept"),
    pytest.param({"content": NOT_FOUND, "headers": {"Cache-Control": "public"}, **PROBLEMATIC}, "be kept", id="error"),
    pytest.param({"content": GOOD, "headers": TAG, "media_type": "text/plain"}, "content type is", id="media"),
    pytest.param({"content": NOT_FOUND, "status_code": 404}, "content type is", id="problem as json"),
    pytest.param({"content": NOT_FOUND | {"type": "urn:other"}, **PROBLEMATIC}, "/type: ", id="problem type"),
    pytest.param({"content": NOT_FOUND | {"input": "secret"}, **PROBLEMATIC}, "'input'", id="echo"),
]


@pytest.mark.parametrize(("sabotage", "objection"), SABOTAGES)
async def test_a_broken_promise_is_caught(
    client: ContractClient, answer: dict[str, Any], sabotage: dict[str, Any], objection: str
) -> None:
    answer |= sabotage
    with pytest.raises(ContractBrokenError, match=objection):
        await client.get("/banners/1")


async def test_an_answer_to_another_role_or_with_another_code_is_caught(
    client: ContractClient, answer: dict[str, Any]
) -> None:
    operation = client.contract.document["paths"]["/banners/{number}"]["get"]
    operation |= {"x-roles": ["office"], "x-finding-codes": ["required"]}
    operation["responses"]["409"] = {"description": "Rules violated", "content": {PROBLEM: {"schema": {}}}}
    client.role = "office"
    assert (await client.get("/banners/1")).status_code == 200
    client.role = "unit"
    with pytest.raises(ContractBrokenError, match="answered to the role unit"):
        await client.get("/banners/1")
    answer |= {"content": {"findings": [{"code": "seal_missing"}]}, "status_code": 409, "media_type": PROBLEM}
    with pytest.raises(ContractBrokenError, match="seal_missing is no code of it"):
        await client.get("/banners/1")


async def test_a_body_where_none_is_promised_is_caught(client: ContractClient, answer: dict[str, Any]) -> None:
    answer |= {"content": GOOD, "status_code": 204}
    with pytest.raises(ContractBrokenError, match="it has a body"):
        await client.put("/banners/1")


@pytest.mark.parametrize(("path", "method"), [("/nothing", "GET"), ("/banners/1", "DELETE")])
async def test_an_answer_outside_the_contract_is_caught(
    client: ContractClient, answer: dict[str, Any], path: str, method: str
) -> None:
    answer |= {"content": GOOD}
    with pytest.raises(ContractBrokenError, match="not documented"):
        await client.request(method, path)


async def test_a_wrong_allow_is_caught(client: ContractClient, answer: dict[str, Any]) -> None:
    answer |= {"content": NOT_FOUND | {"status": 405}, "status_code": 405, "media_type": PROBLEM}
    with pytest.raises(ContractBrokenError, match="Allow names"):
        await client.delete("/banners/1")


async def test_head_is_held_to_what_get_promises(client: ContractClient, answer: dict[str, Any]) -> None:
    answer |= {"content": None}
    with pytest.raises(ContractBrokenError, match="header ETag is missing"):
        await client.head("/banners/1")


async def test_a_promise_is_compiled_once(client: ContractClient, monkeypatch: pytest.MonkeyPatch) -> None:
    response = await client.get("/banners/1")
    monkeypatch.setattr(client.contract, "_compiled", None)
    assert not list(client.contract.objections(response.request, response))
