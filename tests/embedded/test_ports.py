"""SeaweedFS takes two ports for each that it is told: the ports chosen for it must not meet each other's second."""

from pathlib import Path

import pytest

from app.embedded import home
from app.embedded.home import Home

ALSO = 10_000


def test_no_port_is_the_neighbour_of_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offered = iter([40_000, 50_000, 30_000, 40_000, 41_000])
    monkeypatch.setattr(home, "_offered", lambda: next(offered))
    monkeypatch.setattr(home, "_is_free", lambda _port: True)
    assert Home(tmp_path).free_ports(("s3", "volume"), also=ALSO) == {"s3": 40_000, "volume": 41_000}


def test_a_remembered_port_that_meets_another_is_chosen_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.write_private(tmp_path / "ports.json", {"s3": 40_000, "volume": 50_000})
    monkeypatch.setattr(home, "_offered", lambda: 41_000)
    monkeypatch.setattr(home, "_is_free", lambda _port: True)
    assert Home(tmp_path).free_ports(("s3", "volume"), also=ALSO) == {"s3": 40_000, "volume": 41_000}
