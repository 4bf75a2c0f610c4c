"""Every operation that changes something, once each, by chapters."""

from typing import Any

import pytest

from tests.scenarios import acts_of_filing, acts_of_handover, acts_of_judging

CHAPTERS: dict[str, Any] = {"filing": acts_of_filing, "judging": acts_of_judging, "handover": acts_of_handover}
"""Each with the `ACTS` of an operation's name, in an order in which each finds what it needs, and how to prepare."""
EACH_CHAPTER = pytest.mark.parametrize(
    "chapter", [pytest.param(name, marks=() if name == "handover" else pytest.mark.thorough) for name in CHAPTERS]
)
"""A test of each chapter; the shortest is quick."""
CHANGES_NOTHING = {
    *("compareNominationManifest", "askForPasskey", "issueTickets", "moveSessionToCookie"),
    "beginSignOn",
    *("markOrganisationList", "markAccountList", "markEarlierWinList", "markFigureList"),
    "tryPaperTemplate",
}
"""A question that is too long for an address: asked by POST, and leaving neither a row nor a trace.

The question to a passkey, or the beginning of a sign-on, leaves one for minutes, of nobody and about nothing. A session
that moves into a cookie stays the one it was, under another token.
"""
