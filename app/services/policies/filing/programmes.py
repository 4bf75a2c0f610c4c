"""The regulation of programmes (系列活动): which campaigns one notice has together, as its entries and batches."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple, Self
from uuid import UUID

from pydantic import Field, model_validator

from app.findings import Finding, Rule
from app.inputs import Input, Line, Name
from app.models.enums import CampaignStatus, labels
from app.services.policies import UNKNOWN_REFERENCE, Event
from app.services.policies.filing.campaigns import HURTFUL_CHANGE
from app.services.policies.filing.limit_settings import Cases

Effect = Annotated[Literal["refused", "advised"], Field(json_schema_extra=labels("不受理", "提示"))]
REACHING = ("entries_per_unit", "one_batch", "minimum_filed", "maximum_filed")
"""Settings that look at several campaigns."""
MOST_CAMPAIGNS = 60
"""Campaigns of one programme: every month of five years."""

LONGEST_NAME = 200
"""Characters of a campaign's name, as its settings have it."""

SAME_LABELS = Rule(
    "same_labels",
    "已有“{name}”属于同一参评类别和批次，请以参评类别或批次区分。",
    "“{name}” is of the same entry and batch: tell them apart by one of the two.",
)
IN_ANOTHER = Rule(
    "in_another_programme", "“{name}”已列入另一系列活动。", "“{name}” belongs to another programme already."
)
STAYS_IN = Rule(
    "stays_in_programme",
    "“{name}”已发布，不能移出系列活动。",
    "“{name}” is published, and stays in its programme.",
)
COMES_TOO_LATE = Rule(
    "joins_programme_late",
    "“{name}”已发布，不能编入对各类别、各批次另有规定的系列活动。",
    "“{name}” is published: it cannot come into a programme with rules for all of its campaigns.",
)
TOO_MANY_CAMPAIGNS = Rule(
    "too_many_campaigns",
    "系列活动共 {count} 项活动，最多 {maximum} 项。",
    "The programme would have {count} campaigns; at most {maximum} are possible.",
)
HAS_CAMPAIGNS = Rule(
    "has_campaigns", "系列活动尚有 {count} 项活动，不能删除。", "It has {count} campaigns and cannot be deleted."
)
DATES_MISFIT = Rule(
    "dates_misfit",
    "日期顺延后与活动年度或先后次序不符。",
    "Moved so far, the dates do not fit the campaign's year, or each other.",
)

CREATED = Event("programme.created", "创建系列活动", "Began the programme")
EDITED = Event("programme.edited", "修改系列活动", "Changed the programme")
ARRANGED = Event("programme.arranged", "编排系列活动", "Arranged its campaigns")
DELETED = Event("programme.deleted", "删除系列活动", "Deleted the programme")
PLACED = Event("campaign.placed", "编入或移出系列活动", "Gave it a place in a programme, or took it")


class EntriesPerUnit(Input):
    """The most kinds of entry that a unit takes part in."""

    most: Annotated[int, Field(strict=True, ge=1, le=20)] = Field(description="At most.", examples=[1])
    effect: Effect = Field("refused", description="Effect: a further one is refused, or pointed at.")


class ProgrammeSettings(Input):
    """A notice of several campaigns (系列活动): what holds for all of them."""

    title: Annotated[Line, Field(max_length=200)] = Field(
        description="通知标题", examples=["关于开展2025年度文明创建品牌征集活动的通知"]
    )
    year: Annotated[int, Field(strict=True, ge=2000, le=2100)] = Field(description="年度", examples=[2025])
    document_number: Name | None = Field(None, description="发文字号", examples=["青川文明办〔2025〕3号"])
    organizer: Name = Field(description="主办单位", examples=["青川区文明办"])
    entries_per_unit: EntriesPerUnit | None = Field(
        None, description="每个单位最多参评的类别数; null: no limit.", examples=[{"most": 1, "effect": "refused"}]
    )
    one_batch: Effect | None = Field(
        None,
        description="同一品牌不得同时参加两批: a unit's brand in two open campaigns of one kind of entry is refused, "
        "or pointed at; null: neither.",
        examples=["refused"],
    )
    minimum_filed: Cases | None = Field(
        None,
        description="最低上报件数 of each committee in all campaigns together, that progress counts to; null: none.",
        examples=[2],
    )
    maximum_filed: Cases | None = Field(
        None, description="最高上报件数 of each committee in all campaigns together; null: no limit.", examples=[5]
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.maximum_filed and self.maximum_filed < (self.minimum_filed or 0):
            raise self.contradiction("cases filed: maximum is below minimum", "maximum_filed")
        return self

    @property
    def reaching(self) -> bool:
        """Return true if a rule of it looks at several campaigns."""
        return any(getattr(self, name) is not None for name in REACHING)


class Labels(NamedTuple):
    """The kind of entry and the batch that a campaign is of, in the words of the notice."""

    entry: str | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A campaign that is to have a place in a programme; `pointer` leads to it in the request."""

    pointer: str
    name: str
    status: CampaignStatus
    programme_id: UUID | None
    labels: Labels


def renamed(name: str, old: Labels, new: Labels) -> str:
    """Return a copy's name: it says its own entry and batch where the name it was copied from said those of that."""
    for before, after in zip(old, new, strict=True):
        if before and after:
            name = name.replace(before, after)
    return name[:LONGEST_NAME]


def label_findings(campaigns: Sequence[Placed]) -> list[Finding]:
    """Require campaigns of one programme that differ in their entry or batch."""
    first: dict[Labels, Placed] = {}
    again = [(each, first.setdefault(each.labels, each)) for each in campaigns]
    return [SAME_LABELS(each.pointer, name=other.name) for each, other in again if other is not each]


def number_findings(pointer: str, count: int) -> list[Finding]:
    """Require no more campaigns than one list takes."""
    if count <= MOST_CAMPAIGNS:
        return []
    return [TOO_MANY_CAMPAIGNS(pointer, count=count, maximum=MOST_CAMPAIGNS)]


def change_findings(old: ProgrammeSettings, new: ProgrammeSettings, *, published: bool) -> list[Finding]:
    """Return the changes that could hurt somebody who relied on the rules, once a campaign is published."""
    hurtful = {
        "/entries_per_unit": _fewer(old.entries_per_unit, new.entries_per_unit),
        "/one_batch": _EFFECTS.index(new.one_batch) > _EFFECTS.index(old.one_batch),
        "/minimum_filed": (new.minimum_filed or 0) > (old.minimum_filed or 0),
        "/maximum_filed": new.maximum_filed is not None
        and (old.maximum_filed is None or new.maximum_filed < old.maximum_filed),
    }
    return [HURTFUL_CHANGE(pointer) for pointer, hurts in hurtful.items() if hurts and published]


_EFFECTS = (None, "advised", "refused")


def _fewer(old: EntriesPerUnit | None, new: EntriesPerUnit | None) -> bool:
    if new is None or new.effect == "advised":
        return False
    return old is None or old.effect == "advised" or new.most < old.most


def arrangement_findings(
    programme_id: UUID, named: Sequence[Placed | None], left_out: Sequence[Placed], *, reaching: bool = False
) -> list[Finding]:
    """Return why the campaigns may not be arranged so; None stands for one that does not exist."""
    unknown = [UNKNOWN_REFERENCE(f"/campaigns/{place}/campaign_id") for place, each in enumerate(named) if each is None]
    known = [each for each in named if each is not None]
    return [
        *unknown,
        *(IN_ANOTHER(each.pointer, name=each.name) for each in known if each.programme_id not in {None, programme_id}),
        *(
            COMES_TOO_LATE(each.pointer, name=each.name)
            for each in known
            if reaching and each.programme_id is None and each.status is not CampaignStatus.DRAFT
        ),
        *(STAYS_IN(each.pointer, name=each.name) for each in left_out if each.status is not CampaignStatus.DRAFT),
        *label_findings(known),
    ]


def deletion_findings(count: int) -> list[Finding]:
    """Require a programme without campaigns."""
    return [HAS_CAMPAIGNS(count=count)] if count else []
