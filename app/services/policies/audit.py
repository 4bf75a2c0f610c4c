"""Every event there is, with its words; and how much of it the office reads."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from app.services import policies
from app.services.policies import Act, Event


def _declared() -> Iterator[Any]:
    """Walk everything that the modules of the regulation declare."""
    for module in pkgutil.walk_packages(policies.__path__, f"{policies.__name__}."):
        if module.name != __name__:
            yield from vars(import_module(module.name)).values()


_ACTS = [value for value in _declared() if isinstance(value, Act)]
_EVENTS = [act.event for act in _ACTS] + [value for value in _declared() if isinstance(value, Event)]
EVENTS = {event.code: event for event in sorted(_EVENTS, key=lambda event: event.code)}

HANDED_IN = frozenset(code for code, event in EVENTS.items() if event.handed_in)
"""The events on what others work on that hand something in, or decide on it; the rest is work in between."""

INWARD = frozenset(act.event.code for act in _ACTS if act.inward)
"""The owners' own business, of which nobody else is to learn even that it happened."""
