"""Names under which files are saved: every operation of the contract that answers one has a line here."""

import re
from urllib.parse import unquote
from uuid import UUID

from httpx2 import Response

from app.file_names import campaign_code
from app.models import Application, Programme
from app.models.enums import ApplicationStatus
from tests.contract.client import ContractClient
from tests.contract.operations import OPERATIONS
from tests.scenarios.steps import done
from tests.world import NOW, World, key
from tests.world.attachments import MEDIA
from tests.world.booklets import bound
from tests.world.filing import district
from tests.world.handover import Nominating, nominating
from tests.world.judging import judging
from tests.world.sheets import entered
from tests.world.templates import address, put
from tests.world.tickets import load, loaded
from tests.world.uploads import read, scan

NAMED = {
    "readImageContent": ("{case}-图片1.jpg", "{case}-picture-1.jpg"),
    "readImageThumbnail": ("{case}-图片1-缩略图.jpg", "{case}-picture-1-thumbnail.jpg"),
    "readEndorsementScan": ("{case}-盖章扫描件.pdf", "{case}-scan.pdf"),
    "readSwapScan": ("{swapped}-调换扫描件.pdf", "{swapped}-swapped-scan.pdf"),
    "readAttachmentContent": ("{case}-佐证材料{attachment}.pdf", "{case}-attachment-{attachment}.pdf"),
    "readCaseAttachment": ("案例001-佐证材料1.pdf", "case-001-attachment-1.pdf"),
    "readCaseImage": ("案例001-图片1.jpg", "case-001-picture-1.jpg"),
    "readCaseImageThumbnail": ("案例001-图片1-缩略图.jpg", "case-001-picture-1-thumbnail.jpg"),
    "readSheetScan": ("第1轮-案例001-评分表.pdf", "round-1-case-001-score-sheet.pdf"),
    "readOwnSheetScan": ("第1轮-案例001-评分表.pdf", "round-1-case-001-score-sheet.pdf"),
    "readNominationFile": ("{case}-盖章扫描件.pdf", "{case}-scan.pdf"),
    "readNominationPackage": ("2015-{campaign}-择优推荐-{today}.zip", "{year}-nominations-{today}.zip"),
    "readArchive": ("2015-{campaign}-申报材料-{committee}-{today}.zip", "{year}-material-{code}-{today}.zip"),
    "readDocumentContent": ("关于“品牌年”的通知_附件1_3.pdf", "2015-notice-01.pdf"),
    "readPublicDocument": ("关于“品牌年”的通知_附件1_3.pdf", "2015-notice-01.pdf"),
    "readPublicPicture": ("2015-第1号品牌-图片1.jpg", "award-2015-1-picture-1.jpg"),
    "readPublicThumbnail": ("2015-第1号品牌-图片1-缩略图.jpg", "award-2015-1-picture-1-thumbnail.jpg"),
    "readApplicationForm": ("{case}-申报表-第2版.pdf", "{case}-form-v2.pdf"),
    "readPlanForm": ("2015-{committee}-实施计划登记表.pdf", "{year}-{code}-plan.pdf"),
    "readSummary": ("2015-{campaign}-汇总表-{committee}-{today}.pdf", "{year}-summary-{code}-{today}.pdf"),
    "readFilingReceipt": ("{receipt}-上报回执.pdf", "{receipt}-receipt.pdf"),
    "readDecisionLetter": ("{decided}-D01-受理通知书.pdf", "{decided}-D01-acceptance.pdf"),
    "readPlanReturnLetter": ("2015-BRIEF-P01-实施计划退回修改通知书.pdf", "2015-BRIEF-P01-plan-return.pdf"),
    "readSwapLetter": ("{lettered}-S01-调换申请答复书.pdf", "{lettered}-S01-swap-answer.pdf"),
    "readExtensionLetter": ("2015-BRIEF-E01-延期通知书.pdf", "2015-BRIEF-E01-extension.pdf"),
    "readArrearsPaper": ("2015-{campaign}-未完成事项清单-{today}.pdf", "{year}-arrears-{today}.pdf"),
    "readReport": ("2015-{campaign}-开展情况报告-{today}.pdf", "{year}-report-{today}.pdf"),
    "readChart": ("2015-{campaign}-申报进程-{today}.svg", "{year}-chart-funnel-{today}.svg"),
    "readCertificate": ("路北文明创建〔2015〕第1号-第1号品牌-荣誉证书.pdf", "award-2015-1-certificate.pdf"),
    "readCertificates": ("关于表彰优秀案例的通报-荣誉证书.pdf", "commendation-2015-12-certificates.pdf"),
    "readPublicityPaper": ("关于{campaign}拟通报表彰名单的公示.pdf", "commendation-2015-12-publicity.pdf"),
    "readBookletContent": ("关于表彰优秀案例的通报-案例汇编.docx", "commendation-2015-12-booklet.docx"),
    "readPublicationPaper": ("关于表彰优秀案例的通报.pdf", "commendation-2015-12-publication.pdf"),
    "readProgrammeArrearsPaper": ("2015-征集活动-未完成事项清单-{today}.pdf", "{programme}-arrears-{today}.pdf"),
    "readBlankApplicationForm": ("2015-附件2-文明单位创新工作品牌申报表.pdf", "{year}-application-form.pdf"),
    "readFigureListTemplate": ("外部得分清单-模板.xlsx", "figures-template.xlsx"),
    "readFilledPlanTemplate": ("实施计划登记表-模板.xlsx", "plan-form-template.xlsx"),
    "readEarlierWinListTemplate": ("以往获奖清单-模板.xlsx", "earlier-wins-template.xlsx"),
    "readAccountListTemplate": ("账号清单-模板.xlsx", "accounts-template.xlsx"),
    "readOrganisationListTemplate": ("党（工）委和单位清单-模板.xlsx", "organisations-template.xlsx"),
    "readPaperTemplateContent": ("2016-上报回执-模板.docx", "{other}-receipt-template.docx"),
    "readPaperTemplateStarter": ("2016-上报回执-起始模板.docx", "{other}-receipt-starter.docx"),
    "readBlankPlanForm": ("2015-附件1-{campaign}实施计划登记表.pdf", "{year}-plan-form.pdf"),
}
FILES = {
    operation.name
    for operation in OPERATIONS
    for answer in operation.successes.values()
    if operation.method == "get"
    and (medias := answer.get("content"))
    and not any("json" in media or media == "text/event-stream" for media in medias)
}
"""Tables of lists, which answer JSON as well, and what is made of a body have tests of their own."""


async def number_of(place: Nominating, case: UUID) -> str:
    return str((await read(place.by_office, f"/api/v1/applications/{case}"))["number"])


async def documented(place: Nominating) -> str:
    form = {"kind": "notice", "title": "关于“品牌年”的通知 附件1/3", "public": "true"}
    sent = {"file": ("通知.pdf", scan(77), "application/pdf")}
    href = f"/api/v1/campaigns/{place.campaign.id}/documents"
    return str(done(await place.by_office.post(href, data=form, files=sent, headers=key()), 201)["id"])


async def swapped(place: Nominating) -> str:
    case = await place.case(awarded=False)
    async with place.world.database.transaction() as session:
        (await session.get_one(Application, case)).status = ApplicationStatus.FILED
    files = {"file": ("盖章.pdf", scan(78), "application/pdf")}
    path = f"/api/v1/applications/{case}/scan-swaps"
    return str(done(await place.district.by_committee.post(path, files=files, data={"reason": "模糊。"}), 201)["id"])


async def decided(place: Nominating) -> dict[str, tuple[ContractClient, str]]:
    """The receipt of a filing in a campaign of its own, and the office's decision on a case of it."""
    there = await district(place.world)
    case, _ = await there.filed(2)
    done(await place.by_office.post(f"/api/v1/applications/{case}/acceptance"))
    [filing] = (await read(there.by_committee, "/api/v1/filings"))["items"]
    [decision] = (await read(there.by_unit, f"/api/v1/applications/{case}/decisions"))["items"]
    return {
        "readFilingReceipt": (there.by_committee, f"/api/v1/filings/{filing['id']}/receipt"),
        "readDecisionLetter": (there.by_unit, decision["letter_href"]),
    }


async def lettered(place: Nominating) -> dict[str, tuple[ContractClient, str]]:
    """The letters about a plan that was sent back, a swap that was declined, and an extension."""
    there = await district(place.world, code="BRIEF")
    committee, office = there.by_committee, there.by_office
    of_campaign = {"campaign_id": str(there.campaign.id)}
    body = of_campaign | {"cases": [{"name": "案例", "unit_name": there.unit.name}]}
    plan = f"/api/v1/plans/{done(await committee.post('/api/v1/plans', json=body, headers=key()), 201)['id']}"
    done(await committee.post(f"{plan}/submission", headers=key()))
    done(await office.post(f"{plan}/return", json={"reason": "请补充案例", "due_on": None}))
    case, _ = await there.filed(2)
    files = {"file": ("盖章.pdf", scan(80), "application/pdf")}
    path = f"/api/v1/applications/{case}/scan-swaps"
    swap = f"/api/v1/swaps/{done(await committee.post(path, files=files, data={'reason': '模糊。'}), 201)['id']}"
    done(await office.post(f"{swap}/refusal", json={"answer": "清晰可辨。"}))
    later = of_campaign | {"committee_id": str(there.committee.id), "reason": "暴雨"}
    later |= {"deadline": "application", "due_on": "2015-09-18"}
    extension = done(await office.post("/api/v1/extensions", json=later, headers=key()), 201)["id"]
    return {
        "readPlanReturnLetter": (committee, f"{plan}/return-letter"),
        "readSwapLetter": (committee, f"{swap}/letter"),
        "readExtensionLetter": (committee, f"/api/v1/extensions/{extension}/letter"),
    }


async def judged(place: Nominating) -> tuple[ContractClient, str]:
    """A judge of the first case, and the id it has for them."""
    jury = await judging(place.world, judges=1, campaign=place.campaign)
    async with place.world.database.transaction() as session:
        case = await session.get_one(Application, place.cases[0])
    await jury.enter(case)
    await jury.assign(case, jury.judges[0])
    by_judge = jury.by_judge[0]
    return by_judge, (await read(by_judge, "/api/v1/cases"))["items"][0]["id"]


async def programmed(place: Nominating) -> str:
    """The list of arrears of a programme with the campaign."""
    notice = {"title": "征集活动", "year": 2015, "organizer": "路北区文明办"}
    programme = Programme(title="征集活动", year=2015, settings=notice)
    await place.world.add(programme)
    await place.world.put(place.campaign, programme_id=programme.id, position=1)
    return f"/api/v1/programmes/{programme.id}/arrears/paper"


async def scanned(place: Nominating) -> dict[str, tuple[ContractClient, str]]:
    """The scan of a sheet of a live round, for the office and for its judge."""
    sheet = await entered(place.world)
    assert (await sheet.store(79)).status_code == 200
    return {
        "readSheetScan": (place.by_office, f"{sheet.href}/scan"),
        "readOwnSheetScan": (sheet.made.by_judge[0], f"{sheet.own}/scan"),
    }


async def templated(place: Nominating) -> str:
    """Put a template in force, of a campaign of its own: the papers of the other are still PDF."""
    href = address((await place.world.campaign(year=2016)).id, "receipt")
    done(await put(place.by_office, href, (await place.by_office.get(f"{href}/starter")).content))
    return href


async def asked(place: Nominating) -> dict[str, tuple[ContractClient, str]]:
    """The place of each of the files, and a client that may read it."""
    mine, anybody = place.district, place.world.client()
    application = f"/api/v1/applications/{place.cases[0]}"
    image = f"{application}/images/{(await read(mine.by_unit, application))['images'][0]['id']}"
    by_judge, case_id = await judged(place)
    (attached,) = (await read(mine.by_unit, application))["attachments"]
    nomination = await place.nominated()
    files = (await read(place.by_office, f"/api/v1/nominations/{nomination['id']}/payload"))["files"]
    digest = next(each["sha256"] for each in files if each["kind"] == "endorsement")
    document_id = await documented(place)
    plan = done(await mine.by_committee.post("/api/v1/plans", json={"campaign_id": str(place.campaign.id)}), 201)
    forms = f"/api/v1/campaigns/{place.campaign.id}/forms"
    booklet = await bound(place.world, place.by_office, place.commendation.id)
    return {
        "readImageContent": (mine.by_unit, f"{image}/content"),
        "readImageThumbnail": (mine.by_unit, f"{image}/thumbnail"),
        "readEndorsementScan": (mine.by_committee, f"{application}/endorsement/scan"),
        "readSwapScan": (place.by_office, f"/api/v1/swaps/{await swapped(place)}/scan"),
        "readAttachmentContent": (mine.by_unit, attached["content_href"]),
        "readCaseAttachment": (by_judge, f"/api/v1/cases/{case_id}/attachments/1"),
        "readCaseImage": (by_judge, f"/api/v1/cases/{case_id}/images/1"),
        "readCaseImageThumbnail": (by_judge, f"/api/v1/cases/{case_id}/images/1/thumbnail"),
        "readNominationFile": (place.by_municipal, f"/api/v1/nominations/{nomination['id']}/files/{digest}"),
        "readNominationPackage": (place.by_municipal, place.package),
        "readArchive": (mine.by_committee, f"/api/v1/campaigns/{place.campaign.id}/archive"),
        "readDocumentContent": (place.by_office, f"/api/v1/documents/{document_id}/content"),
        "readPublicDocument": (anybody, f"/api/v1/public/documents/{document_id}/content"),
        "readPublicPicture": (anybody, f"/api/v1/public/awards/{place.awards[0].id}/images/1"),
        "readPublicThumbnail": (anybody, f"/api/v1/public/awards/{place.awards[0].id}/images/1/thumbnail"),
        "readApplicationForm": (mine.by_unit, f"{application}/form?pictures=thumbnails&version=2"),
        "readPlanForm": (mine.by_committee, f"/api/v1/plans/{plan['id']}/form"),
        "readSummary": (mine.by_committee, f"/api/v1/campaigns/{place.campaign.id}/summary"),
        "readReport": (place.by_office, f"/api/v1/campaigns/{place.campaign.id}/report"),
        "readChart": (place.by_office, f"/api/v1/statistics/charts/funnel?campaign_id={place.campaign.id}"),
        "readArrearsPaper": (place.by_office, f"/api/v1/campaigns/{place.campaign.id}/arrears/paper"),
        "readBookletContent": (
            place.by_office,
            f"{booklet}/content?format=docx",
        ),
        "readCertificate": (mine.by_unit, f"/api/v1/awards/{place.awards[0].id}/certificate"),
        "readCertificates": (place.by_office, f"/api/v1/commendations/{place.commendation.id}/certificates"),
        "readPublicityPaper": (place.by_office, f"/api/v1/commendations/{place.commendation.id}/publicity/paper"),
        "readPublicationPaper": (mine.by_unit, f"/api/v1/commendations/{place.commendation.id}/publication/paper"),
        "readProgrammeArrearsPaper": (place.by_office, await programmed(place)),
        "readBlankApplicationForm": (mine.by_unit, f"{forms}/application"),
        "readPaperTemplateContent": (place.by_office, f"{(template := await templated(place))}/content"),
        "readPaperTemplateStarter": (place.by_office, f"{template}/starter"),
        "readBlankPlanForm": (mine.by_unit, f"{forms}/plan"),
        "readOrganisationListTemplate": (place.by_office, "/api/v1/organisation-lists/template"),
        **await lettered(place),
        "readFigureListTemplate": (place.by_office, f"/api/v1/campaigns/{place.campaign.id}/figure-lists/template"),
        "readFilledPlanTemplate": (mine.by_unit, f"/api/v1/campaigns/{place.campaign.id}/filled-plans/template"),
        "readEarlierWinListTemplate": (place.by_office, "/api/v1/earlier-win-lists/template"),
        "readAccountListTemplate": (place.by_office, "/api/v1/account-lists/template"),
        **await decided(place),
        **await scanned(place),
    }


async def is_loaded(client: ContractClient, path: str, expected: Response) -> bool:
    """The same file is had by a ticket, wherever one is needed."""
    takes = not path.startswith("/api/v1/public/")
    answer = await (loaded if takes else load)(client, path)
    told = ("content-type", "content-disposition", "etag")
    return answer.status_code == 200 and [answer.headers.get(each) for each in told] == [
        expected.headers.get(each) for each in told
    ]


async def test_every_file_has_a_name_that_a_person_recognises_and_one_in_ascii(world: World) -> None:
    place = await nominating(world, attachments=[MEDIA])
    await world.put(place.awards[0], pictures=[1])
    asking = await asked(place)
    assert asking.keys() == NAMED.keys() == FILES
    found = {}
    for name, (client, path) in asking.items():
        answer = await client.get(path)
        assert answer.status_code == 200, (name, answer.text)
        assert await is_loaded(client, path, answer), name
        names = re.findall("filename=\"(.+)\"; filename\\*=UTF-8''(.+)", answer.headers["content-disposition"])
        found[name] = tuple(unquote(each) for each in reversed(names[0]))
    words = {"campaign": place.campaign.name, "today": f"{NOW:%Y%m%d}", "year": campaign_code(2015, place.campaign.id)}
    words |= {"committee": place.district.committee.name, "code": place.district.committee.code}
    *_, filing = (await read(place.by_office, "/api/v1/filings"))["items"]
    receipt = await read(place.by_office, f"/api/v1/filings/{filing['id']}")
    words |= {"receipt": filing["number"], "decided": receipt["items"][0]["application_number"]}
    words |= dict(zip(("case", "swapped"), [await number_of(place, each) for each in place.cases], strict=True))
    swap = asking["readSwapLetter"][1].removesuffix("/letter")
    words |= {"lettered": (await read(place.by_office, swap))["application_number"]}
    words |= {"other": campaign_code(2016, UUID(asking["readPaperTemplateStarter"][1].split("/")[4]))}
    words |= {"attachment": UUID(asking["readAttachmentContent"][1].split("/")[-2]).hex[-6:]}
    words |= {"programme": campaign_code(2015, UUID(asking["readProgrammeArrearsPaper"][1].split("/")[4]))}
    assert found == {name: tuple(each.format_map(words) for each in pair) for name, pair in NAMED.items()}
