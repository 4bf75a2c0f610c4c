"""Every act from a blank form to the formal check, each with something to be done to; for the test of traces."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from httpx2 import Response

from app.models import Unit
from app.models.enums import Role
from app.services import jobs
from app.services.filing import resemblances
from app.services.policies.people.vocabularies import HONOUR_LEVEL, NOTICE, stored
from tests.contract.client import ContractClient
from tests.scenarios import steps
from tests.scenarios.steps import act, done, id_of, read
from tests.world import NOW, World, key, templates
from tests.world.attachments import MEDIA
from tests.world.cookies import OWN_PAGE
from tests.world.corpus import narrative
from tests.world.factors import FACTORS, Totp, begin_totp, challenge, confirmed, second_step, with_totp
from tests.world.filing import District, district
from tests.world.filled_forms import filled, plan_form, send_form, send_forms, send_plan
from tests.world.lists import as_csv, send_list
from tests.world.passkeys import QUESTION, Device, add_passkey, answer, question, with_passkey
from tests.world.people import ANOTHER, PASSWORD, enter, person
from tests.world.provider import REDIRECT
from tests.world.sign_ons import BEGIN, BINDING, IDENTITY, signing_on
from tests.world.uploads import photo, scan, send_attachment, send_photo, send_photos, send_scan

LISTED = [["单位名称", "所属党（工）委", "称号级别"], ["清单中的社区", "直属", "区级文明单位"]]
PERSONS = [["用户名", "姓名", "角色"], ["listed.judge", "赵平", "评委"]]
WIN_LISTS = "/api/v1/earlier-win-lists"
WINS = [["获奖单位", "年度", "奖项", "奖项代码"], ["丁社区", "2013", "优秀案例", "excellent_case"]]
ACCOUNT_LISTS = "/api/v1/account-lists"
WHY = {"reason": "材料须补充。"}


@dataclass
class Stage(District):
    """A district with something for every act: addresses by what stands there."""

    partner: Unit
    by_partner: ContractClient
    at: dict[str, str] = field(default_factory=dict)

    async def post(self, client: ContractClient, name: str, noun: str = "", **body: Any) -> Response:
        return await client.post(self.at[name] + noun, json=body or None, headers=key())

    async def change(self, method: str, name: str, noun: str = "", client: Any = None, body: Any = None) -> Response:
        """With the ETag of what stands there now."""
        by = client or self.by_office
        etag = {"If-Match": (await read(by, self.at[name]))["etag"]}
        return await by.request(method, self.at[name] + noun, json=body, headers=etag)

    async def grant(self, due_on: str) -> Response:
        body = {"campaign_id": str(self.campaign.id), "committee_id": str(self.committee.id), "deadline": "application"}
        return await self.by_office.post("/api/v1/extensions", json=body | WHY | {"due_on": due_on})

    async def remember(self, unit_name: str) -> Response:
        won = {"year": 2013, "kind": "excellent_case", "award": "优秀案例", "unit_name": unit_name}
        return await self.by_office.post("/api/v1/earlier-win-imports", json={"wins": [won]})

    async def exempt(self, value: int) -> Response:
        body = {"campaign_id": str(self.campaign.id), "committee_id": str(self.committee.id)}
        return await self.by_office.post(
            "/api/v1/exemptions", json=body | WHY | {"limit": "images_minimum", "value": value}
        )

    async def ask_for_scan(self, name: str) -> Response:
        files = {"file": ("盖章.pdf", scan(300), "application/pdf")}
        href = f"{self.at[name]}/scan-swaps"
        asked = await self.by_committee.post(href, files=files, data={"reason": "原扫描件模糊。"})
        self.at[f"swap of {name}"] = f"/api/v1/swaps/{asked.json().get('id')}"
        return asked

    async def ask_for_exchange(self) -> Response:
        at = self.at
        body = {"application_id": id_of(at["sealed 5"]), "replacement_id": id_of(at["sealed instead"])} | WHY
        asked = await self.by_committee.post("/api/v1/swaps", json=body, headers=key())
        at["swap"] = f"/api/v1/swaps/{asked.json().get('id')}"
        return asked

    async def consent(self) -> Response:
        done(await self.ask_for_exchange(), 201)
        return await self.by_office.post(f"{self.at['swap']}/consent", json={})

    async def seat(self) -> Response:
        """A seat on paper, of a committee that nobody has an account of."""
        word = uuid4().hex[:6].upper()
        committee = await self.world.committee(code=f"P{word}", name=f"纸质申报党工委{word}")
        answer = await self.by_office.post("/api/v1/seats", json={"committee_id": str(committee.id)} | WHY)
        self.at["seat"] = f"/api/v1/seats/{done(answer, 201)['id']}"
        return answer

    async def add_document(self, public: str = "false") -> Response:
        files = {"file": ("工作要点.pdf", scan(400), "application/pdf")}
        data = {"kind": "priorities", "title": "工作要点", "public": public}
        return await self.by_office.post(f"/api/v1/campaigns/{self.campaign.id}/documents", files=files, data=data)

    async def announce(self) -> Response:
        document = done(await self.add_document(), 201)["id"]
        self.at["document"] = f"/api/v1/documents/{document}"
        body: dict[str, Any] = {
            "campaign_id": str(self.campaign.id),
            "title": "补充通知",
            "text": "请补报。",
            "audience": "chosen",
        }
        body |= {"committee_ids": [str(self.committee.id)], "document_ids": [document]}
        return await self.by_office.post("/api/v1/announcements", json=body, headers=key())

    async def name_partner(self) -> Response:
        body = {"partners": [{"unit_id": str(self.partner.id)}]}
        return await self.change("PUT", "joint", "/partners", self.by_unit, body)

    async def replace_content(self) -> Response:
        etag = {"If-Match": (await read(self.by_unit, self.at["image"]))["etag"]}
        files = {"file": ("b.jpg", photo(201), "image/jpeg")}
        return await self.by_unit.put(f"{self.at['image']}/content", files=files, headers=etag)

    async def endorse(self) -> Response:
        """Seal an application, after a look at those that resemble each other."""
        for each in (await read(self.by_committee, "/api/v1/resemblances"))["items"]:
            await read(self.by_committee, f"/api/v1/resemblances/{each['id']}")
        etag = (await read(self.by_committee, self.at["to seal"]))["etag"]
        return await send_scan(self.by_committee, self.at["to seal"], scan(200), etag)

    async def order(self) -> Response:
        images = (await read(self.by_unit, self.at["draft"]))["images"]
        body = {"image_ids": [image["id"] for image in images[::-1]]}
        return await self.change("PUT", "draft", "/image-order", self.by_unit, body)

    async def case(self, method: str, body: Any) -> Response:
        case = (await read(self.by_committee, self.at["plan"]))["cases"][0]["id"]
        return await self.change(method, "plan", f"/cases/{case}/application", self.by_committee, body)

    async def confirm_links(self) -> Response:
        """Name the draft as its plan does, so that a link is proposed."""
        plan, brand = await read(self.by_committee, self.at["plan"]), {"brand_name": "独此一家"}
        done(await self.change("PATCH", "draft", client=self.by_unit, body=brand))
        row = {"id": plan["cases"][0]["id"], "name": brand["brand_name"], "unit_name": self.unit.name}
        done(await self.change("PATCH", "plan", client=self.by_committee, body={"cases": [row]}))
        return await self.by_committee.post(f"{self.at['plan']}/links")

    async def replace_campaign(self) -> Response:
        settings = (await read(self.by_office, self.at["campaign"]))["settings"]
        return await self.change("PUT", "campaign", body=settings | {"theme": "另一个主题"})

    @property
    def template(self) -> str:
        """Address of the template of 附件1 in a campaign that nobody prints of."""
        return templates.address(id_of(self.at["campaign"]), "plan_form")

    async def try_template(self) -> Response:
        return await self.by_office.post(f"{self.template}/trial", files={"file": ("模板.docx", templates.PLAN)})

    async def remove_template(self) -> Response:
        etag = (await read(self.by_office, self.template))["etag"]
        return await self.by_office.delete(self.template, headers={"If-Match": etag})

    async def withdraw_two(self) -> Response:
        body = {"application_ids": [id_of(self.at[name]) for name in ("spare", "spare too")]} | WHY
        return await self.by_committee.post("/api/v1/withdrawals", json=body, headers=key())

    async def confirm_code(self) -> Response:
        done(await self.change("PATCH", "unit", body={"credit_code": "91350203M0001QKT19"}))
        return await self.post(self.by_office, "unit", "/credit-code-confirmation")

    async def activate(self) -> Response:
        code = done(await self.post(self.by_office, "invited", "/invitation"))["activation_code"]
        colleague = await self.world.client_of(Role.OFFICE)
        done(await self.post(colleague, "invited", "/code-confirmation"))
        body = {"code": code, "password": ANOTHER}
        return await self.world.client().post("/api/v1/activations", json=body)

    async def answer_vetoes(self, name: str) -> Response:
        """Answer the one item of the veto list of an application."""
        none = {"answers": [{"code": VETO["code"], "found": False}]}
        return await act(self.by_office, self.at[name], "veto-answers", none)

    async def accept_together(self, name: str) -> Response:
        done(await self.answer_vetoes(name))
        body = {"decision": "accept", "application_ids": [id_of(self.at[name])]}
        return await self.by_office.post("/api/v1/checks", json=body)

    async def accept(self, name: str) -> Response:
        """Accept an application, and read the letter that says so."""
        accepted = await act(self.by_office, self.at[name], "acceptance")
        (decision,) = (await steps.read(self.by_office, f"{self.at[name]}/decisions"))["items"]
        await self.by_office.get(f"{self.at[name]}/decisions/{decision['id']}/letter")
        return accepted

    async def sign_in(self) -> Response:
        account = await person(self.world, Role.OFFICE)
        body = {"username": account.username, "password": PASSWORD}
        return await self.world.client().post("/api/v1/sessions", json=body)

    async def token(self) -> Response:
        issued = done(await self.post(self.by_office, "machine", "/client-secret"))
        return await self.world.client().post("/api/v1/tokens", data=issued | {"grant_type": "client_credentials"})

    async def replace_password(self) -> Response:
        client = await enter(self.world, await person(self.world))
        body = {"current_password": PASSWORD, "new_password": ANOTHER}
        return await client.put("/api/v1/account/password", json=body)

    async def begin_totp(self) -> Response:
        return await begin_totp(await enter(self.world, await person(self.world)))

    async def with_factor(self, method: str, address: str = "", body: Any = None) -> Response:
        """Do something to an authenticator app that counts."""
        client, factor = await with_totp(self.world, await person(self.world))
        path = f"{FACTORS}/{address.format(factor=factor.id)}"
        return await client.request(method, path, json=body, headers={"If-Match": "*"})

    async def confirm_factor(self) -> Response:
        client = await enter(self.world, await person(self.world))
        return await confirmed(client, Totp.of(await begin_totp(client)), NOW)

    async def reset_factors(self) -> Response:
        account = await person(self.world, Role.REVIEWER)
        await with_totp(self.world, account)
        return await self.by_office.post(f"/api/v1/accounts/{account.id}/factor-reset", json=WHY)

    async def confirm_invitation(self) -> Response:
        account = await person(self.world, Role.REVIEWER)
        done(await self.by_office.post(f"/api/v1/accounts/{account.id}/invitation"))
        return await (await enter(self.world, account)).post(f"/api/v1/accounts/{account.id}/code-confirmation")

    async def void_invitation(self) -> Response:
        account = await person(self.world, Role.REVIEWER)
        done(await self.by_office.post(f"/api/v1/accounts/{account.id}/invitation"))
        return await self.by_office.delete(f"/api/v1/accounts/{account.id}/invitation")

    async def begin_passkey(self) -> Response:
        return await (await enter(self.world, await person(self.world))).post(f"{FACTORS}/passkey-challenge")

    async def create_passkey(self) -> Response:
        return await add_passkey(await enter(self.world, await person(self.world)), Device())

    async def sign_in_with_passkey(self) -> Response:
        _, device = await with_passkey(self.world, await person(self.world))
        return await answer(self.world, device)

    async def reauthenticate_with_passkey(self) -> Response:
        client, device = await with_passkey(self.world, await person(self.world))
        signed = device.signed(await question(self.world))
        return await client.post("/api/v1/session/reauthentication/passkey", json=signed)

    async def begin_sign_on(self) -> Response:
        async with signing_on(self.world):
            return await self.world.client().post(BEGIN, json={"redirect_uri": REDIRECT})

    async def sign_in_by_sign_on(self) -> Response:
        async with signing_on(self.world) as town:
            await town.bound(await person(self.world), "li")
            return await town.sign_on("li")

    async def end_by_provider(self) -> Response:
        async with signing_on(self.world) as town:
            await town.bound(await person(self.world), "wang")
            await town.entered("wang")
            return await town.told(town.provider.logout_token(sub="wang"))

    async def begin_identity(self) -> Response:
        async with signing_on(self.world):
            client = await enter(self.world, await person(self.world))
            return await client.post(BINDING, json={"redirect_uri": REDIRECT})

    async def create_identity(self) -> Response:
        async with signing_on(self.world) as town:
            return await town.bind(await enter(self.world, await person(self.world)), "zhao")

    async def delete_identity(self, *, own: bool) -> Response:
        async with signing_on(self.world) as town:
            client = await town.bound(account := await person(self.world, Role.REVIEWER), "sun")
            if own:
                return await client.delete(IDENTITY)
            return await self.by_office.delete(f"/api/v1/accounts/{account.id}/identity")

    async def complete_sign_in(self) -> Response:
        account = await person(self.world, Role.OFFICE)
        _, factor = await with_totp(self.world, account)
        return await second_step(self.world.client(), await challenge(self.world, account), factor.recovery_codes[0])

    async def reauthenticate(self) -> Response:
        client = await enter(self.world, await person(self.world))
        return await client.post("/api/v1/session/reauthentication", json={"password": PASSWORD})

    async def end(self, address: str) -> Response:
        return await (await enter(self.world, await person(self.world))).delete(address)

    async def move_to_cookie(self) -> Response:
        return await (await enter(self.world, await person(self.world))).post(
            "/api/v1/session/cookie", headers=OWN_PAGE
        )

    async def end_one(self) -> Response:
        client = await enter(self.world, await person(self.world))
        session = (await read(client, "/api/v1/session"))["id"]
        return await client.delete(f"/api/v1/sessions/{session}")


Act = Callable[[Stage], Awaitable[Response]]
CORRECTION = {"reason_codes": ["seal_unclear"], "due_on": "2015-09-25"}
CASE = {"name": "道德讲堂", "unit_name": "翔云社区"}
VETO = {"code": "accident", "name": "发生重大安全事故"}
PROGRAMME = {"title": "关于开展品牌征集活动的通知", "year": 2015, "organizer": "路北区文明办"}
COMMITTEE = {"name": "区直机关工委", "kind": "district_direct"}
LEVELS = {"words": [*stored(NOTICE[HONOUR_LEVEL]), {"code": "campus", "label": "文明校园"}]}
ACTS: dict[str, Act] = {
    "resetFactors": lambda s: s.reset_factors(),
    "confirmInvitation": lambda s: s.confirm_invitation(),
    "voidInvitation": lambda s: s.void_invitation(),
    "beginPasskey": lambda s: s.begin_passkey(),
    "createPasskey": lambda s: s.create_passkey(),
    "askForPasskey": lambda s: s.world.client().post(QUESTION),
    "signInWithPasskey": lambda s: s.sign_in_with_passkey(),
    "reauthenticateWithPasskey": lambda s: s.reauthenticate_with_passkey(),
    "beginSignOn": lambda s: s.begin_sign_on(),
    "signInBySignOn": lambda s: s.sign_in_by_sign_on(),
    "endByProvider": lambda s: s.end_by_provider(),
    "beginIdentity": lambda s: s.begin_identity(),
    "createIdentity": lambda s: s.create_identity(),
    "deleteOwnIdentity": lambda s: s.delete_identity(own=True),
    "deleteIdentity": lambda s: s.delete_identity(own=False),
    "createTotp": lambda s: s.begin_totp(),
    "confirmFactor": lambda s: s.confirm_factor(),
    "updateFactor": lambda s: s.with_factor("PATCH", "{factor}", {"name": "新手机"}),
    "deleteFactor": lambda s: s.with_factor("DELETE", "{factor}"),
    "createRecoveryCodes": lambda s: s.with_factor("POST", "recovery-codes"),
    "completeSignIn": lambda s: s.complete_sign_in(),
    "reauthenticate": lambda s: s.reauthenticate(),
    "createCampaign": lambda s: s.by_office.post("/api/v1/campaigns", json={"template": "lubei-2015", "year": 2016}),
    "replaceCampaign": lambda s: s.replace_campaign(),
    "tryPaperTemplate": Stage.try_template,
    "placePaperTemplate": lambda s: templates.put(s.by_office, s.template, templates.PLAN),
    "deletePaperTemplate": Stage.remove_template,
    "publishCampaign": lambda s: s.post(s.by_office, "campaign", "/publication"),
    "moveCampaignDeadline": lambda s: s.post(
        s.by_office, "campaign", "/deadline-moves", deadline="plan", due_on="2015-04-28", **WHY
    ),
    "closeCampaign": lambda s: s.post(s.by_office, "campaign", "/closure"),
    "reopenCampaign": lambda s: s.post(s.by_office, "campaign", "/reopening", **WHY),
    "createProgramme": lambda s: s.by_office.post("/api/v1/programmes", json=PROGRAMME),
    "replaceProgramme": lambda s: s.change("PUT", "programme", body=PROGRAMME | {"title": "更正后的通知"}),
    "beginProgrammeCampaigns": lambda s: s.post(
        s.by_office, "programme", "/campaigns", campaigns=[{"template": "lubei-2015", "batch": "第一批"}]
    ),
    "arrangeProgrammeCampaigns": lambda s: s.change("PUT", "programme", "/campaigns", body={"campaigns": []}),
    "deleteProgramme": lambda s: s.change("DELETE", "programme"),
    "replaceVocabulary": lambda s: s.change("PUT", "levels", body=LEVELS),
    "createCommittee": lambda s: s.by_office.post("/api/v1/committees", json=COMMITTEE),
    "updateCommittee": lambda s: s.change("PATCH", "committee", body={"name": "改名后的党工委"}),
    "retireCommittee": lambda s: s.post(s.by_office, "committee", "/retirement"),
    "reinstateCommittee": lambda s: s.change("DELETE", "committee", "/retirement"),
    "createUnit": lambda s: s.by_committee.post("/api/v1/units", json={"name": "新社区", "honour_level": "district"}),
    "updateUnit": lambda s: s.change("PATCH", "unit", body={"name": "改名后的社区"}),
    "confirmCreditCode": Stage.confirm_code,
    "retireUnit": lambda s: s.post(s.by_office, "unit", "/retirement"),
    "reinstateUnit": lambda s: s.change("DELETE", "unit", "/retirement"),
    "importOrganisations": lambda s: s.by_office.post(
        "/api/v1/organisation-imports", json={"committees": [COMMITTEE | {"code": "IM", "name": "导入的党工委"}]}
    ),
    "importOrganisationList": lambda s: send_list(s.by_office, as_csv(LISTED)),
    "markOrganisationList": lambda s: send_list(s.by_office, as_csv(LISTED), to="/marked-copy"),
    "importAccountList": lambda s: send_list(s.by_office, as_csv(PERSONS), path=ACCOUNT_LISTS),
    "markAccountList": lambda s: send_list(s.by_office, as_csv(PERSONS), path=ACCOUNT_LISTS, to="/marked-copy"),
    "importEarlierWinList": lambda s: send_list(s.by_office, as_csv(WINS), path=WIN_LISTS),
    "markEarlierWinList": lambda s: send_list(s.by_office, as_csv(WINS), path=WIN_LISTS, to="/marked-copy"),
    "createExtension": lambda s: s.grant("2015-09-18"),
    "revokeExtension": lambda s: s.post(s.by_office, "extension", "/revocation", **WHY),
    "moveUnit": lambda s: s.post(s.by_office, "unit", "/move", committee_id=str(s.committee.id), **WHY),
    "mergeCommittee": lambda s: s.post(s.by_office, "committee", "/merger", successor_id=str(s.committee.id), **WHY),
    "createExemption": lambda s: s.exempt(3),
    "importEarlierWins": lambda s: s.remember("甲社区"),
    "revokeEarlierWin": lambda s: s.post(s.by_office, "earlier win", "/revocation", **WHY),
    "revokeExemption": lambda s: s.post(s.by_office, "exemption", "/revocation", **WHY),
    "createSeat": lambda s: s.seat(),
    "revokeSeat": lambda s: s.post(s.by_office, "seat", "/revocation", **WHY),
    "createAnnouncement": lambda s: s.announce(),
    "addDocument": lambda s: s.add_document("true"),
    "removeDocument": lambda s: s.post(s.by_office, "document", "/removal"),
    "createPlan": lambda s: s.by_committee.post("/api/v1/plans", json={"campaign_id": s.at["another year"]}),
    "createPlanFromForm": lambda s: send_plan(s.by_committee, s.at["a year after"], plan_form(["案例", "单位"])),
    "updatePlan": lambda s: s.change(
        "PATCH", "plan", client=s.by_committee, body={"cases": [CASE | {"category": "qingman"}]}
    ),
    "submitPlan": lambda s: s.post(s.by_committee, "plan", "/submission"),
    "linkCase": lambda s: s.case("PUT", {"application_id": id_of(s.at["draft"])}),
    "unlinkCase": lambda s: s.case("DELETE", None),
    "confirmLinks": lambda s: s.confirm_links(),
    "returnPlan": lambda s: s.post(s.by_office, "plan", "/return", **WHY),
    "createApplication": lambda s: s.by_unit.post(
        "/api/v1/applications", json={"campaign_id": str(s.campaign.id)}, headers=key()
    ),
    "updateApplication": lambda s: s.change("PATCH", "draft", client=s.by_unit, body={"brand_name": "新名"}),
    "createApplicationFromForm": lambda s: send_form(s.by_unit, s.campaign.id, filled()),
    "createApplicationsFromForms": lambda s: send_forms(s.by_unit, s.campaign.id, filled(), b"no form"),
    "addImage": lambda s: send_photo(s.by_unit, s.at["draft"], photo(200)),
    "addImages": lambda s: send_photos(s.by_unit, s.at["draft"], photo(202), photo(203)),
    "updateImage": lambda s: s.change("PATCH", "image", client=s.by_unit, body={"caption": "义诊"}),
    "replaceImageContent": lambda s: s.replace_content(),
    "replaceImageOrder": lambda s: s.order(),
    "deleteImage": lambda s: s.change("DELETE", "image", client=s.by_unit),
    "addAttachment": lambda s: send_attachment(s.by_unit, s.at["draft"], scan(202)),
    "updateAttachment": lambda s: s.change("PATCH", "attachment", client=s.by_unit, body={"title": "新标题"}),
    "deleteAttachment": lambda s: s.change("DELETE", "attachment", client=s.by_unit),
    "replacePartners": lambda s: s.name_partner(),
    "agreeToPartnership": lambda s: s.post(s.by_partner, "joint", "/partnership"),
    "leavePartnership": lambda s: s.change("DELETE", "joint", "/partnership", s.by_partner),
    "deleteApplication": lambda s: s.change("DELETE", "draft", client=s.by_unit),
    "submitApplication": lambda s: s.post(s.by_unit, "to submit", "/submission"),
    "returnApplication": lambda s: s.post(s.by_committee, "to submit", "/return", **WHY),
    "pauseApplication": lambda s: s.post(s.by_committee, "to seal", "/pause", **WHY),
    "resumeApplication": lambda s: s.post(s.by_committee, "to seal", "/resume", **WHY),
    "declineApplication": lambda s: s.post(s.by_committee, "to seal", "/decline", **WHY),
    "reconsiderApplication": lambda s: s.post(s.by_committee, "to seal", "/reconsideration", **WHY),
    "endorseApplication": lambda s: s.endorse(),
    "revokeEndorsement": lambda s: s.change("DELETE", "to seal", "/endorsement", s.by_committee),
    "createFiling": lambda s: steps.file(
        s.by_committee, s.campaign.id, *(s.at[f"sealed {number}"] for number in range(6))
    ),
    "createScanSwap": lambda s: s.ask_for_scan("sealed 4"),
    "declineSwap": lambda s: s.post(s.by_office, "swap of sealed 4", "/refusal", answer="原件清晰。"),
    "createSwap": lambda s: s.ask_for_exchange(),
    "withdrawSwap": lambda s: s.change("POST", "swap", "/withdrawal", s.by_committee),
    "consentToSwap": lambda s: s.consent(),
    "withdrawApplication": lambda s: act(s.by_unit, s.at["to seal"], "withdrawal", {}),
    "createWithdrawal": lambda s: s.withdraw_two(),
    "answerVetoes": lambda s: s.answer_vetoes("sealed 0"),
    "acceptApplication": lambda s: s.accept("sealed 0"),
    "disqualifyApplication": lambda s: act(
        s.by_office, s.at["sealed 1"], "disqualification", {"reason_codes": ["untrue"]}
    ),
    "takeBackApplicationCheck": lambda s: act(s.by_office, s.at["sealed 1"], "check-reversal", WHY),
    "requestApplicationCorrection": lambda s: act(s.by_office, s.at["sealed 2"], "correction-request", CORRECTION),
    "createChecks": lambda s: s.accept_together("sealed 3"),
    "createAccount": lambda s: s.by_office.post("/api/v1/accounts", json=account("a.new.clerk", "office")),
    "updateAccount": lambda s: s.change("PATCH", "own", body={"phone": "0315-3724063"}),
    "updateManagedAccount": lambda s: s.change("PATCH", "invited", body={"name": "赵强"}),
    "inviteAccount": lambda s: s.post(s.by_office, "invited", "/invitation"),
    "exportPersonalData": lambda s: s.post(s.by_office, "invited", "/export"),
    "createActivation": lambda s: s.activate(),
    "suspendAccount": lambda s: s.post(s.by_office, "invited", "/suspension"),
    "reinstateAccount": lambda s: s.by_office.delete(f"{s.at['invited']}/suspension"),
    "issueClientSecret": lambda s: s.post(s.by_office, "machine", "/client-secret"),
    "createSession": lambda s: s.sign_in(),
    "createToken": lambda s: s.token(),
    "replacePassword": lambda s: s.replace_password(),
    "moveSessionToCookie": lambda s: s.move_to_cookie(),
    "issueTickets": lambda s: s.by_unit.post("/api/v1/tickets", json={"hrefs": [f"{s.at['draft']}/form"]}),
    "signOut": lambda s: s.end("/api/v1/session"),
    "signOutEverywhere": lambda s: s.end("/api/v1/sessions"),
    "deleteSession": lambda s: s.end_one(),
}
"""In an order in which each finds what it needs."""


def account(username: str, role: str) -> dict[str, str]:
    return {"username": username, "name": "张三", "role": role}


async def prepared(world: World) -> Stage:
    partner = await world.unit(await world.committee())
    by_partner = await world.client_of(Role.UNIT, unit=partner)
    asking = await world.campaign(attachments=[MEDIA | {"minimum": 0}], vetoes=[VETO])
    stage = Stage(**vars(await district(world, asking)), partner=partner, by_partner=by_partner)
    unit, committee, office = stage.by_unit, stage.by_committee, stage.by_office
    campaign = stage.campaign.id
    at = stage.at
    at["draft"] = await steps.begin(unit, campaign)
    at["joint"] = await steps.begin(unit, campaign)
    at["image"] = f"{at['draft']}/images/{(await steps.picture(unit, at['draft']))['id']}"
    attached = done(await send_attachment(unit, at["draft"], scan(201)), 201)
    at["attachment"] = f"{at['draft']}/attachments/{attached['id']}"
    at["to submit"] = await steps.begin(unit, campaign)
    await steps.complete(unit, at["to submit"])
    for name in ("to seal", "spare", "spare too"):
        at[name] = await steps.submitted(unit, campaign)
    for number in range(6):
        at[f"sealed {number}"] = await steps.sealed(unit, committee, campaign, **narrative(number // 2))
    at["sealed instead"] = await steps.sealed(unit, committee, campaign)
    for name in ("sealed 0", "sealed 1"):
        await jobs.alone(world.database, resemblances.compare)(subject_id=id_of(at[name]))
    at |= await made(office)
    at["another year"] = str((await world.campaign(year=2016)).id)
    at["a year after"] = str((await world.campaign(year=2017)).id)
    await programme(office, at["another year"])
    at["own"], at["levels"] = "/api/v1/account", f"/api/v1/vocabularies/{HONOUR_LEVEL}"
    at["extension"] = f"/api/v1/extensions/{done(await stage.grant('2015-09-16'), 201)['id']}"
    at["exemption"] = f"/api/v1/exemptions/{done(await stage.exempt(4), 201)['id']}"
    done(await stage.remember("乙社区"))
    at["earlier win"] = f"/api/v1/earlier-wins/{(await read(office, '/api/v1/earlier-wins'))['items'][0]['id']}"
    body = {"campaign_id": str(campaign), "cases": [CASE]}
    at["plan"] = f"/api/v1/plans/{done(await committee.post('/api/v1/plans', json=body), 201)['id']}"
    return stage


async def programme(office: ContractClient, campaign_id: str) -> None:
    """Make a notice of several campaigns, which has this one, and is seen as it is."""
    begun = done(await office.post("/api/v1/programmes", json=PROGRAMME), 201)
    placed = {"campaigns": [{"campaign_id": campaign_id, "entry": "品牌案例"}]}
    href, etag = f"/api/v1/programmes/{begun['id']}/campaigns", {"If-Match": begun["etag"]}
    done(await office.put(href, json=placed, headers=etag))


async def made(office: ContractClient) -> dict[str, str]:
    """Resources of the office for acts that must not disturb the others."""
    wanted = {
        "campaign": ("campaigns", {"template": "lubei-2015", "year": 2015}),
        "programme": ("programmes", PROGRAMME),
        "committee": ("committees", COMMITTEE | {"name": "另一党工委"}),
        "invited": ("accounts", account("somebody.new", "office")),
        "machine": ("accounts", account("municipal", "municipal")),
    }
    at = {
        name: f"/api/v1/{noun}/{done(await office.post(f'/api/v1/{noun}', json=body), 201)['id']}"
        for name, (noun, body) in wanted.items()
    }
    unit = {"name": "另一社区", "honour_level": "district", "committee_id": id_of(at["committee"])}
    return at | {"unit": f"/api/v1/units/{done(await office.post('/api/v1/units', json=unit), 201)['id']}"}
