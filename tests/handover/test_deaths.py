"""The example may be killed at any moment: started again, it goes on, and nothing is lost or done twice."""

import asyncio
import random
import signal
import sys
from itertools import count
from pathlib import Path

import pytest

from app.chain import number
from app.settings import Settings
from tests.handover.both_sides import BothSides, District, both_sides
from tests.handover.processes import mortal_receiver, running, worker
from tests.world import World
from tests.world.chain import loose


@pytest.mark.thorough
async def test_a_receiver_that_dies_again_and_again(
    world: World, district: District, settings: Settings, tmp_path: Path
) -> None:
    async with both_sides(world, district, tmp_path, cases=2, start=False, answers="received,accepted") as sides:
        sides.given["pause"] = "0.5"
        workers = [worker(settings, tmp_path, **district.settings) for _ in range(2)]
        await sides.nominate(0, 1)
        async with running(*workers):
            lives: list[int] = []
            living = asyncio.create_task(live_and_die(sides, lives))
            await sides.settle()
            await sides.withdraw(0)
            await sides.settle()
            living.cancel()
        figures = await sides.agree("received", "accepted")
    sys.stdout.write(f"{len(lives)} deaths: {figures}\n")
    assert lives
    assert (figures.written, figures.read, figures.messages, figures.missing) == (3, 3, 3, 0)


async def live_and_die(sides: BothSides, lives: list[int]) -> None:
    """One life after the other, each a little way on; how far each went."""
    chance = random.Random(4)
    while True:
        point = chance.randint(8, 40)
        sides.program = mortal_receiver(sides.folder, str(point), sides.between.beyond, **sides.given)
        await sides.program.start()
        await sides.program.ended()
        lives.append(point)


@pytest.mark.thorough
async def test_a_receiver_that_dies_at_each_of_its_points(world: World, district: District, tmp_path: Path) -> None:
    async with both_sides(world, district, tmp_path, cases=1, start=False, answers="received,accepted") as sides:
        for point in count(1):
            await sides.nominate(0)
            while await sides.unnumbered():
                await number(world.database, loose())
            dying = mortal_receiver(tmp_path, str(point), 0, **sides.given)
            async with running(dying):
                killed = await dying.ended() == -signal.SIGKILL
            assert await sides.look() == (0, [True])
            if not killed:
                break
            await sides.withdraw(-1)
        figures = await sides.agree("received", "accepted")
    sys.stdout.write(f"died at each of {point - 1} points: {figures}\n")
    assert figures.missing == 0
