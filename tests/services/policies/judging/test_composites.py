"""The sources of a composite result: every refusal, by itself and together."""

from typing import Any
from uuid import UUID

import pytest

from app.models.enums import CampaignStatus
from app.services.policies.filing.composite_settings import CompositeSettings
from app.services.policies.judging import composites as policy
from app.services.policies.judging.composites import Named, Offer
from tests.world.composites import OVERALL

DECLARED = CompositeSettings.model_validate(OVERALL)
ONE, TWO, DRAFT = (UUID(int=number) for number in (1, 2, 3))
KNOWN = {ONE: Offer(), TWO: Offer(), DRAFT: Offer(final=False)}
OPEN = CampaignStatus.PUBLISHED


def named(**sources: UUID) -> list[Named]:
    return [Named(part, source, "round_id") for part, source in sources.items()]


BOTH = named(paper=ONE, live=TWO)


@pytest.mark.parametrize(
    ("sources", "expected"),
    [
        (BOTH, []),
        (named(paper=ONE), [("part_without_source", "/sources")]),
        (named(paper=ONE, live=DRAFT), [("source_not_frozen", "/sources/1/round_id")]),
        (named(paper=ONE, live=UUID(int=9)), [("unknown_reference", "/sources/1/round_id")]),
        (named(paper=ONE, live=ONE), [("source_twice", "/sources/1/round_id")]),
        (
            [*BOTH, *named(votes=DRAFT)],
            [("unknown_part", "/sources/2/part"), ("source_not_frozen", "/sources/2/round_id")],
        ),
        ([*BOTH, *named(live=ONE)], [("part_twice", "/sources/2/part"), ("source_twice", "/sources/2/round_id")]),
        ([], [("part_without_source", "/sources"), ("part_without_source", "/sources")]),
    ],
)
def test_each_part_has_one_source_that_is_frozen(sources: list[Named], expected: Any) -> None:
    found = policy.composing_findings(DECLARED, sources, KNOWN)
    assert [(each.rule.code, each.pointer) for each in found] == expected


def test_what_the_notice_does_not_declare_is_none() -> None:
    found = policy.composing_findings(None, [], KNOWN)
    assert [(each.rule.code, each.pointer) for each in found] == [("unknown_composite", "/code")]
