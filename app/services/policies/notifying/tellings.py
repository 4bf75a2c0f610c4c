"""The table of notices: after which events, to whom, in which words."""

from dataclasses import dataclass

from app.findings import Sentence
from app.models.enums import Role
from app.services.policies.notifying.kinds import BOTH, COMMITTEE, NAMED, OFFICE, TO_WHOM_IT_NAMES, UNIT, Telling
from app.services.policies.notifying.own_accounts import OF_ACCOUNTS
from app.services.policies.notifying.reminders import OF_DEADLINES


def _act(event: str, to: tuple[Role, ...], zh: str, en: str, *, formal: bool = False) -> Telling:
    """Declare the notice of a single event, of the same name."""
    return Telling(event, to, Sentence(zh, en), frozenset({event}), formal=formal)


OF_APPLICATIONS = (
    _act("application.submitted", (COMMITTEE,), "“{name}”已提交，待审核盖章。", "“{name}” was handed in."),
    _act("application.returned", BOTH, "“{name}”被退回修改。", "“{name}” was returned.", formal=True),
    _act("application.paused", BOTH, "“{name}”暂缓办理。", "“{name}” was paused."),
    _act("application.resumed", BOTH, "“{name}”恢复办理。", "“{name}” was resumed."),
    _act("application.declined", BOTH, "“{name}”在遴选中未入选。", "“{name}” was declined."),
    _act("application.reconsidered", BOTH, "“{name}”重新纳入遴选。", "“{name}” is considered again."),
    _act("application.endorsed", BOTH, "“{name}”已审核盖章。", "“{name}” was sealed."),
    _act("application.endorsement_revoked", BOTH, "“{name}”的盖章已撤销。", "The seal of “{name}” was revoked."),
    _act("application.withdrawn", BOTH, "“{name}”已撤回。", "“{name}” was withdrawn."),
    _act("application.filed", (UNIT,), "“{name}”已上报{organizer}。", "“{name}” was filed with {organizer}."),
    _act("application.accepted", BOTH, "“{name}”已通过形式审查，予以受理。", "“{name}” was accepted."),
    _act("application.disqualified", BOTH, "“{name}”不予受理。", "“{name}” was disqualified.", formal=True),
    _act(
        "application.correction_requested",
        BOTH,
        "“{name}”被退回补正，请于{until}前重新上报。",
        "“{name}” must be corrected and filed again before {until}.",
        formal=True,
    ),
    _act("application.swapped_out", BOTH, "“{name}”已按申请调换撤下。", "“{name}” was swapped for another."),
    _act("application.swapped_in", BOTH, "“{name}”已按调换上报{organizer}。", "{organizer} has “{name}” in exchange."),
    _act("application.rescanned", BOTH, "“{name}”的盖章扫描件已更换。", "The stamped scan of “{name}” was replaced."),
    _act(
        "application.check_taken_back",
        BOTH,
        "{organizer}撤销了对“{name}”的审查决定，恢复为已上报。",
        "{organizer} took back the decision on “{name}”: it is filed as before.",
        formal=True,
    ),
    Telling(
        "change.application",
        BOTH,
        Sentence("{recommender}修改了“{name}”。", "The committee changed “{name}”."),
        frozenset(
            {
                "application.attachment_added",
                "application.attachment_removed",
                "application.attachment_retitled",
                "application.edited",
                "application.image_added",
                "application.image_described",
                "application.image_removed",
                "application.image_replaced",
                "application.images_arranged",
            }
        ),
        once_a_day=True,
        by=COMMITTEE,
    ),
)
OF_PARTNERS = (
    _act(
        "partner.asked",
        (UNIT,),
        "{unit}邀请贵单位联合申报“{name}”，须经贵单位同意后才能提交。",
        "{unit} asks your unit to apply jointly for “{name}”, which is submitted once you agree.",
        formal=True,
    ),
    _act("partner.agreed", (UNIT,), "{unit}同意联合申报“{name}”。", "{unit} agreed to apply jointly for “{name}”."),
    _act("partner.left", BOTH, "{unit}不参加联合申报“{name}”。", "{unit} does not apply for “{name}”.", formal=True),
    _act(
        "partner.removed",
        (UNIT,),
        "{unit}的申报 {name} 不再列贵单位为联合申报单位。",
        "{unit} does not name your unit as a partner of its application {name} any more.",
        formal=True,
    ),
)
OF_COMMITTEES = (
    Telling(
        "filing.made",
        (COMMITTEE,),
        Sentence("已上报{count}件申报，回执编号{number}。", "Filed: {count}. The receipt's number is {number}."),
        frozenset({"filing.made"}),
        receipt=True,
    ),
    Telling(
        "arrival.filing",
        (OFFICE,),
        Sentence("{committee}上报{count}件申报，回执编号{number}。", "{committee} filed {count}: receipt {number}."),
        frozenset({"filing.made"}),
    ),
    _act("plan.submitted", (COMMITTEE,), "实施计划登记表已报送。", "The plan was handed in."),
    _act("plan.returned", (COMMITTEE,), "实施计划登记表被退回修改。", "The plan was returned.", formal=True),
    Telling(
        "change.plan",
        (COMMITTEE,),
        Sentence("实施计划登记表有修改。", "The plan was changed."),
        frozenset({"plan.created", "plan.edited", "plan.case_linked", "plan.case_unlinked"}),
        once_a_day=True,
    ),
    Telling(
        "extension.granted",
        BOTH,
        Sentence("{deadline}的截止时间延至{until}。", "The deadline ({deadline}) was moved to {until}."),
        frozenset({"extension.granted"}),
        item=NAMED,
    ),
    Telling(
        "extension.revoked",
        BOTH,
        Sentence("{deadline}延至{until}的决定已撤销。", "The later deadline ({deadline}, {until}) was revoked."),
        frozenset({"extension.revoked"}),
        formal=True,
        item=NAMED,
    ),
    Telling(
        "exemption.granted",
        BOTH,
        Sentence("特批：{limit}放宽为{value}。", "A limit ({limit}) was loosened to {value}."),
        frozenset({"exemption.granted"}),
        item=NAMED,
    ),
    Telling(
        "exemption.revoked",
        BOTH,
        Sentence("{limit}放宽为{value}的特批已撤销。", "The looser limit ({limit}, {value}) was revoked."),
        frozenset({"exemption.revoked"}),
        formal=True,
        item=NAMED,
    ),
    _act("swap.requested", (OFFICE,), "{committee}申请调换“{name}”。", "{committee} asks for a swap of “{name}”."),
    _act(
        "swap.withdrawn",
        (OFFICE,),
        "{committee}撤回了调换“{name}”的申请。",
        "{committee} took back its request on “{name}”.",
    ),
    _act("swap.lapsed", (OFFICE, COMMITTEE), "调换“{name}”的申请已失效。", "The request to swap “{name}” has lapsed."),
    _act(
        "swap.declined", (COMMITTEE,), "调换“{name}”的申请未获同意。", "The swap of “{name}” was declined.", formal=True
    ),
    Telling(
        "committee.succeeded",
        (COMMITTEE, OFFICE),
        Sentence("{left}并入{name}，单位、账号和未上报的申报一并转入。", "{left} and all it had went into {name}."),
        frozenset({"committee.merged"}),
        formal=True,
    ),
    _act(
        "unit.moved",
        (UNIT,),
        "{unit}现由{name}推荐申报，账号和尚未上报的申报已随之转入；已盖章的须由其重新盖章。",
        "{unit} belongs to {name} now, with its accounts and what was not filed; what was sealed is sealed there anew.",
        formal=True,
    ),
    _act(
        "committee.unit_left",
        (COMMITTEE, OFFICE),
        "{unit}由{name}转至{to}，已上报的申报仍归{name}。",
        "{unit} went from {name} to {to}; what was filed stays with {name}.",
        formal=True,
    ),
    _act(
        "committee.unit_joined",
        (COMMITTEE,),
        "{unit}由{left}转入{name}，账号和尚未上报的申报已随之转入；已盖章的须重新盖章。",
        "{unit} came from {left} to {name}, with its accounts and what was not filed; what was sealed is sealed anew.",
        formal=True,
    ),
    Telling(
        "change.committee",
        (COMMITTEE,),
        Sentence("{name}或所属单位的登记资料有变动。", "What is registered of {name} or its units was changed."),
        frozenset(
            {
                "committee.changed",
                "committee.retired",
                "committee.reinstated",
                "unit.created",
                "unit.changed",
                "unit.retired",
                "unit.reinstated",
                "unit.moved",
                "unit.credit_code_confirmed",
            }
        ),
        once_a_day=True,
    ),
)
OF_HANDOVER = (
    _act("nomination.prepared", BOTH, "“{name}”已择优推荐至{receiver}。", "“{name}” was nominated to {receiver}."),
    _act("nomination.withdrawn", BOTH, "“{name}”的推荐已撤回。", "The nomination of “{name}” was withdrawn."),
    _act(
        "nomination.accepted",
        BOTH,
        "{receiver}已受理对“{name}”的推荐。",
        "{receiver} accepted the nomination of “{name}”.",
    ),
    _act(
        "nomination.returned",
        (*BOTH, OFFICE),
        "{receiver}退回对“{name}”的推荐。",
        "{receiver} returned the nomination of “{name}”.",
    ),
    Telling(
        "answer.nomination",
        (*BOTH, OFFICE),
        Sentence("{receiver}对“{name}”的评定结果：{result}。", "{receiver} decided on “{name}”: {result}."),
        frozenset({"nomination.decided", "nomination.answered"}),
    ),
    _act(
        "delivery.failed",
        (OFFICE,),
        "“{name}”的推荐多次推送未成功，已停止；请检查接收地址后重新报送。",
        "Pushing the nomination of “{name}” was given up: check the endpoint, then deliver it again.",
    ),
)
OF_CAMPAIGNS = (
    _act("campaign.reopened", (COMMITTEE,), "“{name}”重新开放。", "“{name}” is open again.", formal=True),
    _act("campaign.published", (COMMITTEE,), "“{name}”已发布，请登录查看各项要求。", "“{name}” was published."),
    _act(
        "campaign.deadline_moved",
        BOTH,
        "“{name}”的{deadline}截止时间调整为{until}。",
        "The deadline of “{name}” ({deadline}) was moved to {until}.",
        formal=True,
    ),
)
OF_JUDGING = (
    Telling(
        "assignment.made",
        TO_WHOM_IT_NAMES,
        Sentence("“{name}”有新的案例分配给您评审。", "New cases of “{name}” have been given to you to review."),
        frozenset({"assignment.made"}),
        once_an_act=True,
    ),
    Telling(
        "review.reopened",
        TO_WHOM_IT_NAMES,
        Sentence("您在“{name}”提交或代录的一件评审被退回修改。", "A review you sent in “{name}” was returned to you."),
        frozenset({"review.reopened"}),
    ),
    _act("award.awarded", BOTH, "“{name}”获“{award}”（{title}）。", "“{name}” was awarded “{award}” ({title})."),
    _act("award.revoked", BOTH, "“{name}”的“{award}”已撤销。", "“{award}” of “{name}” was revoked.", formal=True),
    _act("objection.raised", (OFFICE,), "“{name}”的拟表彰收到异议。", "Somebody objects to the award of “{name}”."),
    Telling(
        "answer.objection",
        TO_WHOM_IT_NAMES,
        Sentence("您对“{name}”提出的异议已有答复。", "Your objection to the award of “{name}” was answered."),
        frozenset({"objection.rejected", "objection.upheld"}),
    ),
)


ANNOUNCED = Telling(
    "announcement.sent",
    BOTH,
    Sentence("{title}", "{title}"),
    formal=True,
    item=Sentence("{text}", "{text}"),
)
TELLINGS = (
    *(OF_APPLICATIONS + OF_PARTNERS + OF_COMMITTEES + OF_HANDOVER + OF_CAMPAIGNS),
    *(OF_JUDGING + OF_ACCOUNTS + OF_DEADLINES),
    ANNOUNCED,
)


@dataclass(frozen=True, slots=True)
class Untold:
    """Events of which nobody gets a notice, and why not."""

    why: str
    events: frozenset[str]


def _untold(why: str, events: str) -> Untold:
    return Untold(why, frozenset(events.split()))


UNTOLD = (
    _untold(
        "Its own account did it and has read the answer; what is suspicious about it has a notice.",
        """account.activated account.factor_begun account.factor_renamed account.identity_begun
        account.notifications_read account.password_change_refused account.reauthenticated
        account.reauthentication_refused account.sign_in_refused account.signed_in account.signed_out
        account.signed_out_by_provider""",
    ),
    _untold("It goes to its addressees with the act itself.", "announcement.sent"),
    _untold("Papers say the same by any layout.", "paper_template.placed paper_template.removed paper_template.copied"),
    _untold("Who needs a document gets it with an announcement.", "document.added document.removed"),
    _untold("On paper nobody is told; a further seat stands in its holder's list.", "seat.granted seat.revoked"),
    _untold("The account that ended it acts for itself from then on.", "seat.ended"),
    _untold(
        "The notice is that of the unit's move, or of the committee that succeeds.",
        "account.moved application.moved committee.succeeded plan.moved",
    ),
    _untold(
        "The notice is that of the request, or of the cases that changed places.",
        "application.swap_requested swap.consented",
    ),
    _untold("The partner's own event of the same act has the notice.", "application.partners_changed"),
    _untold(
        "The office keeps the list for itself; whom it concerns reads a finding.",
        "earlier_win.entered earlier_win.revoked veto.answered",
    ),
    _untold("Everybody reads the words where they are shown.", "vocabulary.changed vocabulary.created"),
    _untold("The office that ordered it reads how far it is.", "commendation.booklet_ordered"),
    _untold("Nobody knows whose it was.", "sign_in.code_refused sign_in.refused"),
    _untold("The notice is that of the code: this ends its wait.", "account.code_confirmed account.code_voided"),
    _untold("A machine reads no notices.", "account.secret_issued grant.made grant.revoked"),
    _untold(
        "Nobody waits for a draft, and the office that works on one reads its list.",
        """application.created application.deleted campaign.created campaign.edited campaign.placed
        commendation.awards_proposed commendation.created commendation.deleted commendation.edited programme.arranged
        programme.created programme.deleted programme.edited round.created round.deleted round.edited
        round.panel_set""",
    ),
    _untold(
        "The application's own event of the same act has the notice.",
        """attachment.added attachment.removed attachment.retitled endorsement.made endorsement.voided
        image.added image.described image.moved image.removed image.replaced""",
    ),
    _untold(
        "An award is known when its commendation is published.",
        """award.deleted award.dropped award.edited
        award.held award.proposed award.released commendation.publicised commendation.published""",
    ),
    _untold("Nothing is left to be done.", "campaign.closed committee.created round.closed"),
    _untold("A judge is reminded of what a round asks of them when it opens.", "round.opened"),
    _untold(
        "It tells who judges whom, or of whom a conflict is known.",
        """assignment.reinstated assignment.withdrawn review.checked review.entered review.scanned
        composite.frozen conflict_dismissal.made figure_table.imported proposal.applied proposal.made proposal.undone
        ranking.frozen
        recusal.lifted recusal.made reviewer.changed reviewer.registered round.entries_added round.entry_removed""",
    ),
    _untold("It is a judge's own work, which nobody is to follow.", "review.begun review.saved review.submitted"),
    _untold(
        "It is a step of the hand-over: the answer has the notice, or its failure.",
        """delivery.created
        delivery.delivered delivery.redelivered delivery.tried nomination.acknowledged nomination.delivered
        nomination.delivering nomination.edited nomination.replaced""",
    ),
    _untold(
        "The office set it up and sees its state.",
        """endpoint.created endpoint.deleted endpoint.disabled
        endpoint.edited endpoint.enabled endpoint.probed endpoint.secret_rotated job.retried
        backup.taken backup.failed deployment.restored deployment.released""",
    ),
)
"""Every event that leads to no notice is here, so that none is forgotten."""
