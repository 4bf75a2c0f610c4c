"""The unified social credit code (统一社会信用代码): its form, and the check digit of GB 32100-2015.

Codes are in use that fail the check: the standard tells what to look at again, not what a unit may be called.
"""

import re
from datetime import date

FORM = re.compile(r"[0-9A-Z]{18}", re.ASCII)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = [pow(3, position, 31) for position in range(17)]
_IDENTITY = re.compile(r"[1-8]\d{5}(?P<born>(?:19|20)\d{6})\d{3}[\dX]", re.ASCII)


def check_digit(first17: str) -> str:
    """Compute the eighteenth character; ValueError unless the seventeen before it are of the alphabet."""
    if len(first17) != len(WEIGHTS) or not VALUES.keys() >= set(first17):
        raise ValueError("a credit code begins with 17 characters of its alphabet")
    total = sum(VALUES[character] * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def is_valid(code: str) -> bool:
    """Return true if the code is exactly 18 characters of the alphabet and the last one checks the others."""
    return len(code) == len(WEIGHTS) + 1 and VALUES.keys() >= set(code) and check_digit(code[:-1]) == code[-1]


def is_identity_number(code: str) -> bool:
    """Return true if it looks like a citizen's identity number, by the date of birth in it."""
    match = _IDENTITY.fullmatch(code)
    try:
        return bool(match and date.fromisoformat(match["born"]))
    except ValueError:
        return False
