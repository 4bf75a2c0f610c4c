"""The last chapter: every paper of the campaign, as the office prints it, left in a folder."""

from collections.abc import Iterator

from demo.client import Response
from demo.commending import CASES, COMMITTEES, WINNERS, commendation
from demo.stage import EVENTFUL, MODEL, RETURNED, Fate, Stage, wait_for

DONE = {"bound", "failed"}


def print_papers(stage: Stage) -> None:
    """Print forms, lists, letters, notices, certificates and charts; have the awarded cases bound into a booklet."""
    stage.papers.mkdir(parents=True, exist_ok=True)
    stage.narrator.chapter("Paper: what the office prints, publishes and binds")
    for path in (*_of_the_campaign(stage), *_of_cases(stage), *_of_commendations(stage)):
        _save(stage, path)
    _bind(stage, commendation(stage, CASES))
    stage.narrator.tell(f"{len([*stage.papers.iterdir()])} papers are in {stage.papers}")


def _of_the_campaign(stage: Stage) -> Iterator[str]:
    campaign = f"/campaigns/{stage.campaign_id}"
    for form in ("pdf", "docx"):
        yield f"{campaign}/forms/application?format={form}"
        yield f"{campaign}/report?format={form}"
        yield f"{campaign}/summary?format={form}"
        yield f"{campaign}/arrears/paper?format={form}"
    yield from (f"/statistics/charts/{each}?campaign_id={stage.campaign_id}&format=png" for each in ("funnel", "day"))


def _of_cases(stage: Stage) -> Iterator[str]:
    filed = stage.application(stage.units(stage.committees[MODEL], Fate.FILED)[0])
    yield from (f"{filed}/form?format={form}&pictures=thumbnails" for form in ("pdf", "docx"))
    if stage.asks_for_plans:
        yield f"{stage.plan_of(stage.committees[EVENTFUL])}/form?format=docx"
    filings = stage.office.ask("GET", f"/filings?campaign_id={stage.campaign_id}&limit=1")["items"]
    yield from (f"/filings/{each['id']}/receipt?format=pdf" for each in filings)
    for unit in stage.units(stage.committees[RETURNED], Fate.FILED):
        path = stage.application(unit)
        decisions = stage.office.ask("GET", f"{path}/decisions")["items"]
        yield from (f"{path}/decisions/{each['id']}/letter?format=docx" for each in decisions)


def _of_commendations(stage: Stage) -> Iterator[str]:
    cases = commendation(stage, CASES)
    for form in ("pdf", "docx"):
        yield f"{commendation(stage, COMMITTEES)}/publicity/paper?format={form}"
        yield f"{cases}/publication/paper?format={form}"
    yield f"{cases}/certificates?format=pdf"
    if WINNERS in stage.commendations:
        yield f"{commendation(stage, WINNERS)}/certificates?format=docx"


def _bind(stage: Stage, path: str) -> None:
    """Order the booklet, wait for the worker, and download it."""
    stage.office.act("has the awarded cases bound (案例汇编)", "POST", f"{path}/booklet", {})
    booklet = wait_for("the booklet", lambda: _bound(stage, f"{path}/booklet"))
    stage.narrator.add(f"{booklet['case_count']} cases: {'、'.join(booklet['formats'])}")
    for form in booklet["formats"]:
        _save(stage, f"{path}/booklet/content?format={form}")


def _bound(stage: Stage, path: str) -> Response | None:
    found = stage.office.ask("GET", path)
    return found if found["status"] in DONE else None


def _save(stage: Stage, path: str) -> None:
    name, content = stage.office.client.file(path)
    (stage.papers / name).write_bytes(content)
    stage.narrator.add(f"  {name}, {len(content) / 1e3:.0f} kB")
