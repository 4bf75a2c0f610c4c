"""The groups of the tags, for pages that show the contract: a tag stands in the domain of its first route."""

from collections.abc import Iterator

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from app.api.http.document import Json

DOMAINS = {
    "people": "组织与账号",
    "filing": "申报",
    "judging": "评选",
    "commending": "表彰",
    "handover": "报送",
    "notifying": "通知",
}
OTHERS = "记录与查询"


def group_tags(app: FastAPI, document: Json) -> None:
    """Write `x-tagGroups`, which many pages draw their navigation from, in the order of the document's tags."""
    domain_of = dict(reversed([*_domains(app)]))  # the first route of a tag decides
    groups: dict[str, list[str]] = {name: [] for name in (*DOMAINS.values(), OTHERS)}
    for tag in (each["name"] for each in document.get("tags", [])):
        groups[DOMAINS.get(domain_of.get(tag, ""), OTHERS)].append(tag)
    document["x-tagGroups"] = [{"name": name, "tags": tags} for name, tags in groups.items() if tags]


def _domains(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Yield each tag with the domain of a route that has it: `filing` of `app.api.filing.plans`."""
    for route in iter_route_contexts(app.routes):
        for tag in getattr(route, "tags", ()):
            yield tag, route.endpoint.__module__.removeprefix("app.api.").partition(".")[0]
