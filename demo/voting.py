"""The chapter of the public vote (网络投票): figures of a source that the notice names, imported with their proof."""

from datetime import timedelta
from typing import Any

from demo.client import File
from demo.photos import stamped_form
from demo.stage import EVENTFUL, Stage

SEED = 950


def import_figures(stage: Stage) -> None:
    """Import the votes of every accepted case, after a mistaken table; nothing where the notice names no source."""
    for source in stage.campaign()["settings"]["figures"]:
        stage.narrator.chapter(f"{source['name']}: the office imports what the platform counted, with its proof")
        stage.figure_tables[source["code"]] = _import(stage, source)


def _import(stage: Stage, source: dict[str, Any]) -> str:
    path, about = f"/campaigns/{stage.campaign_id}", {"kind": "evidence", "title": "投票平台后台截图"}
    proof = {"file": File("截图.pdf", stamped_form(SEED), "application/pdf"), **about}
    documents = f"{path}/documents"
    stage.office.fail(
        "makes the proof public", "evidence_not_public", "POST", documents, form=proof | {"public": "true"}
    )
    document = stage.office.act("adds the proof", "POST", documents, form=proof | {"public": "false"})
    body = _table(stage, source) | {"evidence": [document["id"]]}
    wrong = body | {"figures": [*body["figures"], body["figures"][0] | {"figure": -1}]}
    tables = f"{path}/figure-tables"
    stage.office.fail("sends a row twice, once negative", "negative_figure", "POST", tables, wrong)
    stage.office.act("tries the table", "POST", tables, body | {"dry_run": True})
    made = stage.office.act(f"imports the {source['name']}", "POST", tables, body)
    rows = [[row["application_number"], row["brand_name"], row["figure"], row["points"]] for row in made["rows"]]
    stage.narrator.table(["申报编号", "品牌名称", source["unit"], "折算得分"], rows)
    stage.committees[EVENTFUL].person.fail("looks for it", "not-found", "GET", f"/figure-tables/{made['id']}")
    return str(made["id"])


def _table(stage: Stage, source: dict[str, Any]) -> dict[str, Any]:
    """The votes of each accepted case."""
    accepted = f"/applications?campaign_id={stage.campaign_id}&status=accepted"
    numbers = sorted(each["number"] for each in stage.office.client.pages(accepted))
    figures = [
        {"application_number": number, "figure": max(0, 1500 - 130 * place)} for place, number in enumerate(numbers)
    ]
    today = stage.now().date()
    period = {"starts_on": str(today - timedelta(days=7)), "ends_on": str(today)}
    return {"source": source["code"], "source_name": "“云山发布”公众号投票", "figures": figures} | period
