"""The chapter of the composite result (综合成绩): what the notice declares, made of closed rounds and of figures."""

from collections.abc import Iterator
from typing import Any

from demo.client import Response
from demo.stage import EVENTFUL, Stage


def compose_results(stage: Stage) -> None:
    """Show the parts by their weights, with the arithmetic of every case, if the notice declares any."""
    for declared in stage.campaign()["settings"]["composites"]:
        stage.narrator.chapter(f"{declared['name']}: several sources become one result, by declared weights")
        _compose(stage, declared)


def _compose(stage: Stage, declared: dict[str, Any]) -> None:
    path, rounds = f"/campaigns/{stage.campaign_id}/composites", iter(stage.rounds)
    sources = [_source(stage, part, rounds) for part in declared["parts"]]
    body = {"code": declared["code"], "sources": sources}
    less = body | {"sources": sources[:-1]}
    stage.office.fail("leaves a part without a source", "part_without_source", "POST", path, less)
    made = stage.office.act(f"makes {declared['name']}", "POST", path, body)
    stage.composite_id = made["id"]
    show_composite(stage, made)
    kept = stage.office.act("has it reckoned again", "GET", f"/composites/{made['id']}/verification")
    stage.narrator.add(f"the same bytes: {kept['matches']}, SHA-256 {kept['recomputed_digest'][:16]}…")
    stage.committees[EVENTFUL].person.fail("looks for it", "not-found", "GET", f"/composites/{made['id']}")


def _source(stage: Stage, part: dict[str, Any], rounds: Iterator[str]) -> dict[str, str]:
    """The figures that a part is made of, or the next round."""
    if part["figures"]:
        return {"part": part["code"], "figure_table_id": stage.figure_tables[part["figures"]]}
    return {"part": part["code"], "round_id": next(rounds)}


def show_composite(stage: Stage, made: Response) -> None:
    """Every case: figure × weight of each part, and their sum."""
    head = [f"{part['name']}（{part['weight']}）" for part in made["parts"]]
    rows = [
        [row["rank"] or "–", row["brand_name"], *map(_worked, row["parts"]), _figure(row["score"])]
        for row in made["rows"]
    ]
    stage.narrator.table(["名次", "品牌名称", *head, made["name"]], rows)


def _worked(part: dict[str, Any]) -> str:
    return f"{_figure(part['figure'])} × {part['weight']:g}% = {_figure(part['contribution'])}"


def _figure(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
