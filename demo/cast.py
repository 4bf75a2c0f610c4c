"""The cast: people with accounts of their own, invited, activated and signed in as everybody is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from demo import content
from demo.client import Client, Response
from demo.errors import CannotPlay
from demo.narrator import Narrator


@dataclass(frozen=True)
class Person:
    """A person who is signed in, with a narrator of their acts."""

    name: str
    username: str
    client: Client
    narrator: Narrator

    def ask(self, method: str, path: str, body: Any = None, **more: Any) -> Response:
        """Send something that must be answered well, without a word."""
        answer = self.client.send(method, path, body, **more)
        if answer.refused:
            raise CannotPlay(f"{self.name} was refused, against the script: {_outcome(answer)}")
        return answer

    def act(self, deed: str, method: str, path: str, body: Any = None, **more: Any) -> Response:
        """Do something that must succeed, and print it."""
        self.narrator.tell(f"{self.name} {deed}")
        answer = self.ask(method, path, body, **more)
        self.narrator.answered(answer)
        return answer

    def fail(self, deed: str, code: str, method: str, path: str, body: Any = None, **more: Any) -> Response:
        """Do something that must be refused for this reason, and show the sentences of the refusal."""
        self.narrator.tell(f"{self.name} {deed}")
        answer = self.client.send(method, path, body, **more)
        if not answer.refused or code not in {reason.code for reason in answer.reasons}:
            raise CannotPlay(f"{self.name} was to be refused ({code}), against which: {_outcome(answer)}")
        self.narrator.refused(answer)
        return answer


def _outcome(answer: Response) -> str:
    why = "; ".join(f"{reason.code}: {reason.sentence}" for reason in answer.reasons) if answer.refused else "done"
    return f"{answer.request} → {answer.status} {why}"


@dataclass(frozen=True)
class UnitPlayer:
    """A unit at its keyboard; the seed writes its application and takes its pictures."""

    person: Person
    unit: content.Unit
    unit_id: str
    seed: int


@dataclass(frozen=True)
class CommitteePlayer:
    """A committee's liaison at the keyboard, with the units that play."""

    person: Person
    committee: content.Committee
    committee_id: str
    unit_ids: Mapping[str, str]
    units: list[UnitPlayer]


@dataclass(frozen=True)
class JudgePlayer:
    """A judge at the keyboard, and the account by which the office names them."""

    person: Person
    who: content.JudgeProfile
    account_id: str


@dataclass(frozen=True)
class Door:
    """The sign-in. All demonstration accounts of one run have the password that was drawn for it.

    The confirmer is a second clerk of the office, without whom nobody's account is taken over.
    """

    url: str
    password: str
    narrator: Narrator
    confirmer: Person | None = None

    def stranger(self) -> Person:
        """Somebody who has not signed in."""
        return Person("Somebody", "", Client(self.url), self.narrator)

    def enter(self, name: str, username: str, code: str) -> Person:
        """Set the password with an activation code, and sign in."""
        stranger = self.stranger()
        stranger.ask("POST", "/activations", {"code": code, "password": self.password})
        return self.sign_in(name, username)

    def sign_in(self, name: str, username: str) -> Person:
        opened = self.stranger().ask("POST", "/sessions", {"username": username, "password": self.password})
        return Person(name, username, Client(self.url, opened["token"]), self.narrator)

    def enrol(self, inviter: Person, called: str, known: Mapping[str, str], account: dict[str, Any]) -> Person:
        """Invite somebody; who played before keeps the account and gets a new code, as after a lost password."""
        account_id = known.get(account["username"])
        path = f"/accounts/{account_id}/invitation" if account_id else "/accounts"
        invitation = inviter.ask("POST", path, None if account_id else account)
        if invitation["awaits_confirmation"] and self.confirmer:
            self.confirmer.ask("POST", f"/accounts/{invitation['id']}/code-confirmation")
        return self.enter(called, account["username"], invitation["activation_code"])


def known_accounts(manager: Person) -> dict[str, str]:
    """The accounts somebody manages, by username."""
    return {account["username"]: account["id"] for account in manager.client.pages("/accounts")}


def cast_committee(door: Door, office: Person, row: Mapping[str, Any], places: int) -> CommitteePlayer:
    """Create the accounts of a committee and of its first units, each invited by its superior."""
    committee = next(each for each in content.committees() if each.name == row["name"])
    username = f"demo.{committee.code.lower()}"
    account = {"username": username, "name": committee.liaison_name, "phone": committee.liaison_phone}
    account |= {"role": "committee", "committee_id": row["id"]}
    person = door.enrol(office, committee.name, known_accounts(office), account)
    unit_ids = {unit["name"]: unit["id"] for unit in person.client.pages("/units")}
    player = CommitteePlayer(person, committee, row["id"], unit_ids, [])
    known = known_accounts(person)
    player.units.extend(_cast_unit(door, player, known, number) for number in range(places))
    return player


def _cast_unit(door: Door, player: CommitteePlayer, known: Mapping[str, str], number: int) -> UnitPlayer:
    unit = player.committee.units[number]
    username = f"{player.committee.code.lower()}.demo.{number + 1}"
    account = {"username": username, "name": unit.leader_name, "phone": unit.phone}
    account |= {"role": "unit", "unit_id": player.unit_ids[unit.name]}
    person = door.enrol(player.person, unit.name, known, account)
    return UnitPlayer(person, unit, player.unit_ids[unit.name], content.units().index(unit))
