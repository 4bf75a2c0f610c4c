"""The inventory of personal data: every column that can hold any, whose it is, what for, who reads it, how it goes.

A column that is in neither table fails the tests. Numbers, days, states and references to things say nothing of
a person by themselves and are not listed; references to accounts are found by their foreign keys.
"""

from dataclasses import dataclass

from app.findings import Sentence

KEPT_WITH_ACCOUNT = Sentence("与账号同存", "as long as the account")
KEPT_WITH_CAMPAIGN = Sentence("与活动同存", "as long as the campaign")
KEPT_FOR_GOOD = Sentence("长期保存", "for good")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of personal data: in which columns it is, whose, what for, who reads it, and how it goes.

    `kept` is a name of the table of retention, where the data is deleted by itself.
    """

    whose: Sentence
    purpose: Sentence
    readers: Sentence
    kept: Sentence | str
    columns: frozenset[str]


def _named(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OFFICE_AND_OWN = Sentence("本人、本单位、其党（工）委、主办单位", "the person, their unit, its committee, the office")
_NOBODY = Sentence("无人；仅用于比对或解密使用", "nobody: it is compared, or decrypted for use")
_PARTIES = Sentence("有权查看该事项者", "whoever may read the thing itself")

KINDS = {
    "account": Kind(
        Sentence("账号本人", "the account's person"),
        Sentence("登录、联系、说明谁办理了事项", "signing in, being reached, saying who did something"),
        _OFFICE_AND_OWN,
        KEPT_WITH_ACCOUNT,
        _named("""
            accounts.username accounts.name accounts.phone accounts.phone_numbers accounts.email accounts.searched
            accounts.grams reviewers.organisation reviewers.expertise
        """),
    ),
    "secret": Kind(
        Sentence("账号本人", "the account's person"),
        Sentence("验证身份", "proving who somebody is"),
        _NOBODY,
        KEPT_WITH_ACCOUNT,
        _named("""
            accounts.secret_hash accounts.retiring_secret_hash accounts.activation_hash factors.secret
            factors.credential_id factors.public_key recovery_codes.code_hash
        """),
    ),
    "factor": Kind(
        Sentence("账号本人", "the account's person"),
        Sentence("辨认自己的验证方式", "telling one's own factors apart"),
        Sentence("本人", "the person"),
        KEPT_WITH_ACCOUNT,
        _named("factors.name"),
    ),
    "challenge": Kind(
        Sentence("登录者", "who signs in"),
        Sentence("验证通行密钥", "checking a passkey"),
        _NOBODY,
        "passkey_challenges",
        _named("passkey_challenges.challenge"),
    ),
    "identity": Kind(
        Sentence("账号本人", "the account's person"),
        Sentence("经统一身份认证登录", "signing on at the provider"),
        Sentence("本人；可管理该账号者", "the person, and who manages the account"),
        Sentence("至解除绑定为止", "until it is unbound"),
        _named("identities.issuer identities.subject"),
    ),
    "sign-on": Kind(
        Sentence("登录者", "who signs on"),
        Sentence("核对统一身份认证的结果", "checking what the provider answers"),
        _NOBODY,
        "sign_on_challenges",
        _named("sign_on_challenges.secret_hash sign_on_challenges.redirect_uri"),
    ),
    "sign-out": Kind(
        Sentence("在统一身份认证退出者", "who signed out at the provider"),
        Sentence("退出消息只计一次", "counting a sign-out once"),
        _NOBODY,
        "logout_tokens",
        _named("logout_tokens.token_hash logout_tokens.provider_session"),
    ),
    "session": Kind(
        Sentence("账号本人", "the account's person"),
        Sentence("发现被冒用的登录", "finding a session that is not one's own"),
        Sentence("本人", "the person"),
        "sessions",
        _named("sessions.client sessions.address sessions.token_hash sessions.provider_session"),
    ),
    "attempt": Kind(
        Sentence("登录者", "who tries to sign in"),
        Sentence("限制猜测密码的次数", "slowing down guesses"),
        _NOBODY,
        "sign_in_attempts",
        _named("sign_in_attempts.subject_hash sign_in_attempts.address"),
    ),
    "answer": Kind(
        Sentence("账号本人及应答中所涉人员", "the account's person, and whom the answer is about"),
        Sentence("同一请求重发时再次返回", "answering a repeated request"),
        Sentence("持有该键的账号", "the account with the key"),
        "idempotency_keys",
        _named("idempotency_keys.key idempotency_keys.fingerprint idempotency_keys.answer"),
    ),
    "notification": Kind(
        Sentence("收件人", "its recipient"),
        Sentence("告知", "telling them"),
        Sentence("本人", "the person"),
        "notifications",
        _named("notifications.particulars"),
    ),
    "contact": Kind(
        Sentence("党（工）委负责人、联络人", "leaders and liaisons of committees"),
        Sentence("联系", "reaching them"),
        Sentence("本党（工）委、主办单位", "their committee, the office"),
        Sentence("至被更改为止", "until they are changed"),
        _named("committees.leader_name committees.leader_title committees.liaison_name committees.liaison_phone"),
    ),
    "unit": Kind(
        Sentence("误填身份证号者", "whose identity number was entered by mistake"),
        Sentence("辨认单位（统一社会信用代码）", "telling units apart (credit code)"),
        Sentence("本单位、其党（工）委、主办单位", "the unit, its committee, the office"),
        Sentence("至被更正为止", "until it is corrected; the office is told of it"),
        _named("units.credit_code units.searched units.grams"),
    ),
    "notice": Kind(
        Sentence("通知所列联系人", "people to ask, whom a notice names"),
        Sentence("联系主办单位", "reaching the office"),
        Sentence("所有账号；公开页面", "every account, and the public page"),
        KEPT_WITH_CAMPAIGN,
        _named("campaigns.settings programmes.settings"),
    ),
    "case": Kind(
        Sentence("案例负责人，以及文字中提到的人", "leaders of cases, and people in their texts"),
        Sentence("申报、评审、表彰、推荐", "submission, review, commendation, nomination"),
        _PARTIES,
        KEPT_WITH_CAMPAIGN,
        _named("""
            applications.brand_name applications.leader_name applications.leader_title applications.phone
            applications.phone_numbers applications.innovation applications.practices applications.effects
            applications.cells application_versions.content application_versions.brand_name
            application_versions.phone_numbers application_versions.cells application_versions.partners
            application_listings.text application_listings.grams images.caption attachments.title
            planned_cases.name plans.submitted_cases plans.promised_cases nominations.payload
        """),
    ),
    "award": Kind(
        Sentence("受表彰的个人，以及文字中提到的人", "awarded persons, and people in the texts"),
        Sentence("公示、通报、证书", "publicity, publication, certificates"),
        Sentence("公众，公示起", "everybody, from publicity on"),
        KEPT_FOR_GOOD,
        _named("""
            awards.person_name awards.comparable_person_name awards.person_title awards.public_summary
            awards.to_unit_name awards.to_committee_name
        """),
    ),
    "judging": Kind(
        Sentence("评委，以及评语中提到的人", "judges, and people in their remarks"),
        Sentence("评审及其核验", "judging, and its verification"),
        Sentence("该评委、主办单位", "that judge, the office"),
        KEPT_WITH_CAMPAIGN,
        _named("""
            reviews.scores reviews.remark rankings.inputs rankings.result composites.inputs composites.result
            proposals.result recusals.reason recusals.lifting_reason conflict_dismissals.reason
        """),
    ),
    "text": Kind(
        Sentence("文字中提到的人", "people whom a text names"),
        Sentence("说明理由、告知、答复", "giving reasons, telling, answering"),
        _PARTIES,
        KEPT_WITH_CAMPAIGN,
        _named("""
            announcements.title announcements.text applications.reason assignments.withdrawal_reason
            awards.reason awards.revocation_reason commendations.title commendations.preface documents.title
            earlier_wins.award earlier_wins.unit_name earlier_wins.comparable_unit_name earlier_wins.brand_name
            earlier_wins.comparable_brand_name earlier_wins.revocation_reason endorsements.void_reason
            endpoints.description exemptions.reason exemptions.revocation_reason extensions.reason
            extensions.revocation_reason figure_tables.note figure_tables.reason figure_tables.evidence
            figure_tables.figures files.codes nomination_answers.text nomination_answers.result
            nominations.reason nominations.withdrawal_reason objections.text objections.on_behalf_of
            objections.answer plans.return_reason reviews.reopening_reason seats.reason seats.revocation_reason
            swaps.reason swaps.answer vetoes.reason
        """),
    ),
    "actor": Kind(
        Sentence("办理者", "who did something"),
        Sentence("证明谁办理了事项", "proving who did what"),
        Sentence("该事项的所有者、主办单位", "owners of the thing, and the office"),
        KEPT_FOR_GOOD,
        _named("audit_events.actor_name audit_events.data"),
    ),
    "trace": Kind(
        Sentence("登录者", "who signs in"),
        Sentence("查明账号被冒用", "finding misuse of an account"),
        Sentence("本人、主办单位", "the person, the office"),
        "traces",
        _named("audit_events.changes"),
    ),
}
"""Each kind by its name. Values before and after a change are in `audit_events.changes`, too, for a longer time."""

IMPERSONAL = _named("""
    application_listings.category application_listings.committee_kind application_listings.honour_level
    application_listings.stage application_listings.topic application_versions.category
    application_versions.committee_name application_versions.digest application_versions.topic
    application_versions.unit_name applications.category applications.content_digest applications.ended_on
    applications.endorsed_digest applications.number applications.reason_codes applications.started_on
    applications.topic attachments.kind attachments.media_type attachments.sha256 audit_events.action
    audit_events.after_digest audit_events.before_digest audit_events.mac audit_events.subject_type
    awards.certificate_number awards.grade awards.kind awards.pictures awards.verification_code backups.failure
    backups.stamp booklets.flaws booklets.source_digest campaigns.batch campaigns.entry campaigns.name
    campaigns.settings_digest commendations.document_number committees.code committees.comparable_name committees.kind
    committees.name composites.code composites.inputs_digest composites.name composites.result_digest deliveries.type
    delivery_attempts.failure earlier_wins.grade earlier_wins.kind endorsements.changed_fields endorsements.digest
    endpoints.retiring_secret endpoints.secret endpoints.url figure_tables.digest figure_tables.source
    figure_tables.source_name figure_tables.terms files.media_type files.sha256 filings.digest filings.number
     filings.verification_code followers.name former_names.name images.fingerprint
    images.role images.sha256 images.source_sha256 nomination_answers.payload_digest nomination_answers.reference
    nominations.payload_digest notifications.kind notifications.occasion notifications.subject_type
    paper_templates.placeholders
    planned_cases.category planned_cases.unit_name programmes.title proposals.basis_digest rankings.inputs_digest
    rankings.result_digest restorations.stamp rounds.criteria rounds.name rounds.tie_breaks sketches.bands
    sketches.digest sketches.fingerprints sketches.hashes tallies.code tallies.dimension units.comparable_name
    units.honour_level units.name vetoes.code vocabularies.name vocabularies.words
""")
"""Columns of text that name no person: codes, digests, names of bodies, and the settings of the office."""

_ABOUT_ITS_ACCOUNT = ("account", "factor", "identity", "session", "attempt", "notification", "actor", "trace")
_BY_ITS_ACCOUNT = _named("reviews.scores reviews.remark recusals.reason recusals.lifting_reason")
_ABOUT_ITS_SEATS = _named("seats.reason seats.revocation_reason")
_WITHHELD = _named("""
    accounts.phone_numbers accounts.searched accounts.grams sessions.token_hash sign_in_attempts.subject_hash
""")
"""Hashes, and what follows from other columns. Secrets and sealed answers are withheld as kinds."""


def of_a_person() -> frozenset[str]:
    """Return the columns of which a person gets a copy: texts of a case or a decision are those of its body."""
    kinds = frozenset(column for name in _ABOUT_ITS_ACCOUNT for column in KINDS[name].columns)
    return (kinds | _BY_ITS_ACCOUNT | _ABOUT_ITS_SEATS) - _WITHHELD


def classified() -> dict[str, str]:
    """Return the kind of each column that has one."""
    return {column: name for name, kind in KINDS.items() for column in kind.columns}
