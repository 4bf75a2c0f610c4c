"""The part of a campaign's settings that lists what rules a case out (负面清单)."""

from typing import Annotated

from pydantic import Field

from app.inputs import Code, Input, Name, Prose

MOST_VETOES = 20


class VetoItem(Input):
    """An item of the veto list: a case of which it is found is not accepted."""

    code: Code = Field(description="Stable code; a reason of the decision where it was found.", examples=["accident"])
    name: Name = Field(description="名称", examples=["发生重大安全事故"])
    name_en: Annotated[Prose, Field(max_length=100)] = Field(
        "", description="Name in English; empty for none.", examples=["Serious accident"]
    )
    description: Annotated[Prose, Field(max_length=500)] = Field(
        "", description="认定标准", examples=["近两年内发生较大以上安全生产责任事故。"]
    )

    @property
    def names(self) -> dict[str, str]:
        """Its name in each language, for a sentence."""
        return {"name": self.name, "name_en": self.name_en or self.name}
