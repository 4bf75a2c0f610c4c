from fastapi import FastAPI

from app.api.http.grouping import DOMAINS, OTHERS
from app.api.http.tags import TAGS


def test_every_tag_stands_in_one_group_and_groups_come_in_the_order_of_the_domains(app: FastAPI) -> None:
    groups = app.openapi()["x-tagGroups"]
    assert [group["name"] for group in groups] == [*DOMAINS.values(), OTHERS]
    assert sorted(tag for group in groups for tag in group["tags"]) == sorted(tag["name"] for tag in TAGS)


def test_a_tag_stands_in_the_domain_of_its_first_route(app: FastAPI) -> None:
    group_of = {tag: group["name"] for group in app.openapi()["x-tagGroups"] for tag in group["tags"]}
    assert {tag: group_of[tag] for tag in ("sessions", "applications", "cases", "awards", "hand-over", "jobs")} == {
        "sessions": "组织与账号",
        "applications": "申报",
        "cases": "评选",
        "awards": "表彰",
        "hand-over": "报送",
        "jobs": "记录与查询",
    }
