"""Each rewrite of the generated document, on the smallest application that needs it."""

import json
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from fastapi import FastAPI, Form, Header, Response, UploadFile
from pydantic import BaseModel, Field

from app.api.http import openapi
from app.api.http.document import Json, resolve

PROBLEM = "application/problem+json"


class Colour(StrEnum):
    """A colour."""

    RED = "red"
    GREEN = "green"


class Frame(BaseModel):
    """Frame of a banner."""

    width: float = Field(ge=0.5)


class Banner(BaseModel):
    """A banner."""

    etag: str = Field(examples=['"1"'])
    slogan_text: str = Field(title="标语", examples=["红色驿站"])
    note: str | None = Field(examples=[None])
    colour: Colour | None
    frame: Frame | None
    height: int
    bytes: int = Field(le=2**40)


class Picture(BaseModel):
    """A picture."""

    file: UploadFile


class Gone(BaseModel):
    """It is gone."""

    type: Literal["urn:gone"]
    since: str | None


class Busy(BaseModel):
    """It is in use."""

    type: Literal["urn:busy"]


CONFLICT = {
    "description": "Gone; in use",
    "content": {
        PROBLEM: {
            "schema": {"anyOf": [{"$ref": "#/components/schemas/Gone"}, {"$ref": "#/components/schemas/Busy"}]},
            "examples": {
                "gone": {"summary": "Gone", "value": {"type": "urn:gone", "since": None}},
                "busy": {"summary": "In use", "value": {"type": "urn:busy"}},
            },
        }
    },
}
STRANGER = {
    "description": "No session",
    "content": {PROBLEM: {"schema": {}, "examples": {"unauthenticated": {"value": {}}}}},
}
REQUIRED = {
    "description": "No If-Match",
    "content": {PROBLEM: {"schema": {}, "examples": {"if-match-required": {"value": {}}}}},
}


def make_app() -> FastAPI:
    app = FastAPI(generate_unique_id_function=openapi.operation_id)

    @app.post("/banners", status_code=201, responses={401: STRANGER, 409: CONFLICT, 422: CONFLICT})
    async def create_banner(body: Banner) -> Banner:
        return body

    @app.delete("/banners", status_code=204, responses={409: CONFLICT, 422: CONFLICT, 428: REQUIRED})
    async def delete_banner(
        if_match: Annotated[str | None, Header(description="What was read.")] = None,
        q: Annotated[str | None, Field(max_length=9)] = None,
    ) -> None: ...

    @app.post("/pictures", responses={422: CONFLICT}, response_class=Response)
    async def upload_picture(body: Annotated[Picture, Form(media_type="multipart/form-data")]) -> Response:
        raise NotImplementedError

    openapi.install(app, lambda: [Gone, Busy])
    return app


@pytest.fixture(scope="module")
def document() -> Json:
    return make_app().openapi()


@pytest.fixture
def banner(document: Json) -> Json:
    return dict(document["components"]["schemas"]["Banner"]["properties"])


@pytest.fixture
def create(document: Json) -> Json:
    return dict(document["paths"]["/banners"]["post"])


@pytest.fixture
def delete(document: Json) -> Json:
    return dict(document["paths"]["/banners"]["delete"])


def test_the_same_routes_give_the_same_bytes() -> None:
    assert openapi.dump(make_app()) == openapi.dump(make_app())


def test_the_document_is_built_once() -> None:
    app = make_app()
    assert app.openapi() is app.openapi()


def test_an_operation_is_called_as_its_function(create: Json) -> None:
    assert (create["operationId"], create["summary"]) == ("createBanner", "Create banner")


def test_only_titles_that_we_wrote_stay(banner: Json) -> None:
    assert banner["slogan_text"]["title"] == "标语"
    assert "title" not in banner["height"]


def test_null_is_a_second_type(banner: Json) -> None:
    assert banner["note"]["type"] == ["string", "null"]
    assert banner["colour"] == {"oneOf": [{"$ref": "#/components/schemas/Colour"}, {"type": "null"}]}
    assert banner["frame"]["oneOf"] == [{"$ref": "#/components/schemas/Frame"}, {"type": "null"}]


def test_a_parameter_is_optional_not_nullable(delete: Json) -> None:
    schema = next(each["schema"] for each in delete["parameters"] if each["name"] == "q")
    assert schema == {"type": "string", "maxLength": 9}


def test_numbers_say_how_wide_they_are(banner: Json, document: Json) -> None:
    width = document["components"]["schemas"]["Frame"]["properties"]["width"]
    assert (banner["height"]["format"], banner["bytes"]["format"], width["format"]) == ("int32", "int64", "double")


def test_a_file_is_binary(document: Json) -> None:
    file = document["components"]["schemas"]["Picture"]["properties"]["file"]
    assert file == {"type": "string", "format": "binary"}


def test_the_precondition_is_required_where_its_absence_is_refused(delete: Json) -> None:
    assert [each["name"] for each in delete["parameters"] if each.get("required")] == ["if-match"]


def test_what_is_public_says_so(create: Json, delete: Json) -> None:
    assert create["security"] == [
        {"session": []},
        {"cookie": [], "cookieMeant": []},
        {"clientCredentials": ["municipal"]},
    ]
    assert delete["security"] == []


def test_headers_follow_from_status_and_body(create: Json, document: Json) -> None:
    assert set(create["responses"]["201"]["headers"]) == {"Location", "ETag"}
    assert resolve(document, create["responses"]["201"]["headers"]["ETag"])["required"]


def test_several_problems_are_told_apart_by_their_type(create: Json, document: Json) -> None:
    schema = resolve(document, create["responses"]["409"])["content"][PROBLEM]["schema"]
    assert schema["discriminator"]["mapping"]["urn:busy"] == "#/components/schemas/Busy"
    assert len(schema["oneOf"]) == 2


def test_answers_stand_in_one_order(create: Json, document: Json) -> None:
    assert list(create["responses"]) == ["201", "401", "409", "422"]
    conflict = resolve(document, create["responses"]["409"])
    assert conflict["description"] == "In use; Gone"
    assert list(conflict["content"][PROBLEM]["examples"]) == ["busy", "gone"]


def test_equal_problems_are_described_once(create: Json, delete: Json) -> None:
    assert create["responses"]["409"] == {"$ref": "#/components/responses/BusyOrGone"} == delete["responses"]["409"]


def test_nulls_in_examples_survive(create: Json, document: Json) -> None:
    examples = resolve(document, create["responses"]["409"])["content"][PROBLEM]["examples"]
    assert examples["gone"]["value"] == {"type": "urn:gone", "since": None}


def test_an_example_is_put_together_from_the_members(create: Json, document: Json) -> None:
    example: Any = create["requestBody"]["content"]["application/json"]["examples"]["Banner"]
    assert resolve(document, example)["value"] == {
        "etag": '"1"',
        "slogan_text": "红色驿站",
        "note": None,
        "colour": "red",
        "frame": {"width": 0.5},
        "height": 1,
        "bytes": 1,
    }


def test_what_nothing_refers_to_is_gone(document: Json) -> None:
    assert "HTTPValidationError" not in json.dumps(document)
    assert {"Gone", "Busy"} <= set(document["components"]["schemas"])


def test_two_operations_of_one_name_are_refused() -> None:
    app = make_app()

    @app.get("/other")
    async def create_banner() -> None: ...

    with pytest.warns(UserWarning, match="Duplicate Operation ID"), pytest.raises(RuntimeError, match="createBanner"):
        app.openapi()
