"""Instances to be matched: one of a real campaign's kind, and small strange ones."""

from random import Random
from uuid import UUID

from hypothesis import strategies as st

from app.algorithms.matching import Case, Instance, Judge, Pair

CATEGORIES = ("theory", "civility", "service")


def uuid(number: int) -> UUID:
    return UUID(int=number)


def case(number: int, *, committee: int = 0, category: str = "theory", wanted: int = 2) -> Case:
    return Case(uuid(number), uuid(1000 + committee), category, wanted)


def judge(number: int, *, minimum: int = 0, maximum: int = 9, expertise: frozenset[str] = frozenset()) -> Judge:
    return Judge(uuid(100 + number), minimum, maximum, expertise)


def pairs(*numbers: tuple[int, int]) -> frozenset[Pair]:
    return frozenset((uuid(case), uuid(100 + judge)) for case, judge in numbers)


def instance(
    cases: list[Case],
    judges: list[Judge],
    *,
    blocked: dict[Pair, str] | None = None,
    current: frozenset[Pair] = frozenset(),
    begun: frozenset[Pair] = frozenset(),
    seed: int = 1,
) -> Instance:
    return Instance(tuple(cases), tuple(judges), blocked or {}, current | begun, begun, seed)


def campaign(cases: int = 60, judges: int = 9, committees: int = 8, wanted: int = 3, seed: int = 1) -> Instance:
    """Judges from the committees they judge, a few conflicts besides, two categories known to each."""
    chance = Random(seed)
    filed = [
        case(n, committee=chance.randrange(committees), category=chance.choice(CATEGORIES), wanted=wanted)
        for n in range(cases)
    ]
    panel = [
        judge(n, maximum=cases * wanted // judges + 3, expertise=frozenset(chance.sample(CATEGORIES, 2)))
        for n in range(judges)
    ]
    at_home = {one.id: uuid(1000 + chance.randrange(committees)) for one in panel}
    blocked = {
        (one.id, other.id): "same_committee" if at_home[other.id] == one.committee else "declared"
        for one in filed
        for other in panel
        if at_home[other.id] == one.committee or chance.random() < 0.03
    }
    return instance(filed, panel, blocked=blocked, seed=seed)


@st.composite
def instances(draw: st.DrawFn, most_cases: int = 6, most_judges: int = 5) -> Instance:
    """Anything goes: too few judges, too many conflicts, current pairs that break every bound."""
    cases = [
        case(
            n,
            committee=draw(st.integers(0, 2)),
            category=draw(st.sampled_from(CATEGORIES)),
            wanted=draw(st.integers(0, 4)),
        )
        for n in range(draw(st.integers(0, most_cases)))
    ]
    judges = [
        judge(
            n,
            minimum=draw(st.integers(0, 2)),
            maximum=draw(st.integers(2, 5)),
            expertise=draw(st.frozensets(st.sampled_from(CATEGORIES))),
        )
        for n in range(draw(st.integers(0, most_judges)))
    ]
    cells = [(one.id, other.id) for one in cases for other in judges]
    some = st.frozensets(st.sampled_from(cells)) if cells else st.just(frozenset())
    reasons = st.sampled_from(["same_committee", "declared", "recused", "abstained"])
    blocked = draw(st.dictionaries(st.sampled_from(cells), reasons) if cells else st.just({}))
    return instance(cases, judges, blocked=blocked, current=draw(some), begun=draw(some), seed=draw(st.integers(0, 3)))
