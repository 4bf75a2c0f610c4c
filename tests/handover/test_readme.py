"""The example as its README says it is run."""

import asyncio
import re
import sys
from pathlib import Path

import pytest

from app.settings import Settings
from tests.handover.both_sides import District
from tests.handover.processes import EXAMPLE, ROOT, environment, running, worker
from tests.world import World
from tests.world.handover import nominating

BIN = Path(sys.executable).parent


@pytest.mark.thorough
async def test_the_tour_of_the_readme_runs_as_written(
    world: World, district: District, settings: Settings, tmp_path: Path
) -> None:
    await nominating(world)
    tour = "".join(re.findall(r"```bash tour\n(.*?)```", (EXAMPLE / "README.md").read_text("utf-8"), re.DOTALL))
    places = {
        "http://127.0.0.1:8000": district.url,
        ":9000": f":{district.front_port}",
        "--port 9000": f"--port {district.front_port}",
    }
    places |= {".venv/bin/": f"{BIN}/", "examples/": f"{ROOT}/examples/"}
    for written, here in places.items():
        tour = tour.replace(written, here)
    async with running(worker(settings, tmp_path, **district.settings)):
        values = environment(settings, **district.settings)
        shell = await asyncio.create_subprocess_exec(
            "bash", "-euo", "pipefail", "-c", tour, cwd=tmp_path, env=values, stdout=-1, stderr=-1
        )
        output, errors = await shell.communicate()
    assert errors.decode() == ""
    probed, status, compared = output.decode().splitlines()
    assert (probed, status) == ("204", "accepted")
    assert '"agrees": true' in compared
