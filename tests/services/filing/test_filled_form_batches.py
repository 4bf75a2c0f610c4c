"""Limits that are reached amid a batch refuse the rest of it, and what breaks it off leaves nothing."""

from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import func, select

from app.context import Effect
from app.models import Application, File
from app.models.enums import FileState, Role
from app.problems import InsufficientStorage, LimitReached, Unavailable
from app.services.files import Intake
from app.services.filing import filled_form_batches
from app.services.filing.filled_form_batches import Outcome
from app.services.policies.limits import PROCESSING_USED_UP
from tests.world import PLENTY, World
from tests.world.filing import District, district
from tests.world.filled_forms import ROWS, filled
from tests.world.uploads import photo


@dataclass
class Sent:
    """A file that was sent."""

    content: bytes
    filename: str | None = None

    @property
    def size(self) -> int | None:
        return len(self.content)

    @size.setter
    def size(self, _: int | None) -> None: ...

    async def read(self) -> bytes:
        return self.content


def forms(*names: str) -> list[Sent]:
    """Forms for cases of these names, each with a picture."""
    return [
        Sent(filled([*ROWS[:2], ["品牌名称", name], *ROWS[3:]], pictures=[(photo(number), "图")]))
        for number, name in enumerate(names)
    ]


def breaking(monkeypatch: pytest.MonkeyPatch, intake: Intake, at: int, problem: Exception) -> None:
    """Let the receipt of one of the files and pictures, and of all after it, fail."""
    receive, came = Intake.receive, []

    async def failing(self: object, data: bytes, *more: object) -> object:
        came.append(data)
        if len(came) >= at:
            raise problem
        return await receive(intake, data, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(Intake, "receive", failing)


async def states(world: World, most: int) -> list[FileState]:
    async with world.database.transaction() as session:
        return list(await session.scalars(select(File.state).order_by(File.id.desc()).limit(most)))


async def drafts(world: World, place: District) -> int:
    async with world.database.transaction() as session:
        of = Application.campaign_id == place.campaign.id
        return await session.scalar(select(func.count()).select_from(Application).where(of)) or 0


async def drafted(intake: Intake, received: Sequence[Outcome], most: int) -> list[Outcome]:
    """Make the drafts in a transaction that ends with them."""
    async with AsyncExitStack() as stack:
        effect, quotas = Effect(intake.transaction, stack), replace(PLENTY, applications_per_unit=most)
        joined = replace(intake, effect=effect)
        async with filled_form_batches.drafted(
            await effect.begun(), joined, received, quotas, dry_run=False
        ) as outcomes:
            return outcomes


async def test_a_quota_that_fills_up_refuses_the_rest_and_keeps_what_had_room(world: World) -> None:
    place = await district(world)
    intake = place.intake(Role.UNIT)
    received = await filled_form_batches.receive(intake, place.campaign.id, forms("甲", "乙", "丙"), [])
    first, *others = await drafted(intake, received, 1)
    assert first.drafted is not None
    assert [(type(each.refused), each.drafted) for each in others] == [(InsufficientStorage, None)] * 2
    assert await drafts(world, place) == 1
    assert await states(world, 6) == [FileState.RESERVED] * 4 + [FileState.STORED] * 2


async def test_an_allowance_that_is_used_up_refuses_the_rest(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    place = await district(world)
    intake = place.intake(Role.UNIT)
    breaking(monkeypatch, intake, 3, LimitReached(PROCESSING_USED_UP(maximum=1, hours=1), retry_after=7))
    received = await filled_form_batches.receive(intake, place.campaign.id, forms("甲", "乙", "丙"), [])
    assert [each.refused and each.refused.retry_after for each in received] == [None, 7, 7]
    first, *others = await drafted(intake, received, 9)
    assert (first.drafted is not None, [each.drafted for each in others]) == (True, [None, None])
    assert await drafts(world, place) == 1


async def test_what_breaks_a_batch_off_condemns_all_that_arrived(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    place = await district(world)
    intake = place.intake(Role.UNIT)
    breaking(monkeypatch, intake, 4, Unavailable(retry_after=1))
    with pytest.raises(Unavailable):
        await filled_form_batches.receive(intake, place.campaign.id, forms("甲", "乙"), [])
    assert await states(world, 2) == [FileState.CONDEMNED] * 2


async def test_all_files_count_as_handed_in_at_one_instant(world: World) -> None:
    place = await district(world)
    received = await filled_form_batches.receive(place.intake(Role.UNIT), place.campaign.id, forms("甲", "乙"), [])
    assert len({each.received.arrival.at for each in received if each.received}) == 1
