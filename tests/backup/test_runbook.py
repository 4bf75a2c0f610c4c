"""The commands of docs/operations.md for a backup, a restore and an upgrade, run as they are written there."""

import re
from pathlib import Path

import pytest

from tests.world.ports import free_port
from tests.world.program import IN_A_FOLDER, OPERATIONS, PASSWORD, environment, run, serving


@pytest.mark.thorough  # servers are started three times, as an operator does
def test_what_is_backed_up_is_verified_restored_and_released_as_written(tmp_path: Path) -> None:
    each_month, restore, release, trial_of_an_upgrade = re.findall(r"```sh restore\n(.*?)```", OPERATIONS, re.DOTALL)
    assert trial_of_an_upgrade == each_month
    places = {"TARGET": str(tmp_path / "backups"), "KEPT_SECRETS": str(tmp_path / IN_A_FOLDER / "old/secrets")}
    with serving(tmp_path / IN_A_FOLDER / "old") as program:
        program.post("activations", code=program.invite("clerk"), password=PASSWORD)
        verified = run(each_month, program.environment | places)
    assert verified.splitlines()[0].startswith("Backup ")
    restored = run(restore, environment(tmp_path / IN_A_FOLDER / "new", free_port()) | places)
    assert restored.splitlines()[-1].startswith("Everybody has to sign in again.")
    with serving(tmp_path / IN_A_FOLDER / "new") as program:
        run(release, program.environment)
        assert program.post("sessions", username="clerk", password=PASSWORD)["token"]
        assert run("pinpai doctor", program.environment) == "Everything is in order.\n"
