"""The parties of a campaign besides those who apply, with the names that its sentences and forms have for them."""

from pydantic import Field

from app.inputs import Input, Name

RECOMMENDER = "党（工）委"
"""Word for those who recommend cases, where the notice has no other."""


class Organizer(Input):
    """Office that runs the campaign and answers questions about it."""

    name: Name = Field(description="主办单位", examples=["路北区精神文明建设委员会办公室"])
    short_name: Name = Field(description="简称, as every sentence about the campaign has it.", examples=["路北文明办"])
    contact_name: Name = Field(description="联系人", examples=["张弓"])
    phone: Name = Field(description="联系电话", examples=["3724062"])
    email: Name = Field(description="邮箱", examples=["lbwmb@126.com"])


class Receiver(Input):
    """Authority that the best cases are nominated to (择优推荐)."""

    name: Name = Field("市精神文明建设委员会办公室", description="接收推荐的单位")
    short_name: Name = Field("市文明办", description="简称, as every sentence about the campaign has it.")
