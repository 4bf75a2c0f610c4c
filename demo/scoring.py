"""The chapters of the judges: what they see, what they may not, what they give (评分); a wave, a second round."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from typing import Any

from demo.cast import JudgePlayer
from demo.judging import SHOWN, begin_round, open_round, propose, put_in_force
from demo.stage import Stage

CURIOUS, ABSTAINING, RECUSED, TARDY = 0, 4, 5, 3
"""Judges of the play: one who tries what is not allowed, one who declines a case, one recused, one who is late."""
REMARKS = (
    "做法扎实，群众知晓率高。",
    "特色鲜明，有数据支撑。",
    "机制较完善，推广条件尚需说明。",
    "成效可信，故事感人。",
)
IN_FINAL = 2
"""Number of cases in the second round beyond those to be commended."""


def score_cases(stage: Stage) -> None:
    """The rules are broken one by one; then everybody scores at the same time, and one leaves a draft."""
    stage.narrator.chapter("The judges score (评分), all at once")
    _read_blindly(stage)
    _score_against_the_rules(stage)
    _keep_away(stage)
    put_in_force(stage, propose(stage, "proposes who takes over, with the least change"))
    tardy = stage.judges[TARDY]
    score(stage, leaving=tardy)
    _progress(stage)
    stage.office.fail("closes the round", "reviews_missing", "POST", f"{stage.round()}/closure", {})
    last = _cases(stage, tardy, "&review_status=draft")[0]
    tardy.person.act("submits the last one", "POST", f"/cases/{last['id']}/review/submission")
    _reopen(stage)


def score(stage: Stage, *, leaving: JudgePlayer | None = None) -> None:
    """Every judge at their own desk; nobody waits for another."""
    with ThreadPoolExecutor(len(stage.judges)) as desks:
        done = desks.map(lambda judge: _score_all(stage, judge, leaves_one=judge is leaving), stage.judges)
        for judge, count in zip(stage.judges, done, strict=True):
            if count:
                stage.narrator.tell(f"{judge.who.name} submits {count}{' and leaves a draft' * (judge is leaving)}")


def _score_all(stage: Stage, judge: JudgePlayer, *, leaves_one: bool) -> int:
    cases = _cases(stage, judge, "&review_status=draft")
    for case in cases:
        _save(judge, case)
    submitted = cases[1:] if leaves_one else cases
    for case in submitted:
        judge.person.ask("POST", f"/cases/{case['id']}/review/submission")
    return len(submitted)


def _cases(stage: Stage, judge: JudgePlayer, only: str = "") -> list[dict[str, Any]]:
    """Return the judge's cases in this round."""
    return list(judge.person.client.pages(f"/cases?round_id={stage.rounds[-1]}{only}"))


def _save(judge: JudgePlayer, case: dict[str, Any]) -> None:
    """Read the case, and keep what it is worth to this judge."""
    judge.person.ask("GET", f"/cases/{case['id']}")
    path = f"/cases/{case['id']}/review"
    sheet = judge.person.ask("GET", path)
    scores = given(judge, case, sheet["scores"])
    judge.person.ask("PUT", path, scores, if_match=sheet["etag"])


def given(judge: JudgePlayer, case: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A case has its worth, a judge their leniency, a score its chance; the worths are so near that the cut is open."""
    brand = case["brand_name"]
    worth = Random(f"worth {brand}").gauss(80, 4)  # noqa: S311 -- plays, hides nothing
    draw = Random(f"{judge.who.name} {case['round_name']} {brand}")  # noqa: S311 -- the same
    impression = worth + judge.who.leniency + draw.gauss(0, 4)
    scores = [
        {"code": row["code"], "score": min(100, max(0, _in_steps(impression + draw.gauss(0, 3), row["step"])))}
        for row in rows
    ]
    return {"scores": scores, "remark": draw.choice(REMARKS)}


def _in_steps(points: float, step: str) -> float:
    """Return the nearest score that the criterion knows: whole, or with half a point or a tenth."""
    size = Decimal(step)
    return float(round(Decimal(points) / size) * size)


def _read_blindly(stage: Stage) -> None:
    """A judge reads what was filed, without who filed it, and only what is theirs."""
    judge = stage.judges[CURIOUS]
    case = _cases(stage, judge)[0]
    read = judge.person.act(f"reads case {case['case_number']}", "GET", f"/cases/{case['id']}")
    stage.narrator.add(
        f"{read['brand_name']}, {read['narrative_length']} 字, {len(read['images'])} pictures; "
        f"unit: {read['unit_name']}, committee: {read['committee_name']}, number: {read['application_number']}"
    )
    own = {each["id"] for each in _cases(stage, judge)}
    others = next(each for other in stage.judges for each in _cases(stage, other) if each["id"] not in own)
    judge.person.fail("reads a case that is others'", "not-found", "GET", f"/cases/{others['id']}")
    judge.person.fail("looks at the ranking", "not-found", "GET", f"{stage.round()}/ranking")


def _score_against_the_rules(stage: Stage) -> None:
    judge = stage.judges[CURIOUS]
    path = f"/cases/{_cases(stage, judge)[0]['id']}/review"
    too_much, between, half = ({"scores": [{"code": "influence", "score": score}]} for score in (120, 88.25, 88))
    judge.person.fail("gives 120 of 100", "score_out_of_range", "PUT", path, too_much, if_match='"0"')
    judge.person.fail("gives 88.25", "score_off_step", "PUT", path, between, if_match='"0"')
    judge.person.act("saves a draft with one score", "PUT", path, half, if_match='"0"')
    judge.person.fail("submits it", "criterion_not_scored", "POST", f"{path}/submission")


def _keep_away(stage: Stage) -> None:
    """One abstains, and one is kept away by the office: what they had been given is gone, and counts nowhere."""
    judge = stage.judges[ABSTAINING]
    case = _cases(stage, judge)[0]
    body = {"kind": "abstained", "reason": "认出了该案例，曾为其提供过咨询。"}
    judge.person.act(f"abstains from case {case['case_number']}", "POST", f"/cases/{case['id']}/recusal", body)
    judge = stage.judges[RECUSED]
    taken = next(each for each in _cases(stage, judge) if each["id"] != case["id"])
    given = stage.office.client.pages(f"{stage.round()}/assignments?reviewer_id={judge.account_id}")
    application_id = next(each["application_id"] for each in given if each["case_number"] == taken["case_number"])
    body = {"reviewer_id": judge.account_id, "application_id": application_id, "reason": "系申报单位顾问。"}
    stage.office.act(f"recuses {judge.who.name} from case {taken['case_number']}", "POST", "/recusals", body)
    judge.person.fail("opens that case, and is not told why", "not-found", "GET", f"/cases/{taken['id']}")


def _progress(stage: Stage) -> None:
    progress = stage.office.act("asks for the progress of the round", "GET", f"{stage.round()}/progress")
    rows = [
        [each["reviewer_name"], each["assigned"], each["submitted"], "催办" if each["to_remind"] else ""]
        for each in progress["judges"]
    ]
    stage.narrator.table(["评委", "assigned", "submitted", "to remind"], rows)
    totals = progress["totals"]
    differing = max(progress["cases"], key=lambda each: each["largest_difference"] or 0)
    stage.narrator.add(
        f"{totals['submitted']} of {totals['assigned']} submitted, {totals['complete']} of {totals['cases']} cases "
        f"complete; most disputed: case {differing['case_number']}, {differing['largest_difference']:.1f} points apart"
    )


def _reopen(stage: Stage) -> None:
    """Show that a submitted review is final; only the office reopens it, with a reason."""
    judge = stage.judges[CURIOUS]
    reviews = stage.office.client.pages(f"{stage.round()}/reviews?reviewer_id={judge.account_id}")
    case = _cases(stage, judge)[0]
    review = next(each for each in reviews if each["case_number"] == case["case_number"])
    own = f"/cases/{case['id']}/review"
    sheet = judge.person.ask("GET", own)
    scores = [{name: row[name] for name in ("code", "score", "remark")} for row in sheet["scores"]]
    scores[0] |= {"score": scores[0]["score"] - 2, "remark": "经核对，影响主要在本单位。"}
    body = {"scores": scores, "remark": sheet["remark"]}
    judge.person.fail("changes what is submitted", "wrong-state", "PUT", own, body, if_match=sheet["etag"])
    reason = {"reason": "“影响力”一项疑似误填，请核对。"}
    stage.office.act(f"gives the review back: {reason['reason']}", "POST", f"/reviews/{review['id']}/reopening", reason)
    etag = judge.person.ask("GET", own)["etag"]
    judge.person.act("corrects it", "PUT", own, body, if_match=etag)
    again = judge.person.act("submits it again", "POST", f"{own}/submission")
    stage.narrator.add(f"{review['weighted_total']} → {again['weighted_total']}")


def send_a_wave(stage: Stage) -> None:
    """Spend further reviews only where the result is open; no judge learns why a case came late."""
    stage.narrator.chapter("A wave: further reviews where the cut is still open")
    wave = propose(stage, f"asks where {stage.scale.wave} further reviews pay", kind="wave", budget=stage.scale.wave)
    for case in wave["open_cases"][:SHOWN]:
        stage.narrator.add(f"  ! {case['finding']['message']}")
    put_in_force(stage, wave)
    score(stage)


def judge_finalists(stage: Stage) -> None:
    """终评: the best of the first round once more, with their names, and with others' reviews after one's own."""
    stage.narrator.chapter("The second round (终评): the best of the first, with their names")
    best = {"intake": "best", "source_round_id": stage.rounds[-1], "intake_limit": stage.scale.cut + IN_FINAL}
    open_round(stage, begin_round(stage, "终评", reviews_wanted=3, blind=False, shows_others=True, **best))
    put_in_force(stage, propose(stage, "proposes who reviews what"))
    judge = stage.judges[CURIOUS]
    case = _cases(stage, judge)[0]
    before = judge.person.ask("GET", f"/cases/{case['id']}/peer-reviews")["total"]
    score(stage)
    after = judge.person.act("reads others' reviews", "GET", f"/cases/{case['id']}/peer-reviews")["total"]
    stage.narrator.add(f"before submitting their own: {before}; now: {after}, without names")
