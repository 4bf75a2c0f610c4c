"""The regulation of endpoints: which addresses nominations may be pushed to, and for how long a secret counts."""

from dataclasses import dataclass
from datetime import timedelta

from app.findings import Finding, Rule
from app.models.enums import EndpointStatus as Status
from app.models.enums import Role
from app.services.policies import Act, Event

CHANGEOVER = timedelta(hours=24)
"""So long the secret before signs too, so that the receiver changes over when it likes."""

PUSH_SWITCHED_OFF = Rule(
    "push_switched_off",
    "本系统未启用推送：运行配置中没有允许的主机。",
    "Push is switched off: the operator has named no hosts.",
)
MALFORMED_URL = Rule(
    "malformed_url",
    "地址须形如 https://主机名/路径：小写英文主机名，不含用户名、密码和“#”。",
    "An address is https://host/path: the host in lower-case ASCII, without a user, a password or a fragment.",
)
HOST_NOT_ALLOWED = Rule(
    "host_not_allowed",
    "该主机（及端口）不在运行配置允许推送的名单中。",
    "The operator has not named this host (and port) among those that may be pushed to.",
)
HTTPS_REQUIRED = Rule("https_required", "地址须以 https:// 开头。", "The address must begin with https://.")
ENDPOINT_IN_USE = Rule(
    "endpoint_in_use",
    "该地址已有 {count} 条报送记录，不能删除，只能停用。",
    "Something was delivered to it, or was to be ({count}): disable it instead.",
)
_BY_CODE = {rule.code: rule for rule in (PUSH_SWITCHED_OFF, MALFORMED_URL, HOST_NOT_ALLOWED, HTTPS_REQUIRED)}


@dataclass(frozen=True, slots=True)
class EndpointFacts:
    """The values that the rules of an endpoint judge: its state, and how many deliveries it has."""

    status: Status
    deliveries: int


def url_findings(refusal: str | None) -> list[Finding]:
    """Return the rule that forbids sending to an address."""
    return [_BY_CODE[refusal]("/url")] if refusal else []


def deletion_findings(facts: EndpointFacts) -> list[Finding]:
    """Deliveries stay on record, and so must the address they went to."""
    return [ENDPOINT_IN_USE(count=facts.deliveries)] if facts.deliveries else []


_Act = Act[Status, EndpointFacts]

EDIT = _Act("edit", Event("endpoint.edited", "修改接收地址", "Changed the endpoint"), by={Role.OFFICE: {*Status}})
DISABLE = _Act(
    "disable",
    Event("endpoint.disabled", "停用接收地址", "Disabled the endpoint"),
    by={Role.OFFICE: {Status.ACTIVE}},
    target=Status.DISABLED,
)
ENABLE = _Act(
    "enable",
    Event("endpoint.enabled", "启用接收地址", "Enabled the endpoint"),
    by={Role.OFFICE: {Status.DISABLED}},
    target=Status.ACTIVE,
)
ROTATE = _Act(
    "rotate",
    Event("endpoint.secret_rotated", "更换签名密钥", "Gave the endpoint a new secret"),
    by={Role.OFFICE: {Status.ACTIVE}},
)
PROBE = _Act(
    "probe", Event("endpoint.probed", "试发", "Sent the endpoint a trial message"), by={Role.OFFICE: {*Status}}
)
DELETE = _Act(
    "delete",
    Event("endpoint.deleted", "删除接收地址", "Deleted the endpoint"),
    by={Role.OFFICE: {*Status}},
    rules=deletion_findings,
)
ACTS = (EDIT, DISABLE, ENABLE, ROTATE, PROBE, DELETE)

CREATED = Event("endpoint.created", "登记接收地址", "Registered the endpoint")
BECOMING = {Status.ACTIVE: ENABLE, Status.DISABLED: DISABLE}
