from app.services.notifying.occasions import SAID_OF
from app.services.policies.notifying.notifications import ANNOUNCED


def test_every_subject_that_is_told_of_has_its_owners() -> None:
    assert {event.partition(".")[0] for event in ANNOUNCED} == set(SAID_OF)
