"""Nominations and their deliveries."""

from app.models.enums.words import Labelled


class NominationStatus(Labelled):
    """State of a nomination (择优推荐)."""

    PREPARED = "prepared", "已备"
    DELIVERING = "delivering", "报送中"
    DELIVERED = "delivered", "已送达"
    ACKNOWLEDGED = "acknowledged", "已接收"
    RETURNED = "returned", "已退回"
    ACCEPTED = "accepted", "已受理"
    DECIDED = "decided", "已有结果"
    REPLACED = "replaced", "已由新版本取代"
    WITHDRAWN = "withdrawn", "已撤回推荐"


class AnswerKind(Labelled):
    """Kind of the municipal office's answer to a nomination."""

    RECEIVED = "received", "收到"
    RETURNED = "returned", "退回"
    ACCEPTED = "accepted", "受理"
    DECIDED = "decided", "评定结果"


class EndpointStatus(Labelled):
    """State of a receiving address."""

    ACTIVE = "active", "启用"
    DISABLED = "disabled", "停用"


class DeliveryStatus(Labelled):
    """State of a delivery (报送) of one message to one address."""

    PENDING = "pending", "待送达"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "未送达"


class DeliveryFailure(Labelled):
    """Reason of a failed attempt to deliver."""

    NOT_ALLOWED = "not_allowed", "地址不在许可名单"
    NAME_UNKNOWN = "name_unknown", "域名无法解析"
    ADDRESS_REFUSED = "address_refused", "解析到禁止的网络地址"
    UNREACHABLE = "unreachable", "无法连接"
    UNTRUSTED = "untrusted", "证书未通过校验"
    TIMED_OUT = "timed_out", "超时"
    BROKEN_ANSWER = "broken_answer", "应答中断或不合协议"
    REDIRECTED = "redirected", "被要求转往他处"
    GONE = "gone", "接收方已停止接收"
    REFUSED = "refused", "接收方未接受"
