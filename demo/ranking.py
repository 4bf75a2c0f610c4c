"""The chapter of the figures: a round is closed, and what its scores come to is frozen (名次)."""

from demo.client import Response
from demo.stage import EVENTFUL, Stage

METHODS = ("mean", "trimmed_mean", "reviewer_adjusted")
FIGURES = ("mean", "spread", "score")
HEAD = ("名次", "likely", "case", "申报编号", "品牌名称", "n", *FIGURES, "by mean, trimmed, adjusted")


def close_round(stage: Stage) -> None:
    """Close the round: the ranking never moves again, and follows from what is kept with it."""
    name = stage.office.ask("GET", stage.round())["name"]
    stage.narrator.chapter(f"{name} is closed, and its ranking (名次) frozen")
    stage.office.act("closes the round", "POST", f"{stage.round()}/closure", {})
    path = f"{stage.round()}/ranking"
    show_ranking(stage, stage.office.act("reads the ranking", "GET", path))
    compared = stage.office.act("asks what another method would change at the cut", "GET", f"{path}/comparison")
    for change in compared["changes"]:
        enter, leave = ("、".join(each["brand_name"] for each in change[side]) for side in ("entering", "leaving"))
        stage.narrator.add(f"{change['method']}: " + (f"in {enter}; out {leave}" if enter or leave else "nothing"))
    kept = stage.office.act("has it reckoned again", "GET", f"{path}/verification")
    stage.narrator.add(f"the same bytes: {kept['matches']}, SHA-256 {kept['recomputed_digest'][:16]}…")
    stage.committees[EVENTFUL].person.fail("looks for the ranking", "not-found", "GET", path)


def show_ranking(stage: Stage, ranking: Response) -> None:
    """Every case with the interval its rank may lie in, and the same by every other method."""
    rows = [
        [
            *(row["rank"], f"{row['rank_low']}–{row['rank_high']}"),
            *(row[name] for name in ("case_number", "application_number", "brand_name", "n")),
            *(f"{row[name]:.1f}" for name in FIGURES),
            ", ".join(str(row["ranks"][each]) for each in METHODS),
        ]
        for row in ranking["rows"]
    ]
    rows.insert(ranking["cut"], ["–"] * len(HEAD))
    stage.narrator.table(HEAD, rows)
    lenient = "、".join(f"{each['name']} {each['leniency']:+.1f}" for each in ranking["reviewers"])
    stage.narrator.add(f"points above what others gave the same cases: {lenient}")
