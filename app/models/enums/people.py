"""Vocabularies of people and organisations."""

from app.models.enums.words import Labelled


class Role(Labelled):
    """Role of an account."""

    OFFICE = "office", "主办单位"
    COMMITTEE = "committee", "党（工）委"
    UNIT = "unit", "文明单位"
    REVIEWER = "reviewer", "评委"
    MUNICIPAL = "municipal", "推荐接收系统"
    PUBLIC = "public", "公众"


class CreditCodeDoubt(Labelled):
    """Doubt about a unit's credit code, until the office confirms it."""

    CHECK_DIGIT = "check_digit", "校验码不符"
    IDENTITY_NUMBER = "identity_number", "像居民身份证号"


class OrganisationStatus(Labelled):
    """State of a committee or a unit; a retired one keeps its past."""

    ACTIVE = "active", "在用"
    RETIRED = "retired", "已停用"


class ImportOutcome(Labelled):
    """Effect of an import on one of its rows."""

    CREATED = "created", "新增"
    UPDATED = "updated", "更新"
    UNCHANGED = "unchanged", "未变"


class AccountStatus(Labelled):
    """State of an account."""

    INVITED = "invited", "待激活"
    ACTIVE = "active", "正常"
    DISABLED = "disabled", "已停用"


class FactorKind(Labelled):
    """Kind of a second factor."""

    TOTP = "totp", "动态口令"
    PASSKEY = "passkey", "通行密钥"


class Assurance(Labelled):
    """The proof a session was opened with; a pending one waits for the second factor and opens nothing yet."""

    PENDING = "pending", "待二次验证"
    ONE_FACTOR = "one_factor", "单因素"
    TWO_FACTORS = "two_factors", "双因素"
