"""A whole campaign, played over HTTP against a running server, as anybody could with curl."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from demo.cast import Door, Person
from demo.checking import check_forms, compare_with_plans, show_accounts, show_progress
from demo.commending import choose
from demo.composing import compose_results
from demo.entries import show_together
from demo.filing import file_applications, miss_the_deadline
from demo.judging import assign_cases, invite_judges, set_up_round
from demo.narrator import Narrator
from demo.nominating import hand_over
from demo.opening import give_accounts, open_campaign, register_organisations, register_plans, remember_winners
from demo.packing import pack
from demo.paper import enter_from_paper
from demo.presenting import judge_presentations
from demo.printing import print_papers
from demo.publishing import publicise, publish
from demo.ranking import close_round
from demo.scoring import judge_finalists, score_cases, send_a_wave
from demo.stage import FULL, QUICK, Stage
from demo.telling import read_notifications
from demo.voting import import_figures
from demo.writing import write_applications

LIVE_FINALS = ("sample-2025",)
"""The templates whose second round is live."""
OFFICE, OFFICE_NAME = "demo.office", "区文明办"
COLLEAGUE, COLLEAGUE_NAME = "demo.office.2", "区文明办复核"
CHAPTERS = (
    open_campaign,
    register_organisations,
    remember_winners,
    give_accounts,
    register_plans,
    enter_from_paper,
    write_applications,
    file_applications,
    miss_the_deadline,
    check_forms,
    compare_with_plans,
    show_progress,
    show_together,
    invite_judges,
    set_up_round,
    assign_cases,
    score_cases,
    send_a_wave,
    close_round,
    judge_finalists,
    close_round,
    import_figures,
    compose_results,
    choose,
    publicise,
    publish,
    hand_over,
    pack,
    read_notifications,
    show_accounts,
    print_papers,
)


TEMPLATE = "lubei-2015"
PUSH_TO = "127.0.0.1:8900"
"""Default address of the municipal office's system on this machine."""


def play(
    url: str,
    invite_office: Callable[[str, str], str],
    *,
    quick: bool = False,
    template: str = TEMPLATE,
    push_to: str | None = None,
    papers: Path,
    say: Callable[[str], None],
) -> Stage:
    """Play every chapter; `invite_office` makes an office account on the host and answers its activation code.

    Each run is a campaign of its own, begun from the template; the committees, units and accounts of an earlier run
    play again. `push_to` is the host and port of this machine to which nominations may be pushed; `papers` is the
    folder in which the last chapter leaves what it prints.
    """
    narrator = Narrator(say)
    door = Door(url.rstrip("/"), secrets.token_urlsafe(12), narrator)
    office = _office(door, invite_office(OFFICE, OFFICE_NAME))
    colleague = door.enter(COLLEAGUE_NAME, COLLEAGUE, invite_office(COLLEAGUE, COLLEAGUE_NAME))
    door = replace(door, confirmer=colleague)
    stage = Stage(narrator, door, QUICK if quick else FULL, office, push_to or PUSH_TO, template, papers)
    for chapter in CHAPTERS:
        is_live = chapter is judge_finalists and template in LIVE_FINALS
        (judge_presentations if is_live else chapter)(stage)
    return stage


def _office(door: Door, code: str) -> Person:
    """The office's activation: a password that is too easy is refused, and so is a wrong one at the sign-in."""
    door.narrator.chapter("The office gets its account on the host, and sets its own password")
    stranger = door.stranger()
    easy = {"code": code, "password": "demo.office"}
    stranger.fail("chooses an easy password", "password_too_short", "POST", "/activations", easy)
    office = door.enter(OFFICE_NAME, OFFICE, code)
    wrong = {"username": OFFICE, "password": "wrong " + door.password}
    stranger.fail("tries a wrong one", "sign-in-refused", "POST", "/sessions", wrong)
    door.narrator.tell(f"{OFFICE_NAME} signs in as {OFFICE}")
    return office
