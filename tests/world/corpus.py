"""A made corpus: honest texts that have no more in common than the set phrases of the field."""

from random import Random

from tests.world import NARRATIVE

CHARACTERS = [chr(each) for each in range(0x4E00, 0x4E00 + 3000)]
SET_PHRASES = ("社会主义核心价值观", "为深入贯彻落实", "精神文明建设", "广大居民群众", "取得了良好成效")


def honest(seed: int, length: int = 2000) -> str:
    """Write a text of its own."""
    random, text = Random(seed), ""
    while len(text) < length:
        text += "".join(random.choices(CHARACTERS, k=random.randint(8, 30))) + random.choice(SET_PHRASES) + "，"
    return text[:length]


def narrative(seed: int) -> dict[str, str]:
    """Write the three texts of 附件2."""
    return {name: honest(100 * seed + place, len(text)) for place, (name, text) in enumerate(NARRATIVE.items())}
