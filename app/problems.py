"""Refusals, as RFC 9457 problem documents. The whole catalogue; this module knows nothing of HTTP frameworks."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, create_model

from app.findings import Finding, FindingOut, Rule, Sentence
from app.models.enums import FactorKind, Language, labels

URN = "urn:problem-type:pinpai:"
EXAMPLE_ID = UUID("0199b3c4-5d6e-7f80-9a1b-2c3d4e5f6071")
EXAMPLE_RULE = Rule(
    "too_few_images",
    "图片至少 {minimum} 幅，现有 {count} 幅。",
    "At least {minimum} pictures are needed; there are {count}.",
)


EXAMPLE_LIMIT = Rule(
    "too_many_at_once",
    "该账号同时进行的请求过多，最多 {maximum} 个。",
    "Too many requests of this account at once: at most {maximum}.",
)
EXAMPLE_ROOM = Rule(
    "too_many_objections",
    "每个账号对一份通报最多提出 {maximum} 项异议，其余请直接与主办单位联系。",
    "An account raises {maximum} objections to a commendation at most: turn to the office with more.",
)


class ProblemDocument(BaseModel):
    """RFC 9457 problem details. Branch on `type`; show `detail`; quote `instance` to support."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, defer_build=True)

    type: str = Field(description="Stable identifier of the problem type.", json_schema_extra={"format": "uri"})
    title: str = Field(description="Short summary of the problem type, in English, never localized.")
    status: int = Field(description="Copy of the HTTP status code.", ge=400, le=599)
    detail: str = Field(
        description="Explanation of this occurrence, in the negotiated language.",
        max_length=1000,
        examples=["未找到，或无权查看。"],
    )
    instance: str = Field(
        description="This occurrence: the request's id, also in `X-Request-Id` and in the server's log.",
        json_schema_extra={"format": "uri"},
    )


class Problem(Exception):
    """A refusal the caller can act on. Its subclasses are the API's whole error catalogue."""

    status: ClassVar[int]
    title: ClassVar[str]
    sentence: ClassVar[Sentence]
    example_params: ClassVar[dict[str, Any]] = {}

    def __init__(self, *, retry_after: int | None = None, **params: Any) -> None:
        super().__init__(self.code())
        self.params = params
        self.retry_after = retry_after

    @classmethod
    def code(cls) -> str:
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()

    @classmethod
    def members(cls) -> dict[str, Any]:
        """The extension members' types and descriptions, for the schema."""
        return {}

    def extension(self, _language: Language) -> dict[str, Any]:
        """The extension members' values, in this language."""
        return {}

    @classmethod
    def schema_name(cls) -> str:
        return cls.__name__ + "Problem"

    @classmethod
    @cache
    def schema(cls) -> type[ProblemDocument]:
        """The exact body of this problem: fixed members as literals, extension members as declared."""
        fixed = {"type": URN + cls.code(), "title": cls.title, "status": cls.status}
        members: dict[str, Any] = {
            name: (Literal[value], Field(value, description=ProblemDocument.model_fields[name].description))
            for name, value in fixed.items()
        }
        return create_model(
            cls.schema_name(), __base__=ProblemDocument, __doc__=cls.__doc__, **(members | cls.members())
        )

    def document(self, language: Language, request_id: UUID) -> dict[str, Any]:
        return {
            "type": URN + self.code(),
            "title": self.title,
            "status": self.status,
            "detail": self.sentence.say(language, **self.params),
            "instance": f"urn:uuid:{request_id}",
            **self.extension(language),
        }

    @classmethod
    def example(cls) -> dict[str, Any]:
        """Return an example that a frontend team can mock."""
        return cls(**cls.example_params).document(Language.ZH, EXAMPLE_ID)


class MalformedRequest(Problem):
    """The bytes are not a request this server can parse."""

    status, title = 400, "Malformed request"
    sentence = Sentence("请求无法解析。", "The request cannot be parsed.")


class IdempotencyKeyRequired(Problem):
    """This act must carry an `Idempotency-Key`, so that a repeated send has one effect."""

    status, title = 400, "Idempotency-Key required"
    sentence = Sentence(
        "此操作须携带 Idempotency-Key 请求头（8 至 255 个字符），以免重复提交。",
        "This act needs an Idempotency-Key header of 8 to 255 characters, so that sending it twice has one effect.",
    )


class Unauthenticated(Problem):
    """There is no valid session behind the request."""

    status, title = 401, "Authentication required"
    sentence = Sentence("请先登录。", "Sign in first.")


class CookieRefused(Problem):
    """A session's cookie came in a way in which a page of somebody else's might have sent it."""

    status, title = 403, "Cookie refused"
    sentence = Sentence(
        "会话 Cookie 不被接受：请求须来自已登记的网页来源，更改数据的请求还须携带 X-Session: cookie 请求头。",
        "The session's cookie is not accepted: a request comes from a configured origin, and one that changes something"
        " carries the header X-Session: cookie.",
    )


class PreflightRefused(Problem):
    """A browser asked whether a page may send this, and it may not: its origin, the method or a header is not allowed.

    No page reads it; it stands in the browser's tools.
    """

    status, title = 403, "Preflight refused"
    sentence = Sentence(
        "不允许该网页发出此请求：须为已登记的网页来源，且方法与请求头均在允许之列（{allowed}）。",
        "No page may send this request unless its origin is configured, and its method and headers are of these: "
        "{allowed}.",
    )
    example_params: ClassVar[dict[str, Any]] = {"allowed": "GET, POST, Authorization, Content-Type"}


class SignInRefused(Problem):
    """The name and the password do not belong together, or the account cannot sign in; we do not say which."""

    status, title = 401, "Sign-in refused"
    sentence = Sentence("用户名或密码不正确。", "The name or the password is wrong.")


class SecondStepNeeded(Problem):
    """The password is right, and the account has a second factor: go on with `POST /sessions/second-step`."""

    status, title = 401, "Second step needed"
    sentence = Sentence("密码正确，请完成二次验证。", "The password is right: now the second factor.")
    example_params: ClassVar = {
        "challenge": "Qm9w1ZkqX3v5u8y2B4E6H9KbNdRgUjXn2r5u8x_A-D0",
        "factors": [FactorKind.TOTP],
        "expires_at": "2015-09-14T15:59:59Z",
    }

    @classmethod
    def members(cls) -> dict[str, Any]:
        return {
            "challenge": (
                str,
                Field(
                    description="Send it with the code. It opens nothing by itself.",
                    max_length=100,
                    examples=["Qm9w1ZkqX3v5u8y2B4E6H9KbNdRgUjXn2r5u8x_A-D0"],
                ),
            ),
            "factors": (
                list[FactorKind],
                Field(description="Kinds of factors the account has; a recovery code will do, too.", max_length=2),
            ),
            "expires_at": (
                str,
                Field(description="The challenge ends then.", json_schema_extra={"format": "date-time"}),
            ),
        }

    def extension(self, _language: Language) -> dict[str, Any]:
        return {name: self.params[name] for name in self.members()}


class Forbidden(Problem):
    """You may see it, but this act is not yours."""

    status, title = 403, "Not permitted"
    sentence = Sentence("您的角色无权执行此操作。", "This act is not open to your role.")


class SeatNotOpen(Problem):
    """`Act-For` names no seat that you may take: there is none, it is another's, or it was revoked.

    A seat on paper ends as soon as anybody there uses an account. `GET /seats` lists yours.
    """

    status, title = 403, "Seat not open"
    sentence = Sentence(
        "没有这个席位，或不由您使用，或已收回（本人账号一经启用，代录即终止）。",
        "No such seat is yours to take: another's, or revoked; one on paper ends with the first account there.",
    )


class SecondFactorRequired(Problem):
    """Your role needs a second factor, and this session was opened without one: it may only add one.

    Open are `GET /account`, `GET` and `DELETE /session`, and everything under `/account/factors`; once a factor is
    confirmed, the session is an ordinary one.
    """

    status, title = 403, "Second factor required"
    sentence = Sentence(
        "您的角色须启用二次验证，请先添加一种验证方式。", "Your role needs a second factor: add one first."
    )


class ReauthenticationRequired(Problem):
    """The protection of an account is changed only in a session that proved its identity in the last ten minutes.

    Ask for the password, and the second factor if there is one, and send them to `POST /session/reauthentication`; then
    repeat the request.
    """

    status, title = 403, "Recent authentication required"
    sentence = Sentence("请再次验证身份后重试。", "Prove your identity again, then repeat the request.")


class NotFound(Problem):
    """It does not exist, or you may not see it; we do not say which."""

    status, title = 404, "Not found"
    sentence = Sentence("未找到，或无权查看。", "Not found, or not yours to see.")


class UnknownCodeList(Problem):
    """There is no vocabulary of that name; `detail` has the names of all."""

    status, title = 404, "Unknown code list"
    sentence = Sentence("没有这一代码表。现有：{names}。", "There is no such code list, but: {names}.")
    example_params: ClassVar = {"names": "application-status, campaign-status"}


class MethodNotAllowed(Problem):
    """The path exists, but not with this method."""

    status, title = 405, "Method not allowed"
    sentence = Sentence("此地址不支持该方法。", "This address does not support that method.")


class WrongState(Problem):
    """The act is not possible from the present state."""

    status, title = 409, "Wrong state"
    sentence = Sentence("当前状态为“{label}”，不能执行此操作。", "This act is not possible in the state “{state}”.")
    example_params: ClassVar = {"state": "filed", "label": "已上报"}

    @classmethod
    def members(cls) -> dict[str, Any]:
        return {"state": (str, Field(description="The present state.", examples=["filed"]))}

    def extension(self, _language: Language) -> dict[str, Any]:
        return {"state": str(self.params["state"])}


class RulesViolated(Problem):
    """Rules are not met; every one of them is listed."""

    status, title = 409, "Rules violated"
    sentence = Sentence("有 {count} 处不符合要求。", "{count} requirements are not met.")

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(count=sum(finding.refuses for finding in findings))
        self.findings = findings

    @classmethod
    def members(cls) -> dict[str, Any]:
        return {"findings": (list[FindingOut], Field(description="All findings at once; those with `error` refuse."))}

    def extension(self, language: Language) -> dict[str, Any]:
        return {"findings": [finding.worded(language).model_dump(mode="json") for finding in self.findings]}

    @classmethod
    def example(cls) -> dict[str, Any]:
        return cls([EXAMPLE_RULE("/images", minimum=5, count=3)]).document(Language.ZH, EXAMPLE_ID)


class StaleVersion(Problem):
    """The resource changed since it was read: read it again, then repeat the change."""

    status, title = 412, "Resource changed since it was read"
    sentence = Sentence(
        "读取之后内容已有变动（可能是您自己的另一次操作，也可能是他人修改），请刷新后重试。",
        "It changed since you read it, perhaps by another act of your own: read it again, then repeat.",
    )


class PayloadTooLarge(Problem):
    """The body is larger than this operation takes."""

    status, title = 413, "Request body too large"
    sentence = Sentence("上传内容超过大小限制。", "The body is larger than this operation takes.")


class MisdirectedRequest(Problem):
    """The request names a host that this server does not answer for."""

    status, title = 421, "Misdirected request"
    sentence = Sentence("本服务不以此主机名提供服务。", "This server does not answer under that host name.")


class UnsupportedMediaType(Problem):
    """The body's Content-Type or Content-Encoding is not one this operation takes."""

    status, title = 415, "Unsupported media type"
    sentence = Sentence(
        "不支持的内容类型或压缩编码。", "The Content-Type or Content-Encoding is not one this operation takes."
    )


class RejectedPart(BaseModel):
    """One rejected part of a request. The rejected value itself is never repeated."""

    model_config = ConfigDict(json_schema_serialization_defaults_required=True, defer_build=True, populate_by_name=True)

    location: Literal["body", "query", "path", "header", "cookie"] = Field(
        alias="in",
        description="Part of the request that had the rejected value.",
        json_schema_extra=labels("请求内容", "查询参数", "路径", "请求头", "Cookie"),
    )
    pointer: str = Field(description="RFC 6901 pointer inside that location.", examples=["/brand_name"])
    code: str = Field(description="Stable reason.", examples=["string_too_long"])
    detail: str = Field(description="The reason in the negotiated language.", examples=["不能超过 60 个字符。"])


class InvalidRequest(Problem):
    """Parts of the request violate the contract; every one of them is listed."""

    status, title = 422, "Invalid request"
    sentence = Sentence("请求内容有 {count} 处无效。", "{count} parts of the request are not valid.")

    def __init__(self, errors: Sequence[RejectedPart]) -> None:
        super().__init__(count=len(errors))
        self.errors = errors

    @classmethod
    def members(cls) -> dict[str, Any]:
        return {"errors": (list[RejectedPart], Field(description="All rejected parts at once."))}

    def extension(self, _language: Language) -> dict[str, Any]:
        return {"errors": [error.model_dump(mode="json", by_alias=True) for error in self.errors]}

    @classmethod
    def example(cls) -> dict[str, Any]:
        part = RejectedPart(
            location="body", pointer="/brand_name", code="string_too_long", detail="不能超过 60 个字符。"
        )
        return cls([part]).document(Language.ZH, EXAMPLE_ID)


class IdempotencyKeyReused(Problem):
    """The key was already used for a different request."""

    status, title = 422, "Idempotency-Key reused"
    sentence = Sentence("该 Idempotency-Key 已用于另一请求。", "This Idempotency-Key was used for another request.")


class IfMatchRequired(Problem):
    """A change must say which version it changes."""

    status, title = 428, "If-Match required"
    sentence = Sentence("请携带 If-Match 请求头（取自 ETag）。", "Send If-Match with the ETag you read.")


class TooManyRequests(Problem):
    """Slow down; `Retry-After` has the time to wait."""

    status, title = 429, "Too many requests"
    sentence = Sentence("操作过于频繁，请稍后再试。", "Too many requests: wait a little.")


class TellsLimit:
    """The member of a refusal that one limit decided."""

    limit: Finding

    @classmethod
    def members(cls) -> dict[str, Any]:
        return {"limit": (FindingOut, Field(description="The limit that decided."))}

    def extension(self, language: Language) -> dict[str, Any]:
        return {"limit": self.limit.worded(language).model_dump(mode="json")}


class LimitReached(TellsLimit, Problem):
    """Your account has used up what one may use, at once or in a time; `limit` words it, `Retry-After` has the wait."""

    status, title = 429, "Limit of the account reached"
    sentence = Sentence("{zh}", "{en}")

    def __init__(self, limit: Finding, *, retry_after: int) -> None:
        super().__init__(retry_after=retry_after, **_in_both(limit))
        self.limit = limit

    @classmethod
    def example(cls) -> dict[str, Any]:
        return cls(EXAMPLE_LIMIT(maximum=64), retry_after=1).document(Language.ZH, EXAMPLE_ID)


class InternalError(Problem):
    """Our fault. Quote `instance` to support."""

    status, title = 500, "Internal error"
    sentence = Sentence("服务器内部错误，请联系管理员并提供编号。", "An internal error; quote the instance to support.")


class Unavailable(Problem):
    """Too busy, or a part of the system is away; nothing was changed. Repeat after `Retry-After` seconds."""

    status, title = 503, "Temporarily unavailable"
    sentence = Sentence("系统繁忙，请稍后重试。", "Temporarily unavailable: repeat the request in a moment.")


class InsufficientStorage(TellsLimit, Problem):
    """There is no room: as many as may stand do, or the disk is full. `limit` words it; waiting alone does not help."""

    status, title = 507, "Insufficient storage"
    sentence = Sentence("{zh}", "{en}")

    def __init__(self, limit: Finding) -> None:
        super().__init__(**_in_both(limit))
        self.limit = limit

    @classmethod
    def example(cls) -> dict[str, Any]:
        return cls(EXAMPLE_ROOM(maximum=50)).document(Language.ZH, EXAMPLE_ID)


def _in_both(finding: Finding) -> dict[str, Any]:
    """The words of a finding in each language, for a sentence that is nothing else."""
    return {language.name.lower(): finding.worded(language).message for language in Language}


def catalogue() -> list[type[Problem]]:
    """Every refusal there is, by status and name."""
    return sorted(Problem.__subclasses__(), key=lambda kind: (kind.status, kind.__name__))
