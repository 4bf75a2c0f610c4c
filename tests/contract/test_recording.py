"""The demonstration, played and recorded: what the contract's examples are taken from.

`make examples` writes them; without it the test compares what a new recording would give with what is committed.
"""

import json
import os
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI

from app.api.http.examples import RECORDED as PATH
from app.services import jobs
from app.services.handover import nominations
from app.settings import Settings
from tests.contract.choosing import chosen
from tests.contract.recorder import Recorder
from tests.demo.served import beside, in_the_morning, played, served
from tests.handover.processes import running
from tests.scenarios.acts import CHAPTERS
from tests.world import World
from tests.world.handover import NOMINATIONS, nominating
from tests.world.ports import free_port

Connection = Any
FLEETING = ("/nominations", "/{nomination_id}", "/{award_id}")
"""Addresses of what is in some state for a moment only: they are read after every act."""
PLAYS = ("lubei-2015", "sample-2025")


@pytest.mark.thorough
async def test_a_new_recording_has_the_same_examples(
    world: World, emptying: Connection, settings: Settings, tmp_path: Path
) -> None:
    recorder = Recorder(world.contract)
    await record_plays(recorder, world, settings, tmp_path)
    recorder.listen(world.app)
    for name in CHAPTERS:
        await emptying.execute("SELECT pg_temp.empty()")
        await record_acts(recorder, world, name)
    await emptying.execute("SELECT pg_temp.empty()")
    await record_pushing(recorder, world)
    examples = chosen(world.contract.document, recorder.worlds)
    committed = json.loads(PATH.read_text("utf-8"))
    if "PINPAI_RECORD" in os.environ:
        PATH.write_text(json.dumps(examples, ensure_ascii=False, indent=1) + "\n", "utf-8")
    else:
        assert examples.keys() == committed.keys(), "record them anew: make examples"


async def record_plays(recorder: Recorder, world: World, settings: Settings, folder: Path) -> None:
    """Play both campaigns on one server, and let everybody look at what there is after each."""
    push_to, apps = f"127.0.0.1:{free_port()}", list[FastAPI]()
    morning = in_the_morning(settings, webhook_hosts=(push_to,))
    async with served(morning, apps.append) as url, running(beside(morning, folder)):
        recorder.listen(*apps)
        for template in PLAYS:
            recorder.begin()
            await played(world, url, push_to, [], folder / template, template=template)
            await recorder.read_everything(*apps)


async def record_acts(recorder: Recorder, world: World, chapter: str) -> None:
    """Do everything else once that changes something, and look."""
    recorder.begin()
    stage = await CHAPTERS[chapter].prepared(world)
    for act in CHAPTERS[chapter].ACTS.values():
        assert (await act(stage)).is_success
        await recorder.read_everything(world.app, ending=FLEETING, people=3)
    await recorder.read_everything(world.app)


async def record_pushing(recorder: Recorder, world: World) -> None:
    """Look at a nomination on its way, arrived and acknowledged: each is for a moment only."""
    recorder.begin()
    place = await nominating(world)
    nomination = await place.nominated()
    for step in (nominations.send, nominations.arrive):
        async with jobs.acting(world.database) as ctx:
            await step(ctx, UUID(nomination["id"]))
        await place.by_office.get(f"{NOMINATIONS}/{nomination['id']}")
    assert (await place.answer(nomination, "received")).is_success
    await place.by_office.get(f"{NOMINATIONS}/{nomination['id']}")
