"""Every sentence of `openapi/README.md` that promises something, and the tests that hold it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from app.api.http.document import Json, nodes, reachable, resolve
from app.services.policies.people.vocabularies import NOTICE
from app.settings import Settings
from tests.contract.operations import (
    DOCUMENT,
    OPERATIONS,
    SCHEMAS,
    Complaints,
    Operation,
    each_operation,
    each_schema,
)

ROOT = Path(__file__).parents[2]
README = (ROOT / "openapi" / "README.md").read_text("utf-8")
ANSWERED = reachable(DOCUMENT, [operation.responses for operation in OPERATIONS])
FIXED = reachable(DOCUMENT, [{"$ref": "#/components/schemas/NominationPayload"}])
INSTANT = re.compile(r"(.*_)?(at|until)")

# Instants under other names, each with its reason.
OTHER_NAMES = {
    "timestamp": "Standard Webhooks calls it so",
    "since": "a parameter: the beginning of a stretch",
    "until": "a parameter: its end",
    "updated_since": "a parameter: the beginning of what is asked for",
}
AS_TYPED = {"started_on", "ended_on"}
"""实施时间, of which the month or the year may be all that is known."""
HOUSE, HERE, API = "contract/test_house_rules.py", "contract/test_readme.py", "api/http"
COOKIES, LIVE = f"{API}/test_cookies.py", "api/notifying/test_live.py"

# The beginning of each promise, and the tests that hold it.
PROMISES: dict[str, tuple[str, ...]] = {
    "A page shows files": (
        "api/people/test_tickets.py::test_a_page_of_pictures_is_one_call_and_each_is_loaded_without_a_header",
        "api/people/test_tickets.py::test_a_screen_has_so_many_files",
    ),
    "That address opens": (
        "api/people/test_tickets.py::test_a_ticket_opens_its_own_file_as_it_was_asked_for_and_nothing_else",
        "api/people/test_tickets.py::test_it_ends_with_its_session_whatever_ends_that",
        "api/people/test_tickets.py::test_what_may_no_longer_be_seen_is_not_found_and_what_never_could_neither",
    ),
    "Within five minutes": (
        "api/people/test_tickets.py::test_the_same_file_has_the_same_address_for_a_while_and_no_address_for_long",
        "api/people/test_tickets.py::test_a_page_of_pictures_is_one_call_and_each_is_loaded_without_a_header",
    ),
    "Ask for new ones": (
        "api/people/test_tickets.py::test_the_same_file_has_the_same_address_for_a_while_and_no_address_for_long",
    ),
    "Load long pages": (f"{HERE}::test_the_requests_at_once_are_as_many_as_promised",),
    "Operations with the security scheme `ticket`": (
        "contract/test_downloads.py::test_every_file_has_a_name_that_a_person_recognises_and_one_in_ascii",
        "api/people/test_tickets.py::test_only_files_have_tickets",
    ),
    "Every list is a table": ("contract/test_tables.py::test_every_list_is_a_table_too",),
    "`Accept: text/csv`": (
        f"{API}/test_tables.py::test_a_list_is_a_table_with_the_same_rows_and_the_same_filters",
        f"{API}/test_tables.py::test_a_table_is_the_whole_list_and_read_page_by_page",
    ),
    "**Addresses.**": (
        f"{HOUSE}::test_a_path_is_versioned_and_kebab_case",
        f"{HERE}::test_lists_have_plural_addresses",
    ),
    "An act is a resource": (f"{HERE}::test_an_act_has_an_address_of_its_own",),
    "Within v1 we only add": (
        f"{HOUSE}::test_bodies_are_closed_and_answers_open",
        "contract/test_changes.py::test_smuggled_breaks_are_found",
    ),
    "What you send may have": (f"{HOUSE}::test_bodies_are_closed_and_answers_open",),
    "**Who asks.**": (f"{API}/test_admission.py::test_a_stranger_is_told_to_sign_in",),
    "Operations with `security: []`": (f"{API}/test_openapi.py::test_what_is_public_says_so",),
    "What you may not see": ("scenarios/test_visibility.py::test_the_hidden_is_answered_as_the_absent_is",),
    "**In a browser.**": (
        f"{COOKIES}::test_the_token_ends_where_the_cookie_begins_and_each_counts_in_its_own_place_alone",
    ),
    "A page that has to survive": (
        f"{COOKIES}::test_no_script_reads_the_cookie_and_no_other_site_sends_it",
        f"{COOKIES}::test_the_token_ends_where_the_cookie_begins_and_each_counts_in_its_own_place_alone",
    ),
    "Fetch with `credentials": (
        f"{COOKIES}::test_no_operation_escapes",
        f"{COOKIES}::test_a_change_from_elsewhere_or_without_the_header_is_refused",
        f"{COOKIES}::test_browsers_are_told_which_origins_may_send_it",
    ),
    "The page is on the API's site": (f"{COOKIES}::test_no_script_reads_the_cookie_and_no_other_site_sends_it",),
    "Beside `Authorization`": (f"{COOKIES}::test_beside_a_token_the_cookie_counts_for_nothing",),
    "Signing out clears it": (f"{COOKIES}::test_signing_out_clears_the_cookie",),
    "**Live.**": (f"{LIVE}::test_a_notice_comes_as_it_is_read_and_with_it_the_unread_number",),
    "Open it first": (
        f"{LIVE}::test_nothing_is_missed_while_one_begins_to_listen",
        f"{LIVE}::test_what_came_meanwhile_comes_after_the_last_event_once_and_in_order",
    ),
    "A stream ends with its session": (
        f"{LIVE}::test_it_ends_with_its_session_or_its_rights_and_tells_nothing_more",
        f"{LIVE}::test_it_keeps_no_session_awake",
    ),
    "Over HTTP/1.1 a browser": (
        "test_deploy.py::test_the_proxy_speaks_http_2_and_waits_longer_than_a_stream_is_silent",
    ),
    "Without a stream": (f"{LIVE}::test_a_notice_comes_as_it_is_read_and_with_it_the_unread_number",),
    "**Errors.**": (
        f"{API}/test_envelope.py::test_an_unknown_path_is_a_problem_too",
        f"{HOUSE}::test_refusals_are_problems_with_a_valid_example_of_each_type",
    ),
    "| `type`": (f"{HOUSE}::test_refusals_are_problems_with_a_valid_example_of_each_type",),
    "| `title`": (f"{HERE}::test_titles_of_problems_are_english_and_constant",),
    "| `detail`": (f"{API}/test_envelope.py::test_sentences_are_in_the_language_that_was_asked_for",),
    "| `status`": ("contract/test_client.py::test_a_broken_promise_is_caught",),
    "| `instance`": (f"{API}/test_envelope.py::test_every_answer_has_a_number_of_its_own_and_a_problem_quotes_it",),
    "| `errors`": (
        f"{API}/test_validation.py::test_all_rejected_parts_are_listed",
        f"{API}/test_envelope.py::test_what_was_rejected_is_never_repeated",
    ),
    "| `findings`": ("services/policies/test_policies.py::test_one_error_refuses_and_all_findings_are_told",),
    "409 means": (f"{HERE}::test_409_is_the_world_and_422_the_request",),
    "The same findings stand": ("services/policies/test_acts.py::test_what_actions_say_is_what_the_command_does",),
    "**Pages.**": (f"{HOUSE}::test_lists_are_pages",),
    "Ask with `limit`": (f"{HERE}::test_a_page_is_asked_for_as_promised",),
    "The order is total": ("services/test_pages.py::test_a_walk_meets_every_row_once_in_one_order",),
    "Beyond 1000 rows": ("services/test_pages.py::test_a_list_is_counted_up_to_a_bound",),
    "A list whose rows have a state": (
        f"{HOUSE}::test_lists_are_pages",
        "contract/test_counts.py::test_every_list_with_states_counts_what_it_lists_in_each",
    ),
    "A table with buttons": ("scenarios/test_row_actions.py::test_a_row_offers_what_its_resource_offers",),
    "A cursor leads": (f"{HERE}::test_no_list_is_entered_by_a_number",),
    "Parameters we do not know": (
        f"{API}/test_strictness.py::test_every_operation_names_a_query_parameter_that_it_does_not_know",
    ),
    "**Versions.**": (
        f"{HERE}::test_a_change_answers_with_its_etag",
        f"{API}/test_routing.py::test_headers_follow_from_the_answer",
    ),
    "Send it back as `If-Match`": (
        f"{HOUSE}::test_a_change_carries_its_precondition",
        "api/filing/test_campaigns.py::test_a_change_says_which_version_it_changes",
    ),
    "**Partial change.**": (
        "services/filing/test_applications.py::test_an_edit_changes_what_is_named_and_nothing_else",
    ),
    "**Acts.**": (f"{HOUSE}::test_every_concept_with_acts_names_them_in_its_full_answer",),
    "The acts of other roles": ("services/policies/test_acts.py::test_what_actions_say_is_what_the_command_does",),
    "Whether something may be begun": (f"{HOUSE}::test_whether_something_may_be_begun_is_told_where_it_is_begun",),
    "`x-event` is": (f"{HOUSE}::test_every_concept_with_acts_names_them_in_its_full_answer",),
    "`x-roles` of an operation": (
        f"{HOUSE}::test_an_operation_says_who_may_and_what_may_refuse",
        "contract/test_client.py::test_an_answer_to_another_role_or_with_another_code_is_caught",
    ),
    "`x-finding-codes` are": (f"{HOUSE}::test_an_operation_says_who_may_and_what_may_refuse",),
    "**Idempotency-Key.**": (
        "api/test_idempotency.py::test_fifty_sends_of_one_key_have_one_effect_and_one_answer",
        "scenarios/test_repetition.py::test_every_act_can_be_sent_again",
    ),
    "The same key with another request": (
        "api/test_idempotency.py::test_the_same_key_with_another_body_is_refused",
        "api/test_idempotency.py::test_an_act_that_matters_needs_a_key",
    ),
    "**Ends.**": (f"{API}/test_deprecation.py::test_what_is_deprecated_is_kept_for_a_year",),
    "Each of its answers says": (
        f"{API}/test_deprecation.py::test_every_answer_tells_when_it_ends_and_what_follows",
        f"{API}/test_deprecation.py::test_the_contract_says_so_and_promises_the_headers",
    ),
    "**Busy.**": (f"{API}/test_openapi.py::test_headers_follow_from_status_and_body",),
    "**Language.**": (f"{API}/test_envelope.py::test_chinese_unless_english_is_asked_for_before_it",),
    "**Times.**": (
        f"{HERE}::test_instants_and_days_are_named_as_such",
        "api/test_audit.py::test_an_instant_out_of_reach_or_without_offset_is_refused",
    ),
    "Calendar days": (f"{HERE}::test_instants_and_days_are_named_as_such",),
    "Deadlines are instants": (
        "services/policies/filing/test_deadlines.py::test_open_until_the_last_microsecond_and_closed_at_the_instant_itself",
    ),
    "**Enums.**": (f"{HERE}::test_codes_are_plain_and_labelled_in_their_order",),
    "Labels of the printed forms": (f"{HERE}::test_a_member_with_a_label_has_it_as_its_title",),
    "New codes may appear": (f"{HOUSE}::test_bodies_are_closed_and_answers_open",),
    "A string marked `x-code-list`": (
        f"{HERE}::test_every_code_that_is_marked_is_of_a_vocabulary_that_the_office_keeps",
        "api/people/test_vocabularies.py::test_code_lists_have_the_words_in_their_order_by_language",
    ),
    "In a body a code": (
        "api/people/test_vocabularies.py::test_unknown_codes_are_refused_wherever_they_are_sent",
        "api/people/test_vocabularies.py::test_lists_filter_by_a_word_and_have_its_label_as_tables",
        "api/filing/test_summaries.py::test_a_word_that_the_office_does_not_have_is_refused",
    ),
    "**Forms.**": (
        "services/policies/filing/test_forms.py::test_the_schema_refuses_a_cell_exactly_where_the_rules_do",
        "api/filing/test_forms.py::test_the_form_is_drawn_with_the_limits_that_hold_for_the_asker",
        "services/policies/filing/test_cells.py::test_the_schema_accepts_what_is_complete_and_refuses_what_the_rules_refuse",
    ),
    "`counting.json` has": (
        "services/policies/filing/test_narratives.py::test_the_published_pattern_counts_the_same_in_a_browser",
    ),
    "**Null.**": (f"{HERE}::test_an_answer_has_all_its_members",),
    "Lists and booleans": (f"{HERE}::test_lists_and_booleans_are_never_null",),
    "A form has no null": (f"{HOUSE}::test_a_form_member_is_optional_but_never_null",),
    "**Files.**": (f"{HERE}::test_a_picture_comes_with_its_caption",),
    "Bytes have addresses": (f"{HERE}::test_bytes_are_answered_alone",),
    "**HEAD**": (
        f"{API}/test_envelope.py::test_head_is_get_without_its_body",
        f"{API}/test_envelope.py::test_another_method_is_told_every_one_there_is",
    ),
}


def sentences() -> list[str]:
    """The sentences of what holds for every operation, and the rows of its table."""
    holds = README.partition("## What holds for every operation")[2].partition("## A client")[0]
    paragraphs = [" ".join(each.split()) for each in holds.split("\n\n") if each.strip() and not each.startswith("|")]
    rows = [line for line in holds.splitlines() if line.startswith("| `")]
    return rows + [each for text in paragraphs for each in re.split(r"(?<=[.])\s+(?=[A-Z`*0-9])", text)]


def test_every_sentence_is_held_by_a_test_and_nothing_else_is_listed() -> None:
    keys = [[key for key in PROMISES if sentence.startswith(key)] for sentence in sentences()]
    assert [sentence for sentence, found in zip(sentences(), keys, strict=True) if len(found) != 1] == []
    assert sorted(key for found in keys for key in found) == sorted(PROMISES)


@pytest.mark.parametrize("place", sorted({place for places in PROMISES.values() for place in places}))
def test_the_test_that_holds_a_promise_is_there(place: str) -> None:
    path, _, name = place.partition("::")
    assert re.search(rf"^(async )?def {name}\(", (ROOT / "tests" / path).read_text("utf-8"), re.MULTILINE)


@each_operation
def test_lists_have_plural_addresses(operation: Operation) -> Complaints:
    if operation.name.startswith("list") and not operation.path.endswith(("s", "/history")):
        yield operation.path


@each_operation
def test_an_act_has_an_address_of_its_own(operation: Operation) -> Complaints:
    if operation.method == "post" and operation.path.endswith("}"):
        yield "it acts on the resource itself"


@each_schema
def test_titles_of_problems_are_english_and_constant(name: str) -> Complaints:
    if name.endswith("Problem"):
        title = SCHEMAS[name]["properties"]["title"]
        if not title["const"].isascii():
            yield title["const"]


@each_operation
def test_409_is_the_world_and_422_the_request(operation: Operation) -> Complaints:
    kinds = {status: json.dumps(response.get("content")) for status, response in operation.refusals.items()}
    if "InvalidRequestProblem" in kinds.get("409", "") or re.search("WrongState|RulesViolated", kinds.get("422", "")):
        yield "it mixes them up"


@each_operation
def test_a_page_is_asked_for_as_promised(operation: Operation) -> Complaints:
    if operation.name.startswith("list"):
        limit = next(each["schema"] for each in operation.parameters if each["name"] == "limit")
        if (limit["minimum"], limit["maximum"], limit["default"]) != (1, 100, 20):
            yield str(limit)


@each_operation
def test_a_change_answers_with_its_etag(operation: Operation) -> Complaints:
    content = operation.responses.get("200", {}).get("content", {}) if operation.method in {"put", "patch"} else {}
    if any("etag" not in resolve(DOCUMENT, each["schema"])["properties"] for each in content.values()):
        yield "its answer has no `etag`"


def formats(schema: Json) -> set[str]:
    return {node["format"] for node in nodes(schema) if "format" in node}


def test_instants_and_days_are_named_as_such() -> None:
    members = [pair for name in SCHEMAS for pair in SCHEMAS[name].get("properties", {}).items()]
    named = [*members, *((each["name"], each["schema"]) for operation in OPERATIONS for each in operation.parameters)]
    instants = {name for name, schema in named if "date-time" in formats(schema)}
    days = {name for name, schema in named if "date" in formats(schema)}
    assert {name for name in instants if not INSTANT.fullmatch(name)} | {"until"} == set(OTHER_NAMES)
    assert {name for name in days if not re.fullmatch(r".*_on|days_.*", name)} == set()
    assert {name for name, _ in members if INSTANT.fullmatch(name)} <= instants
    assert {name for name, _ in members if name.endswith("_on")} <= days | AS_TYPED


@each_schema
def test_codes_are_plain_and_labelled_in_their_order(name: str) -> Complaints:
    for node in nodes(SCHEMAS[name] if name not in FIXED else {}):
        codes: list[Any] = node.get("enum", [])
        for labels in ("x-enum-descriptions", "x-enum-descriptions-en") if "enum" in node else ():
            if len(codes) != len(node.get(labels, [])):
                yield f"{codes} have not one of {labels} each"
        yield from (code for code in codes if not re.fullmatch(r"[a-z0-9_]+([./][a-z0-9_.-]+)?", str(code)))


@each_schema
def test_a_member_with_a_label_has_it_as_its_title(name: str) -> Complaints:
    for member, spec in SCHEMAS[name].get("properties", {}).items():
        if re.match("[\u4e00-\u9fff]", spec.get("description", "")) and not spec.get("title"):
            yield member


def as_read(cell: Json) -> bool:
    """Return true for a member that may come back as it was read, and sets nothing."""
    return str(cell.get("description", "")).startswith("As it was read")


def test_every_cell_of_the_printed_forms_has_its_label() -> None:
    forms = [SCHEMAS[name]["properties"] for name in ("ApplicationForm", "PlannedCaseInput")]
    assert [name for form in forms for name, cell in form.items() if not (cell.get("title") or as_read(cell))] == ["id"]


BY_VERSION = {
    "PayloadCommittee": ["kind_name"],
    "PayloadUnit": ["honour_level_name"],
    "PayloadForm": ["cells"],
    "PayloadImage": ["role"],
    "PayloadContent": ["attachments"],
    "PayloadApplication": ["cells", "attachment_kinds", "image_roles", "recommended_rank"],
}
"""Members of the payload that its `schema_version` brings."""


@each_schema
def test_an_answer_has_all_its_members(name: str) -> Complaints:
    for node in nodes(SCHEMAS[name] if name in ANSWERED and not name.endswith("Actions") else {}):
        yield from sorted(node.get("properties", {}).keys() - {*node.get("required", ()), *BY_VERSION.get(name, ())})


@each_schema
def test_lists_and_booleans_are_never_null(name: str) -> Complaints:
    for node in nodes(SCHEMAS[name] if name in ANSWERED else {}):
        kinds = node.get("type", ())
        alternatives = [each.get("type") for each in (*node.get("anyOf", ()), *node.get("oneOf", ()))]
        if "null" in kinds and {"array", "boolean"} & set(kinds):
            yield str(kinds)
        if "null" in alternatives and {"array", "boolean"} & set(filter(None, alternatives)):
            yield str(alternatives)


def test_a_picture_comes_with_its_caption() -> None:
    (adding,) = [operation for operation in OPERATIONS if operation.name == "addImage"]
    form = resolve(DOCUMENT, adding.request["multipart/form-data"]["schema"])
    assert {name: spec.get("format") for name, spec in form["properties"].items()} == {
        "file": "binary",
        "caption": None,
        "role": None,
    }


@each_operation
def test_bytes_are_answered_alone(operation: Operation) -> Complaints:
    for status, response in operation.successes.items():
        media = set(response.get("content", {}))
        if any("json" in each for each in media) and len(media) > 1:
            yield f"{status}: {sorted(media)}"


def test_the_requests_at_once_are_as_many_as_promised() -> None:
    assert f"{Settings.model_fields['requests_at_once'].default} requests of an account may be under way" in README


@each_operation
def test_no_list_is_entered_by_a_number(operation: Operation) -> Complaints:
    yield from (each["name"] for each in operation.parameters if each["name"] in {"page", "offset", "skip"})


def test_every_code_that_is_marked_is_of_a_vocabulary_that_the_office_keeps() -> None:
    marked = {node["x-code-list"] for node in nodes(DOCUMENT) if "x-code-list" in node}
    assert marked == NOTICE.keys()
