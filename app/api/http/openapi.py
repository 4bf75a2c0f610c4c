"""FastAPI's generated document, turned into the published contract by small rewrites, each with its reason."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable
from copy import deepcopy
from functools import cache
from operator import itemgetter

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from app.api.http.cookies import READING
from app.api.http.deprecation import announce_ends
from app.api.http.directions import (
    NULL,
    make_form_members_optional_not_nullable,
    part_answers_from_bodies,
    without_null,
)
from app.api.http.document import (
    CLIENT_CREDENTIALS,
    COOKIE,
    COOKIE_MEANT,
    HEADERS,
    HEADERS_OF_STATUS,
    SCHEMAS,
    SESSION,
    Json,
    bodies,
    by_method,
    components,
    nodes,
    operations,
    reachable,
    refused,
    resolve,
    responses,
)
from app.api.http.example_states import show_pages, show_states
from app.api.http.examples import example, show_file, take_recorded
from app.api.http.grouping import group_tags
from app.api.http.headings import LABEL
from app.api.http.links import link_what_is_created
from app.api.http.output import ACTS
from app.api.http.refusals import describe
from app.api.http.ticketing import SCHEME, TICKET, is_of_bytes
from app.models.enums import Role, titled
from app.problems import Unauthenticated
from app.services.policies import every_rule

PROBLEM = "application/problem+json"
INT32_MAX = 2**31 - 1


def operation_id(route: APIRoute) -> str:
    """Name an operation as its function is named: `submit_application` is `submitApplication` to a client."""
    head, *rest = route.name.split("_")
    return head + "".join(map(str.capitalize, rest))


def install(app: FastAPI, extra_schemas: Callable[[], Iterable[type[BaseModel]]] = tuple) -> None:
    """Publish the contract as the application's document; every router must be included before it is first read.

    The extra schemas are the models that answers name by reference alone, the bodies of the problems. They are made
    when the document is: nothing else needs them.
    """
    generate = app.openapi

    @cache
    def openapi() -> Json:
        return publish(app, generate(), extra_schemas())

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to change the document


def dump(app: FastAPI) -> str:
    """Write the document as it is committed: the same routes give the same bytes."""
    return json.dumps(app.openapi(), ensure_ascii=False, indent=2) + "\n"


def publish(app: FastAPI, document: Json, extra_schemas: Iterable[type[BaseModel]] = ()) -> Json:
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in definitions(extra_schemas).items():
        schemas.setdefault(name, schema)
    restore_nulls(app, document)
    describe(app, document)
    group_tags(app, document)
    for rewrite in REWRITES:
        rewrite(document)
    document["components"] = {kind: dict(sorted(named.items())) for kind, named in document["components"].items()}
    return document


def definitions(models: Iterable[type[BaseModel]]) -> Json:
    _, joint = models_json_schema([(model, "serialization") for model in models], ref_template=SCHEMAS + "{model}")
    return dict(joint.get("$defs", {}))


def restore_nulls(app: FastAPI, document: Json) -> None:
    """Put back the examples of answers as they were written: FastAPI drops their nulls, and so required members."""
    for route in iter_route_contexts(app.routes):
        for method in getattr(route, "methods", None) or ():
            operation = document["paths"].get(route.path_format, {}).get(method.lower(), {})
            for status, response in (getattr(route, "responses", None) or {}).items() if operation else ():
                for media, content in response.get("content", {}).items():
                    written = {key: deepcopy(content[key]) for key in ("example", "examples") if key in content}
                    operation["responses"][str(status)]["content"][media] |= written


def strip_automatic_titles(document: Json) -> None:
    """Drop the title "Campaign Id" of `campaign_id`, noise in every generated client; titles that we wrote stay."""
    for schema in components(document, "schemas").values():
        schema.pop("title", None)
    for _, response in responses(document):
        for content in response.get("content", {}).values():
            content.get("schema", {}).pop("title", None)
    for node in nodes(document):
        for name, schema in named_schemas(node):
            if schema.get("title", "").replace("-", " ") == name.replace("_", " ").replace("-", " ").title().strip():
                del schema["title"]


def title_members(document: Json) -> None:
    """Give a member its label on the printed form as its title: the Chinese words that its description begins with."""
    for schema in components(document, "schemas").values():
        for member in schema.get("properties", {}).values():
            if label := LABEL.match(member.get("description", "")):
                member.setdefault("title", label[0])


def name_finding_codes(document: Json) -> None:
    """Make the codes of findings a vocabulary: what a client branches on most has a type, with the sentence of each."""
    schemas = components(document, "schemas")
    if "FindingOut" in schemas:
        rules = {rule.code: rule for rule in reversed(every_rule())}
        codes = sorted(rules)
        code = schemas["FindingOut"]["properties"]["code"]
        schemas["FindingCode"] = {
            "type": code.pop("type"),
            "enum": codes,
            "description": "Code of a rule, with its sentence; of several the first.",
            "x-enum-descriptions": [rules[each].zh for each in codes],
            "x-enum-descriptions-en": [rules[each].en for each in codes],
            "examples": code.pop("examples"),
        }
        code["$ref"] = f"{SCHEMAS}FindingCode"


def label_in_english(document: Json) -> None:
    """Label codes in English beside their Chinese words: by the words of the codes, which are English."""
    for node in nodes(document):
        if "x-enum-descriptions" in node:
            node.setdefault("x-enum-descriptions-en", [titled(str(code)) for code in node.get("enum", ())])


def name_actions(document: Json) -> None:
    """Give `actions` a member per act, so that a client branches on names it knows; of another role's there is none."""
    schemas = components(document, "schemas")
    for members in [schema.get("properties", {}) for schema in schemas.values()]:
        actions = members.get("actions", {})
        if acts := actions.pop(ACTS, {}):
            subject = Counter(act["x-event"].partition(".")[0] for act in acts.values()).most_common(1)[0][0]
            named = {name: {"$ref": f"{SCHEMAS}Action"} | act for name, act in acts.items()}
            kind = {"type": "object", "description": f"The acts on {subject}s that your role has.", "properties": named}
            kind |= {"examples": [{next(iter(acts)): {"allowed": True, "findings": []}}]}
            if schemas.setdefault(f"{subject.capitalize()}Actions", kind) != kind:
                raise RuntimeError(f"Two tables of acts on {subject}s")
            _refer(actions, {"$ref": f"{SCHEMAS}{subject.capitalize()}Actions"})


def _refer(actions: Json, table: Json) -> None:
    """Let `actions` be the table, or null where it may be."""
    is_nullable = NULL["type"] in actions.pop("type")
    del actions["additionalProperties"]
    if is_nullable:
        actions |= {"oneOf": [table, NULL]}
    else:
        del actions["examples"]
        actions |= table


def named_schemas(node: Json) -> list[tuple[str, Json]]:
    """List the schemas that have a name here: the properties of an object, the schema of a parameter."""
    if "in" in node and isinstance(node.get("schema"), dict):
        return [(node["name"], node["schema"])]
    properties = node.get("properties")
    return [(name, schema) for name, schema in properties.items()] if isinstance(properties, dict) else []


def write_summaries_as_sentences(document: Json) -> None:
    """Read "Submit application" where FastAPI made "Submit Application" of the function's name."""
    for operation in operations(document):
        words = re.sub("([A-Z])", r" \1", operation["operationId"])
        if operation.get("summary") == words.title():
            operation["summary"] = words.capitalize()


def make_parameters_optional_not_nullable(document: Json) -> None:
    """Leave null out of parameters: a query string or header cannot carry it, `str | None` means "may be absent"."""
    for operation in operations(document):
        for parameter in operation.get("parameters", []):
            schema = parameter["schema"]
            without_null(schema)
            if schema.get("description") == parameter.get("description"):
                schema.pop("description", None)


def collapse_nullable(document: Json) -> None:
    """Write `anyOf: [T, null]` as `type: [T, null]`, or oneOf for an object or a vocabulary, which keeps its name."""
    for node in nodes(document):
        alternatives = node.get("anyOf", ())
        if len(alternatives) == len(("value", "null")) and NULL in alternatives:
            value = next(each for each in alternatives if each != NULL)
            if isinstance(value.get("type"), str) and not {"const", "enum"} & value.keys():
                del node["anyOf"]
                node.update(nullable(value) | node)
            else:
                node["oneOf"] = node.pop("anyOf")


def nullable(schema: Json) -> Json:
    return deepcopy(schema) | {"type": [schema["type"], "null"]}


def order_answers(document: Json) -> None:
    """Put the statuses, and the problems of one status, in the same order wherever a route listed them."""
    for operation in operations(document):
        operation["responses"] = dict(sorted(operation["responses"].items()))
    for _, response in responses(document):
        content = response.get("content", {}).get(PROBLEM, {})
        if alternatives := content.get("schema", {}).get("anyOf"):
            alternatives.sort(key=itemgetter("$ref"))
            content["examples"] = examples = dict(sorted(content["examples"].items()))
            response["description"] = "; ".join(each["summary"] for each in examples.values())


def discriminate_problems(document: Json) -> None:
    """Declare `type` as the member that distinguishes the problems of an answer."""
    for _, response in responses(document):
        schema = problem_content(response).get("schema", {})
        if alternatives := schema.pop("anyOf", None):
            kinds = {resolve(document, each)["properties"]["type"]["const"]: each["$ref"] for each in alternatives}
            schema |= {"oneOf": alternatives, "discriminator": {"propertyName": "type", "mapping": kinds}}


def mark_binary(document: Json) -> None:
    """Call a file binary: docs pages and generators still look for the format, not for a content media type."""
    for node in nodes(document):
        if node.get("contentMediaType") == "application/octet-stream" and "contentEncoding" not in node:
            del node["contentMediaType"]
            node["format"] = "binary"


def size_numbers(document: Json) -> None:
    """Declare the width of numbers for typed clients."""
    for node in nodes(document):
        kinds = node.get("type", ())
        if "integer" in kinds:
            node.setdefault("format", "int64" if node.get("maximum", 0) > INT32_MAX else "int32")
        elif "number" in kinds:
            node.setdefault("format", "double")


def require_headers(document: Json) -> None:
    """Require a header where its absence is refused as `<header>-required`; FastAPI itself would answer 422 to it."""
    for operation in operations(document):
        codes = refused(operation)
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "header" and f"{parameter['name'].lower()}-required" in codes:
                parameter["required"] = True


def declare_security(document: Json) -> None:
    """Require a token or a cookie of every operation that may answer 401, or a ticket for a file; else none."""
    schemes = {"session": SESSION, "cookie": COOKIE, "cookieMeant": COOKIE_MEANT, TICKET: SCHEME}
    document["components"]["securitySchemes"] = schemes | {"clientCredentials": CLIENT_CREDENTIALS}
    for method, operation in by_method(document):
        roles = {*operation.get("x-roles", ())}
        ways: list[Json] = [{"session": []}] if Unauthenticated.code() in refused(operation) else []
        if ways and roles != {Role.MUNICIPAL}:
            ways.append({"cookie": []} if method.upper() in READING else {"cookie": [], "cookieMeant": []})
        if Role.MUNICIPAL in roles:
            ways.append({"clientCredentials": [Role.MUNICIPAL.value]})
        if ways and method == "get" and is_of_bytes(operation["responses"].get("200", {})):
            ways.append({TICKET: []})
        operation["security"] = ways


def document_headers(document: Json) -> None:
    """Promise the headers that follow from the status, and the ETag of every answer whose body carries it too."""
    shared = components(document, "headers")
    for status, response in responses(document):
        names = [HEADERS_OF_STATUS[status]] if status in HEADERS_OF_STATUS else []
        if status < "300" and "etag" in body_schema(document, response).get("properties", {}):
            names.append("ETag")
        for name in names:
            shared[name] = header(name)
            response.setdefault("headers", {}).setdefault(name, {"$ref": f"#/components/headers/{name}"})


def problem_content(response: Json) -> Json:
    return dict(response.get("content", {}).get(PROBLEM, {}))


def header(name: str) -> Json:
    schema = {"type": "integer", "format": "int32", "minimum": 0} if name == "Retry-After" else {"type": "string"}
    return {"description": HEADERS[name], "required": True, "schema": schema}


def body_schema(document: Json, response: Json) -> Json:
    return resolve(document, response.get("content", {}).get("application/json", {}).get("schema", {}))


def give_examples(document: Json) -> None:
    """Show an example of every body, put together from the examples of its members unless it brings its own."""
    shared = components(document, "examples")
    for media, content in bodies(document):
        schema = content.get("schema", {})
        if content.keys() & {"example", "examples"}:
            continue
        if name := schema.get("$ref", "").removeprefix(SCHEMAS):
            shared.setdefault(name, {"value": example(document, schema)})
            content["examples"] = {name: {"$ref": f"#/components/examples/{name}"}}
        elif schema.get("format") == "binary":
            content["examples"] = show_file(document, media)
        else:
            content["example"] = example(document, schema)


def share_problems(document: Json) -> None:
    """Describe problem answers once that are word for word the same."""
    shared = components(document, "responses")
    for answers in (operation["responses"] for operation in operations(document)):
        for status, response in answers.items():
            if PROBLEM in response.get("content", {}):
                codes = "-or-".join(response["content"][PROBLEM]["examples"])
                name = "".join(map(str.capitalize, codes.split("-")))
                if shared.setdefault(name, response) == response:
                    answers[status] = {"$ref": f"#/components/responses/{name}"}


def prune(document: Json) -> None:
    """Drop what nothing refers to: FastAPI's own validation errors, problems that no route answers, other examples."""
    schemas = document["components"].pop("schemas")
    used = reachable({"components": {"schemas": schemas}}, [document])
    document["components"]["schemas"] = {name: schema for name, schema in schemas.items() if name in used}
    shown = {each.get("$ref") for _, content in bodies(document) for each in content.get("examples", {}).values()}
    examples = components(document, "examples")
    for name in [each for each in examples if f"#/components/examples/{each}" not in shown]:
        del examples[name]


def refuse_equal_names(document: Json) -> None:
    """Refuse two operations of one name: they would overwrite each other in every generated client."""
    counts = Counter(operation["operationId"] for operation in operations(document))
    if twice := [name for name, count in counts.items() if count > 1]:
        raise RuntimeError(f"Operations need a name of their own: {twice}")


REWRITES: tuple[Callable[[Json], None], ...] = (
    strip_automatic_titles,
    write_summaries_as_sentences,
    make_parameters_optional_not_nullable,
    make_form_members_optional_not_nullable,
    collapse_nullable,
    title_members,
    name_finding_codes,
    label_in_english,
    order_answers,
    discriminate_problems,
    mark_binary,
    size_numbers,
    require_headers,
    declare_security,
    document_headers,
    link_what_is_created,
    announce_ends,
    part_answers_from_bodies,
    name_actions,
    take_recorded,
    give_examples,
    show_states,
    show_pages,
    share_problems,
    prune,
    refuse_equal_names,
)
