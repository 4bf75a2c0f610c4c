"""A unit's way from sign-in to submission, with the package that openapi-python-client makes of the contract."""

import os
import sys
from io import BytesIO
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from pinpai_client import AuthenticatedClient, Client
from pinpai_client.api.applications import (
    create_application,
    read_application,
    submit_application,
    update_application,
)
from pinpai_client.api.campaigns import list_campaigns
from pinpai_client.api.images import add_image
from pinpai_client.api.sessions import create_session
from pinpai_client.models import (
    ApplicationCreate,
    ApplicationForm,
    ApplicationOut,
    CampaignPage,
    ChangedImage,
    ImageUpload,
    RulesViolatedProblem,
    SessionCreate,
    SessionOpened,
)
from pinpai_client.types import File

ADDRESS, USERNAME, PASSWORD = (os.environ[f"PINPAI_{name}"] for name in ("ADDRESS", "USERNAME", "PASSWORD"))
PICTURES = sorted(Path(os.environ["PINPAI_PICTURES"]).iterdir())
Answer = TypeVar("Answer")


def expected(kind: type[Answer], answer: object) -> Answer:
    """The answer, which must be of this kind."""
    if not isinstance(answer, kind):
        sys.exit(f"expected {kind.__name__}, got {answer}")
    return answer


def main() -> None:
    body = SessionCreate(username=USERNAME, password=PASSWORD)
    session = expected(SessionOpened, create_session.sync(client=Client(ADDRESS), body=body))
    client = AuthenticatedClient(ADDRESS, token=session.token)
    campaign = expected(CampaignPage, list_campaigns.sync(client=client)).items[0]
    begun = ApplicationCreate(
        campaign_id=campaign.id, brand_name="“红马甲”邻里互助站", category=os.environ["PINPAI_CATEGORY"]
    )
    made = create_application.sync(client=client, body=begun, idempotency_key=str(uuid4()))
    draft = expected(ApplicationOut, made)
    missing = draft.actions.submit.findings if draft.actions.submit else sys.exit("a unit reads no act of submitting")
    refused = submit_application.sync(draft.id, client=client, idempotency_key=str(uuid4()))
    told = expected(RulesViolatedProblem, refused).findings
    if [each.code for each in told] != [each.code for each in missing]:
        sys.exit("a refusal tells other findings than the draft")
    complete(client, draft)
    for number, picture in enumerate(PICTURES, 1):
        image = ImageUpload(file=File(BytesIO(picture.read_bytes()), picture.name, "image/jpeg"), caption=f"图{number}")
        expected(ChangedImage, add_image.sync(draft.id, client=client, body=image))
    submitted = submit_application.sync(draft.id, client=client, idempotency_key=str(uuid4()))
    done = expected(ApplicationOut, submitted)
    print(f"{len(missing)} findings, then {done.status}: {done.brand_name}, {done.image_count} pictures")


def complete(client: AuthenticatedClient, draft: ApplicationOut) -> None:
    """Fill in the other cells, a few at a time: what was not named stays."""
    cells = [
        ApplicationForm(leader_name="李文博", leader_title="党支部书记", phone="0315-3724062"),
        ApplicationForm.from_dict({"started_on": "2015-04-21", "ended_on": "2015-08-31"}),
        *(
            ApplicationForm.from_dict({name: "为民服务办实事。" * 90})
            for name in ("innovation", "practices", "effects")
        ),
    ]
    for form in cells:
        read = expected(ApplicationOut, read_application.sync(draft.id, client=client))
        saved = expected(
            ApplicationOut, update_application.sync(draft.id, client=client, body=form, if_match=read.etag)
        )
        if saved.brand_name != draft.brand_name:
            sys.exit("a cell that was not named changed")


if __name__ == "__main__":
    main()
