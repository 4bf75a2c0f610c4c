"""Rules of the contract that no linter can express; they read the committed document and need no Node."""

import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from itertools import chain
from typing import Any

import jsonschema_rs

from app.api.http import bodies
from app.api.http.directions import FORMATS
from app.api.http.document import FORMS, Json, nodes, reachable, resolve
from app.models.enums import Role
from app.services import policies
from app.services.policies import every_rule
from app.services.policies.commending.objections import OBJECT
from app.services.policies.handover.nominations import NOMINATE
from app.services.policies.judging.assignments import ASSIGN
from app.services.policies.judging.proposals import PROPOSE
from tests.contract.operations import (
    DEADLINES,
    DOCUMENT,
    OPERATIONS,
    PATH,
    SCHEMAS,
    Complaints,
    Operation,
    each_operation,
    each_schema,
)

PROBLEM = "application/problem+json"
LISTS = {"items", "next_cursor", "total"}
DESCRIBED = 0.9
REGISTRY = jsonschema_rs.Registry([("urn:contract", DOCUMENT)])

# Operations that change something without a precondition, each with the reason why nobody's work is lost by it.
WITHOUT_IF_MATCH: dict[str, str] = {
    "deleteSession": "a session has no versions: ending it twice ends it once",
    "signOut": "the same, for the session one asks with",
    "signOutEverywhere": "the same, for all of one's own",
    "deleteFactor": "a factor is removed as a whole, by its owner, who proved their identity just now",
    "voidInvitation": "its code is its precondition: without one it is refused",
    "reinstateAccount": "its state is its precondition: what is not disabled is refused",
    "deleteOwnIdentity": "a binding is removed as a whole, by its owner, who proved their identity just now",
    "deleteIdentity": "the same, by who manages the account: what is not bound is not found",
    "replacePassword": "the current password is its precondition",
}

# Lists that are not pages, each with the reason why they cannot grow.
UNPAGED: dict[str, str] = {}

# Operations that answer a secured caller without ever saying 403, each with its reason.
NEVER_FORBIDDEN: dict[str, str] = {}

# Public operations at which somebody could guess: they answer 429, and every operation of an account.
GUESSED_AT = {
    "createSession",
    "completeSignIn",
    "askForPasskey",
    "signInWithPasskey",
    "beginSignOn",
    "signInBySignOn",
    "createToken",
    "createActivation",
}

# Bodies that take members they do not know, each with its reason.
OPEN_BODIES = {
    "TokenRequest": "RFC 6749 demands that unknown parameters are ignored",
    "LogoutRequest": "OpenID Connect Back-Channel Logout demands the same",
}

# Concepts with a table of acts whose full answer does not tell them as `actions`, each with its reason.
WITHOUT_ACTIONS = {
    "partners": "they are part of their application, whose `actions` are a partner's own to it",
    "beginnings": "they are acts on the campaign that something is begun in",
    "vetoes": "they are about their application, whose `actions` have the act",
}

REGULATION = [import_module(each.name) for each in pkgutil.walk_packages(policies.__path__, f"{policies.__name__}.")]
TABLES = {module.__name__.rpartition(".")[2]: module.ACTS for module in REGULATION if hasattr(module, "ACTS")}


def defaulted(schema: Json) -> Iterator[str]:
    """The members of a body, at any depth, that have a default."""
    for node in nodes(resolve(DOCUMENT, schema)):
        if "$ref" in node:
            yield from defaulted(node)
        yield from (name for name, member in node.get("properties", {}).items() if "default" in member)


def test_the_contract_is_committed() -> None:
    assert OPERATIONS, f"{PATH.name} is missing or empty: write it with `pinpai openapi`"


@each_operation
def test_an_operation_is_named_described_and_filed_under_one_tag(operation: Operation) -> Complaints:
    if not re.fullmatch(r"[a-z]+([A-Z][a-z0-9]*)*", operation.name):
        yield "its name is not in camel case"
    if not operation.spec.get("summary") or not operation.spec.get("description"):
        yield "it has no summary or no description"
    if len(operation.spec["tags"]) != 1:
        yield f"it has not one tag but {operation.spec['tags']}"


@each_operation
def test_a_path_is_versioned_and_kebab_case(operation: Operation) -> Complaints:
    if not operation.path.startswith("/api/v1/"):
        yield f"{operation.path} has no version"
    if not all(re.fullmatch(r"[a-z0-9-]+|\{[a-z_]+\}", step) for step in operation.path[1:].split("/")):
        yield f"{operation.path} is not in kebab case"


@each_operation
def test_every_refusal_to_expect_is_documented(operation: Operation) -> Complaints:
    expected = {"500", "507"}
    if operation.spec["security"]:
        expected |= {"401", "429"} if operation.name in NEVER_FORBIDDEN else {"401", "403", "429"}
    if "{" in operation.path:
        expected |= {"404"}
    if operation.parameters or operation.request:
        expected |= {"422"}
    yield from (f"{status} is not documented" for status in sorted(expected - set(operation.responses)))
    if not operation.spec["security"] and ("429" in operation.responses) != (operation.name in GUESSED_AT):
        yield "429 to a stranger is for those operations at which somebody could guess, and for all of them"


@each_operation
def test_a_change_carries_its_precondition(operation: Operation) -> Complaints:
    if operation.method not in {"put", "patch", "delete"} or operation.name in WITHOUT_IF_MATCH:
        return
    yield from (f"{status} is not documented" for status in sorted({"412", "428"} - set(operation.responses)))
    if not any(each["name"].lower() == "if-match" and each["required"] for each in operation.parameters):
        yield "it does not require If-Match"


@each_operation
def test_a_merge_patch_has_no_defaults(operation: Operation) -> Complaints:
    """A generated client sends them, and so overwrites what its user did not touch."""
    if operation.method == "patch":
        for content in operation.request.values():
            yield from (f"{name} has a default" for name in defaulted(content["schema"]))


@each_operation
def test_a_form_member_is_optional_but_never_null(operation: Operation) -> Complaints:
    """A form has no null: clients send the word, which then stands under a picture."""
    for media, content in operation.request.items():
        form = resolve(DOCUMENT, content["schema"]) if media in FORMS else {}
        for name, member in form.get("properties", {}).items():
            if "null" in json.dumps(member):
                yield f"{name} may be null"


def test_bodies_are_closed_and_answers_open() -> None:
    """An answer grows; a validator made from a closed one would refuse it then."""
    received = [operation.request for operation in OPERATIONS]
    sent = [operation.responses for operation in OPERATIONS]
    sent += [each["post"]["requestBody"] for each in DOCUMENT["webhooks"].values()]
    fixed = reachable(DOCUMENT, [{"$ref": f"#/components/schemas/{name}"} for name in FORMATS])
    open_bodies = {name for name in reachable(DOCUMENT, received) if not all(objects_closed(SCHEMAS[name]))}
    closed = {name for name in reachable(DOCUMENT, sent) if any(objects_closed(SCHEMAS[name]))}
    assert (open_bodies, closed - fixed) == (set(OPEN_BODIES), set())


@each_operation
def test_refusals_are_problems_with_a_valid_example_of_each_type(operation: Operation) -> Complaints:
    for status, response in operation.refusals.items():
        if list(response.get("content", {})) != [PROBLEM]:
            yield f"{status} is not {PROBLEM} and nothing else"
            continue
        content = response["content"][PROBLEM]
        examples = {resolve(DOCUMENT, each)["value"]["type"] for each in content["examples"].values()}
        if examples != set(problem_types(content["schema"])):
            yield f"{status} has examples of other types than its schema: {sorted(examples)}"
        if not all(each["status"] == int(status) for each in values(content)):
            yield f"{status} has an example with another status"
        yield from (f"{status}: {mistake}" for mistake in mistakes_of_examples(content))


NOT_OF_WHO_ASKS = {"Window": "the notice as data", "PublicDeadline": "nobody asks", "ExtensionOut": "is one itself"}
NOT_OF_WHO_ASKS |= {"CampaignActions": "one of them moves a deadline"}
OF_ROUNDS = {"CaseOut", "CaseSummary", "RoundOut", "RoundSummary", "RoundProgressOut"}
"""The closing of a round is one for all."""
TELLS_A_DEADLINE = re.compile("deadline|seconds_left|enforced_at|closes_at|due_on")


@each_operation
def test_a_deadline_in_an_answer_is_that_of_who_asks(operation: Operation) -> Complaints:
    theirs = DEADLINES | ({"PublicDeadline"} if "/public/" in operation.path else set())
    contents = [
        content["schema"] for each in operation.successes.values() for content in each.get("content", {}).values()
    ]
    for name in reachable(DOCUMENT, contents) - DEADLINES - NOT_OF_WHO_ASKS.keys() - OF_ROUNDS:
        for member, schema in SCHEMAS[name].get("properties", {}).items():
            if TELLS_A_DEADLINE.search(member) and not reachable(DOCUMENT, [schema]) & theirs:
                yield f"{name}.{member} is no deadline of who asks"


@each_operation
def test_a_success_names_its_schema_and_its_address(operation: Operation) -> Complaints:
    if not operation.successes:
        yield "it never succeeds"
    for status, response in operation.successes.items():
        if status == "201" and "Location" not in response.get("headers", {}):
            yield "201 has no Location"
        for media, content in response.get("content", {}).items():
            if media == "application/json" and "$ref" not in content["schema"]:
                yield f"{status}: the schema of the body has no name"


@each_operation
def test_requests_and_successes_show_valid_examples(operation: Operation) -> Complaints:
    bodies = [operation.request, *(response.get("content", {}) for response in operation.successes.values())]
    for media, content in (pair for body in bodies for pair in body.items()):
        if not content.keys() & {"example", "examples"}:
            yield f"{media} has no example"
        yield from (f"{media}: {mistake}" for mistake in mistakes_of_examples(content))


@each_operation
def test_only_an_operation_with_a_body_refuses_one(operation: Operation) -> Complaints:
    for status in (str(refusal.status) for refusal in bodies.REFUSALS):
        if (status in operation.refusals) != bool(operation.request):
            yield f"{status} is {'not ' if operation.request else ''}among its answers"


@each_operation
def test_lists_are_pages(operation: Operation) -> Complaints:
    if not operation.name.startswith("list") or operation.name in UNPAGED:
        return
    page = resolve(DOCUMENT, operation.responses["200"]["content"]["application/json"]["schema"])
    yield from (f"its page has no {member}" for member in sorted(LISTS - set(page["required"])))
    asked = {each["name"] for each in operation.parameters}
    yield from (f"it has no parameter {name}" for name in sorted({"limit", "cursor"} - asked))
    if {"status"} & asked and not ("counts" in asked and "counts" in page["required"]):
        yield "it has states, and does not count them"


def test_every_concept_with_acts_names_them_in_its_full_answer() -> None:
    assert TABLES.keys() > WITHOUT_ACTIONS.keys()
    shown = {concept: acts_named(concept) for concept in TABLES if concept not in WITHOUT_ACTIONS}
    assert [concept for concept, names in shown.items() if not names] == []
    known = {act.name for act in (*chain(*TABLES.values()), OBJECT, ASSIGN, PROPOSE, NOMINATE)}
    assert {concept: names - known for concept, names in shown.items() if names - known} == {}
    assert [name for name in SCHEMAS if name.endswith("Actions") and not acts_of(SCHEMAS[name])] == []


def acts_of(schema: Json) -> list[Json]:
    """The acts of a schema, if a client can tell of each what it is, who does it from where, and by which operation."""
    names = {operation.name for operation in OPERATIONS}
    told = {"title", "description", "x-event", "x-transitions", "x-operations"}
    acts = [act for act in schema["properties"].values() if act["$ref"].endswith("/Action") and told <= act.keys()]
    assert len(acts) == len(schema["properties"])
    return [act for act in acts if act["x-transitions"] and set(act["x-operations"]) & names]


SEVERAL = {
    *("ApplicationActions.edit", "ApplicationActions.request_swap", "CampaignActions.begin_application"),
    *("CampaignActions.begin_plan", "CampaignActions.import_figures", "CommendationActions.edit"),
    "RoundActions.assign",
}
"""Acts that several operations do, none of which has the act's words."""


def test_an_act_names_the_operation_that_does_it() -> None:
    acts = {
        f"{name}.{act}": described["x-operations"]
        for name, schema in SCHEMAS.items()
        if name.endswith("Actions")
        for act, described in schema["properties"].items()
    }
    assert {act for act, operations in acts.items() if len(operations) != 1} == SEVERAL
    assert acts["ApplicationActions.request_correction"] == ["requestApplicationCorrection"]
    assert acts["ApplicationActions.take_back_check"] == ["takeBackApplicationCheck"]


@each_operation
def test_an_operation_says_who_may_and_what_may_refuse(operation: Operation) -> Complaints:
    """Both are found in what it calls; `ContractClient` refuses an answer to another role or with another code."""
    spec = operation.spec
    if set(spec.get("x-roles", ())) - {role.value for role in Role} or bool(spec["security"]) != ("x-roles" in spec):
        yield f"its roles are {spec.get('x-roles')}"
    codes = spec.get("x-finding-codes")
    if ("rules-violated" in types_of(operation)) != bool(codes):
        yield f"its codes are {codes}"
    yield from (f"{code} is no code" for code in set(codes or ()) - set(SCHEMAS["FindingCode"]["enum"]))


def types_of(operation: Operation) -> set[str]:
    """The codes of the problems that it may answer."""
    return {code for each in operation.refusals.values() for code in each["content"][PROBLEM]["examples"]}


@each_operation
def test_a_row_of_a_list_tells_actions_where_it_is_asked_alone(operation: Operation) -> Complaints:
    if operation.name.startswith("list"):
        page = resolve(DOCUMENT, operation.responses["200"]["content"]["application/json"]["schema"])
        rows = resolve(DOCUMENT, page["properties"]["items"]["items"])
        is_asked = "actions" in {each["name"] for each in operation.parameters}
        if ("actions" in rows.get("properties", {})) != is_asked:
            yield "its rows tell `actions` unasked, which judges every one of them, or are asked in vain"


@each_operation
def test_parameters_are_described(operation: Operation) -> Complaints:
    yield from (f"{each['name']} has no description" for each in operation.parameters if not each.get("description"))
    yield from (f"{each['name']} has no example" for each in operation.parameters if of_a_form_unshown(each))


def of_a_form_unshown(parameter: Json) -> bool:
    """Return true if a value has to be of a form, and nobody sees one: not a mock, which needs a value either."""
    return "pattern" in parameter["schema"] and not (parameter.keys() | parameter["schema"].keys()) & {
        "example",
        "examples",
    }


@each_operation
def test_what_comes_in_is_bounded(operation: Operation) -> Complaints:
    inward = [each["schema"] for each in (*operation.parameters, *operation.request.values())]
    yield from (f"{node} has no bounds" for schema in inward for node in unbounded(schema))


@each_schema
def test_a_schema_has_one_plain_name_and_a_description(name: str) -> Complaints:
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]+", name) or name.startswith("Body"):
        yield "its name is made up: a class that comes in is never the one that goes out"
    if not SCHEMAS[name].get("description"):
        yield "it has no description"
    for member in SCHEMAS[name].get("properties", {}):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", member):
            yield f"{member} is not in snake case"


def test_nearly_every_member_is_described() -> None:
    members = {f"{name}.{member}": spec for name, member, spec in schema_members()}
    bare = [
        name
        for name, spec in members.items()
        if not resolve(DOCUMENT, spec).get("description", spec.get("description"))
    ]
    assert len(bare) <= (1 - DESCRIBED) * len(members), bare


def test_no_example_is_a_makeshift() -> None:
    """A text without an example is shown as "string", which tells a frontend team nothing."""
    speaking = {"examples", "enum", "const", "default", "format", "oneOf", "anyOf"}
    texts = {f"{name}.{member}": resolve(DOCUMENT, spec) for name, member, spec in schema_members()}
    mute = [name for name, spec in texts.items() if "string" in spec.get("type", ()) and not speaking & spec.keys()]
    examples = re.sub(
        '"type": "string"', "", json.dumps(DOCUMENT["components"].get("examples", {}))
    )  # of a JSON Schema
    assert '"string"' not in examples, mute


def test_nothing_of_the_framework_is_left() -> None:
    assert "HTTPValidationError" not in SCHEMAS


def test_a_generated_client_can_be_installed() -> None:
    """Packages are named after the title, and a class is made of each tag."""
    assert DOCUMENT["info"]["title"].isascii()
    pushed = {tag for item in DOCUMENT["webhooks"].values() for tag in item["post"]["tags"]}
    assert pushed == {"webhooks"}
    assert not [operation.name for operation in OPERATIONS if "webhooks" in operation.spec["tags"]]


def test_the_exceptions_are_still_needed() -> None:
    excepted = WITHOUT_IF_MATCH | UNPAGED | NEVER_FORBIDDEN
    assert not set(excepted) - {operation.name for operation in OPERATIONS}
    assert all((excepted | WITHOUT_ACTIONS | OPEN_BODIES).values())


def acts_named(concept: str) -> set[str]:
    """The acts that are members of `actions` where one of these is read; none if there is no such member."""
    (reading,) = [
        operation
        for operation in OPERATIONS
        if operation.method == "get" and re.fullmatch(rf"/api/v1/{concept}/{{[a-z_]+}}", operation.path)
    ]
    answer = resolve(DOCUMENT, reading.responses["200"]["content"]["application/json"]["schema"])
    return set(resolve(DOCUMENT, answer["properties"].get("actions", {})).get("properties", {}))


def objects_closed(schema: Json) -> list[bool]:
    """For each object with members in a schema, whether it takes no others."""
    return [node.get("additionalProperties") is False for node in nodes(schema) if "properties" in node]


def schema_members() -> Iterator[tuple[str, str, Json]]:
    for name, schema in SCHEMAS.items():
        for member, spec in schema.get("properties", {}).items():
            yield name, member, spec


def problem_types(schema: Json) -> Iterator[str]:
    for alternative in schema.get("oneOf", [schema]):
        yield resolve(DOCUMENT, alternative)["properties"]["type"]["const"]


def values(content: Json) -> list[Any]:
    named = [resolve(DOCUMENT, each)["value"] for each in content.get("examples", {}).values()]
    return [*named, content["example"]] if "example" in content else named


def mistakes_of_examples(content: Json) -> Iterator[str]:
    absolute: Json = json.loads(json.dumps(content["schema"]).replace('"#/', '"urn:contract#/'))
    validator = jsonschema_rs.Draft202012Validator(absolute, registry=REGISTRY, validate_formats=True)
    for value in values(content):
        yield from (f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value))


def unbounded(schema: Json) -> Iterator[Json]:
    """Yield what a request could make as large as it likes."""
    for node in nodes(schema):
        if "$ref" in node:
            yield from unbounded(resolve(DOCUMENT, node))
        elif lacks_bounds(node):
            yield node


def lacks_bounds(node: Json) -> bool:
    kinds = node.get("type", ())
    if node.keys() & {"enum", "const"}:
        return False
    if "string" in kinds:
        return not ("maxLength" in node or node.get("format") in {"uuid", "date", "date-time", "binary"})
    if "integer" in kinds or "number" in kinds:
        return not (node.keys() & {"maximum", "exclusiveMaximum"} and node.keys() & {"minimum", "exclusiveMinimum"})
    return "array" in kinds and "maxItems" not in node


# Members that a change may have and its GET has not, each with the reason why that is so.
WRITTEN_ELSEWHERE = {
    "replaceCampaign": "the settings are a member of the campaign, and can be sent back as that",
    "replacePanel": "a panel is read with its judges' names",
    "updateAward": "`another_person` is said of one correction, and not kept",
    "updateCommittee": "`effective_on` is read as the end of the former name",
    "updateUnit": "the same",
}


def kinds(schema: Json) -> Iterator[Json]:
    """The alternatives of a schema, each of one type."""
    found = resolve(DOCUMENT, schema)
    alternatives = found.get("anyOf") or found.get("oneOf")
    if alternatives:
        for alternative in alternatives:
            yield from kinds(alternative)
    else:
        types = found.get("type")
        yield from ({**found, "type": each} for each in types) if isinstance(types, list) else (found,)


def refusals(written: Json, read: Json, at: str) -> Iterator[str]:
    """Places at which a value as it is read is refused; what the office alone writes is never null to it."""
    accepted = {each.get("type"): each for each in kinds(written)}
    for each in kinds(read):
        kind = each.get("type")
        fits = accepted.get(kind) or accepted.get({"integer": "number"}.get(str(kind))) or accepted.get(None)
        if fits is None and kind not in {"null", None}:
            yield f"{at}: {kind}"
        elif kind == "array":
            yield from refusals((fits or {}).get("items", {}), each.get("items", {}), f"{at}/*")
        elif kind == "object" and "properties" in (fits or {}):
            for name, member in each.get("properties", {}).items():
                known = (fits or {})["properties"].get(name)
                yield from refusals(known, member, f"{at}/{name}") if known is not None else [f"{at}/{name}: unknown"]


def test_what_can_be_changed_can_be_sent_back_as_it_was_read() -> None:
    """Every PUT and PATCH beside a GET accepts each of its members as that answers it."""
    refused = {}
    for path, methods in DOCUMENT["paths"].items():
        for method in {"put", "patch"} & methods.keys() if "get" in methods else ():
            operation = methods[method]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if body is None or operation["operationId"] in WRITTEN_ELSEWHERE:
                continue
            answer = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
            shown = resolve(DOCUMENT, answer)["properties"]
            written = resolve(DOCUMENT, body["schema"])["properties"]
            found = [f"{name}: not read" for name in written.keys() - shown.keys()]
            for name in written.keys() & shown.keys():
                found += refusals(written[name], shown[name], name)
            if found:
                refused[f"{method.upper()} {path}"] = found
    assert refused == {}


def test_no_empty_body_is_demanded() -> None:
    """A body that may be `{}` may be left out; a change, and a choice between members, is never empty."""
    chooses = {"createReadings", "proposeAwards", "importOrganisations"}
    demanded = []
    for methods in DOCUMENT["paths"].values():
        operation = methods.get("post", {})
        body = operation.get("requestBody", {})
        schema = body.get("content", {}).get("application/json", {}).get("schema")
        if schema and body.get("required") and not resolve(DOCUMENT, schema).get("required"):
            demanded.append(operation["operationId"])
    assert set(demanded) <= chooses


# Lists with a POST that no state opens or closes: whoever has one of its `x-roles` may begin one at any time.
BY_ROLE_ALONE = {
    *("createCampaign", "createCommittee", "createUnit", "createAccount", "createSeat", "createProgramme"),
    *("createEndpoint", "createGrant", "createRecusal", "createRecoveryCodes", "createSession"),
    "createIdentity",  # of one's own account
    "createAnswer",  # also late: one that moves nothing is written down
}


def test_whether_something_may_be_begun_is_told_where_it_is_begun() -> None:
    """Every POST to a list is an act in the `actions` of what it belongs to, or open to its roles at any time."""
    acts = [
        act for name, schema in SCHEMAS.items() if name.endswith("Actions") for act in schema["properties"].values()
    ]
    told = {operation for act in acts for operation in act["x-operations"]}
    begun = {each["post"]["operationId"] for each in DOCUMENT["paths"].values() if {"get", "post"} <= each.keys()}
    assert begun - told == BY_ROLE_ALONE


def test_every_code_of_a_finding_is_in_the_contract_with_its_sentence() -> None:
    assert SCHEMAS["FindingOut"]["properties"]["code"]["$ref"].endswith("/FindingCode")
    codes = SCHEMAS["FindingCode"]["enum"]
    assert set(codes) == {rule.code for rule in every_rule()}
    for labels, words in (("x-enum-descriptions", "zh"), ("x-enum-descriptions-en", "en")):
        said = zip(codes, SCHEMAS["FindingCode"][labels], strict=True)
        assert set(said) <= {(rule.code, getattr(rule, words)) for rule in every_rule()}


@each_schema
def test_an_upload_says_every_format_that_is_taken(name: str) -> Complaints:
    """The same everywhere: what is taken as a picture is one of a page, too; tables and Word are others."""
    for member, schema in SCHEMAS[name].get("properties", {}).items():
        if any("contentMediaType" in node or node.get("format") == "binary" for node in nodes(schema)):
            said = schema.get("description", "")
            formats: tuple[str, ...] = ("JPEG", "PNG", "WebP", "HEIC")
            if ".xlsx" in said:
                formats = (".xlsx", ".xls", ".ods", ".csv")
            elif said.startswith("Word (.docx) alone"):
                formats = (".docx",)
            if missing := [kind for kind in formats if kind not in said]:
                yield f"{member} does not name {missing}"
