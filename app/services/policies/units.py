"""The unified social credit code (统一社会信用代码) of a unit, GB 32100-2015."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VALUES = {character: value for value, character in enumerate(ALPHABET)}
WEIGHTS = [pow(3, position, 31) for position in range(17)]


def credit_code_check_digit(first17: str) -> str:
    """Compute the eighteenth character; ValueError unless the seventeen before it are of the alphabet."""
    if len(first17) != len(WEIGHTS) or not VALUES.keys() >= set(first17):
        raise ValueError("a credit code begins with 17 characters of its alphabet")
    total = sum(VALUES[character] * weight for character, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def credit_code_is_valid(code: str) -> bool:
    """Tell whether the code is exactly 18 characters of the alphabet and the last one checks the others."""
    return (
        len(code) == len(WEIGHTS) + 1 and VALUES.keys() >= set(code) and credit_code_check_digit(code[:-1]) == code[-1]
    )
