"""Certificates (荣誉证书): their words, what proves them, and which of a commendation are printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.file_names import Part
from app.findings import Finding, Rule, Sentence
from app.models.enums import AwardStatus, Language
from app.printing.certificates import Certificate, Certificates
from app.services.policies.filing.award_settings import Sort
from app.services.policies.filing.notice import CampaignSettings
from app.services.policies.filing.paper_settings import CertificateWords

NOT_AWARDED = Rule(
    "not_awarded",
    "该奖项尚未发布，还没有证书。",
    "The award is not published yet: it has no certificate.",
)
CERTIFICATE_REVOKED = Rule(
    "certificate_revoked",
    "该奖项已撤销，证书已经失效，不能再打印。",
    "The award was revoked and its certificate is void: it is not printed any more.",
)
NO_CERTIFICATES = Rule(
    "no_certificates",
    "没有可以打印的证书：通报尚未发布，或者其中没有你的有效奖项。",
    "There is no certificate to print: the commendation is not published, or has no award of yours in force.",
)
TOO_MANY_CERTIFICATES = Rule(
    "too_many_certificates",
    "一个文件最多 {maximum} 份证书，所选的更多。请按奖项或等次分开下载。",
    "One file has at most {maximum} certificates, and more were chosen: choose a kind or a grade.",
)
MOST = 200
"""Certificates of one file."""
TITLE = "荣誉证书"
_HONOURED = "在{campaign}中被评为{award}。\n特颁此证，以资鼓励。"
USUAL: dict[Sort, str] = {
    "application": "{unit}：\n你单位申报的“{name}”" + _HONOURED,
    "unit": "{name}：\n你单位" + _HONOURED,
    "committee": "{name}：\n你单位" + _HONOURED,
    "person": "{name}同志：\n" + _HONOURED,
}
"""The words for each sort of recipient, where the campaign has no others."""
VERIFIED_AT = "/api/v1/public/certificates/"
PROOF = "核验码：{code}\n凭核验码，任何人都可以在系统中核验本证书。"
PROOF_BY_ADDRESS = "核验码：{code}\n扫描二维码，任何人都可以核验本证书。"


@dataclass(frozen=True, slots=True)
class Given:
    """An award in force, as its certificate says it."""

    kind: str
    grade: str | None
    recipient: Sort
    name: str
    person_title: str | None
    unit_name: str | None
    committee_name: str
    number: str
    code: str
    at: datetime


def print_findings(status: AwardStatus) -> list[Finding]:
    """Refuse the certificate of an award that is not published yet, or was revoked."""
    if status is AwardStatus.REVOKED:
        return [CERTIFICATE_REVOKED()]
    return [] if status is AwardStatus.AWARDED else [NOT_AWARDED()]


def count_findings(count: int) -> list[Finding]:
    """Refuse a file of no certificate, or of too many."""
    if count > MOST:
        return [TOO_MANY_CERTIFICATES(maximum=MOST)]
    return [] if count else [NO_CERTIFICATES()]


def certificates(settings: CampaignSettings, given: Sequence[Given], link_base: str | None) -> Certificates:
    """Lay out the certificates, each on a page."""
    return Certificates(TITLE, [_certificate(settings, each, link_base) for each in given])


def certificate_name(number: str, name: str, plain: str) -> list[str | Part]:
    """Name the file of one certificate."""
    return [Part(f"{number}-{name}", plain), Part(TITLE, "certificate")]


def certificates_name(title: str, plain: str) -> list[str | Part]:
    """Name the file of the certificates of a commendation."""
    return [Part(title, plain), Part(TITLE, "certificates")]


def _certificate(settings: CampaignSettings, given: Given, link_base: str | None) -> Certificate:
    kind = settings.award_kind(given.kind)
    words = (kind and kind.certificate) or CertificateWords(text=USUAL[given.recipient])
    said = Sentence(words.text, words.text).say(
        Language.ZH,
        name=given.name,
        title=given.person_title or "",
        unit=given.unit_name or given.committee_name,
        committee=given.committee_name,
        campaign=settings.name,
        award=kind.called(given.grade) if kind else given.kind,
    )
    return Certificate(
        title=words.title,
        paragraphs=said.split("\n"),
        number=given.number,
        code=f"{link_base}{VERIFIED_AT}{given.code}" if link_base else given.code,
        proof=(PROOF_BY_ADDRESS if link_base else PROOF).format(code=given.code),
        signature=[settings.organizer.name, f"{given.at.astimezone(settings.zone):%Y年%-m月%-d日}"],
    )
