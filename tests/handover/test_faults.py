"""Faults on the way of the messages: afterwards both sides hold the same."""

import asyncio
import random
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from app.settings import Settings
from tests.handover.between import after, drop_by_drop, instead, killing, never
from tests.handover.both_sides import BothSides, District, Figures, both_sides
from tests.handover.processes import patient_worker, running, worker
from tests.world import World
from tests.world.handover import NOMINATIONS
from tests.world.receiver import Received, endless, hang_up, status

DAY = timedelta(days=1)


@pytest.mark.thorough
async def test_whatever_goes_wrong_on_the_way(
    world: World, district: District, settings: Settings, tmp_path: Path
) -> None:
    async with both_sides(world, district, tmp_path, cases=10, answers="received,accepted") as sides:
        spoil(sides)
        await sides.nominate(*range(10))
        async with running(worker(settings, tmp_path, **district.settings)):
            await sides.settle()
            sides.between.faults += [instead(hang_up), after(hang_up)]
            await sides.withdraw(3)
            await sides.settle()
        report(figures := await sides.agree("received", "accepted"))
        check(figures, sides, written=11)
        assert await sides.failures() == {"refused", "redirected", "broken_answer", "timed_out"}


def spoil(sides: BothSides) -> None:
    """One fault for each of the first messages; of those that are spoilt `after`, the receiver has taken note."""

    async def kill() -> None:
        await sides.program.kill()
        sides.between.talks.add(asyncio.ensure_future(sides.restart()))

    sides.between.faults += [
        instead(status(500)),
        instead(status(429, Retry_After="30")),
        instead(status(307, Location="http://127.0.0.1:1/hooks")),
        instead(hang_up),
        after(status(503)),
        after(hang_up),
        after(endless),
        never,
        drop_by_drop,
        killing(kill),
    ]


@pytest.mark.thorough
async def test_a_season_of_accidents(world: World, district: District, settings: Settings, tmp_path: Path) -> None:
    chance = random.Random(2015)
    async with both_sides(world, district, tmp_path, cases=30, answers="received,accepted,decided") as sides:
        for _ in range(6):
            spoil(sides)
        chance.shuffle(sides.between.faults)
        async with running(*(worker(settings, tmp_path, **district.settings) for _ in range(2))):
            await sides.nominate(*range(15))
            await sides.settle()
            await sides.restart(answers="received,returned")
            await sides.nominate(*range(15, 30))
            await sides.settle()
            await sides.restart(answers="received,accepted,decided")
            for which in range(15, 30):
                await (sides.revise(which) if chance.random() < 0.7 else sides.withdraw(which))
            await sides.settle()
        report(figures := await sides.agree())
        check(figures, sides, written=figures.written)
        assert figures.written > 50


def check(figures: Figures, sides: BothSides, *, written: int, silent: int = 0) -> None:
    """Compare the figures with the observed messages; `silent` events send none."""
    between = sides.between
    assert not between.faults
    # one that dies may have noted more than it could say it has
    assert repeated(between.taken) <= figures.recognised <= repeated(between.came)
    # on a slow machine an attempt may time out before the other side has read it
    assert 0 <= figures.attempted - len(between.came) <= figures.timed_out
    told = figures.attempted, figures.timed_out, figures.recognised
    expected = Figures(written, written, written - silent, *told, missing=0)
    assert figures == expected, sides.log_of_worker()


def repeated(messages: list[Received]) -> int:
    return len(messages) - len({message.id for message in messages})


def report(figures: Figures) -> None:
    sys.stdout.write(f"{figures}\n")


@pytest.mark.thorough
async def test_a_worker_waits_for_an_answer_as_long_as_in_earnest(
    world: World, district: District, settings: Settings, tmp_path: Path
) -> None:
    async with both_sides(world, district, tmp_path, cases=3) as sides:
        sides.between.faults += [never, drop_by_drop, instead(status(500))]
        await sides.nominate(0, 1, 2)
        async with running(patient_worker(settings, tmp_path, **district.settings)):
            await sides.settle()
        check(await sides.agree("received"), sides, written=3)


@pytest.mark.thorough
@pytest.mark.parametrize("off", [True, False], ids=["its machine is off", "the way to it is cut"])
async def test_a_receiver_that_is_away_for_a_day(
    world: World, district: District, settings: Settings, tmp_path: Path, off: bool
) -> None:
    async with both_sides(world, district, tmp_path, cases=2, start=not off) as sides:
        sides.between.cut = True
        async with running(worker(settings, tmp_path, **district.settings)):
            await sides.nominate(0, 1)
            while sides.waited < DAY:
                await asyncio.sleep(0.05)
                await sides.let_time_pass()
            await sides.withdraw(1)
            assert sides.held("SELECT * FROM nominations") == []
            sides.between.cut = False
            if off:
                await sides.restart()
            await sides.settle()
        report(figures := await sides.agree("received"))
        check(figures, sides, written=3)
        assert figures.attempted >= 2 * 8  # the last of the second may be due when it is withdrawn


@pytest.mark.thorough
async def test_a_worker_that_dies_with_a_message_on_its_way(
    world: World, district: District, settings: Settings, tmp_path: Path
) -> None:
    async with both_sides(world, district, tmp_path, cases=1) as sides:
        await sides.nominate(0)
        first, second = (worker(settings, tmp_path, **district.settings) for _ in range(2))
        sides.between.faults.append(killing(first.kill))
        async with running(first):
            await first.ended()
            async with running(second):
                await sides.settle()
        figures = await sides.agree("received")
    assert (figures.attempted, figures.recognised, figures.missing) == (1, 1, 0)


@pytest.mark.thorough
async def test_what_is_returned_comes_again_corrected(
    world: World, district: District, settings: Settings, tmp_path: Path
) -> None:
    async with both_sides(world, district, tmp_path, cases=2, answers="received,returned") as sides:
        await sides.nominate(0, 1)
        path = f"{NOMINATIONS}/{sides.nominations[1]['id']}"
        etag = {"If-Match": sides.nominations[1]["etag"]}
        assert (await sides.place.by_office.patch(path, json={"position": 7}, headers=etag)).status_code == 200
        async with running(worker(settings, tmp_path, **district.settings)):
            await sides.settle()
            await sides.restart(answers="received,accepted,decided")
            await sides.revise(0)
            await sides.settle()
        figures = await sides.agree()
        check(figures, sides, written=5, silent=1)
        kinds = [await sides.answers_to(each) for each in sides.nominations]
        assert kinds == [["received", "returned"]] * 2 + [["received", "accepted", "decided"]]
        held = sides.held("SELECT revision, position, stands FROM nominations ORDER BY revision, position")
        assert [tuple(row) for row in held] == [(1, 1, 0), (1, 7, 1), (2, 1, 1)]


@pytest.mark.thorough
async def test_an_address_that_is_gone_and_looks_by_itself(
    world: World, district: District, settings: Settings, tmp_path: Path
) -> None:
    async with both_sides(world, district, tmp_path, cases=2) as sides:
        sides.between.faults.append(instead(status(410)))
        await sides.nominate(0)
        async with running(worker(settings, tmp_path, **district.settings)):
            await sides.settle_here()
            await sides.nominate(1)
            await sides.settle_here()
            assert await sides.look() == (0, [True])
            await sides.redeliver_all()
            await sides.settle()
        figures = await sides.agree("received")
    assert (figures.written, figures.messages, figures.attempted, figures.missing) == (2, 1, 2, 0)
