from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from app.services.policies.handover.deliveries import Message, pause_after

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("failures", "asked_for", "pause"),
    [
        (1, None, timedelta(seconds=4)),
        (1, timedelta(), timedelta(seconds=4)),
        (1, HOUR, HOUR),
        (1, 9 * DAY, DAY),
        (5, HOUR, 1.6 * HOUR),
        (14, None, 0.8 * DAY),
        (14, 9 * DAY, DAY),
        (15, None, None),
        (15, HOUR, None),
    ],
)
def test_one_waits_as_long_as_the_schedule_or_the_receiver_says_whichever_is_longer(
    failures: int, asked_for: timedelta | None, pause: timedelta | None
) -> None:
    assert pause_after(failures, asked_for) == pause


def test_a_message_is_signed_as_the_standard_says() -> None:
    """The example of the specification, https://www.standardwebhooks.com: an id, an instant, a body, a secret."""
    secrets = ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "c2VjcmV0" * 5]
    sent_at = datetime.fromtimestamp(1614265330, UTC)
    message = Message("msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}')
    headers = message.headers(secrets, sent_at)
    first, second = headers.pop("webhook-signature").split(" ")
    assert first == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert second == Webhook(secrets[1]).sign(message.id, sent_at, message.body.decode())
    assert headers == {
        "Content-Type": "application/json",
        "webhook-id": message.id,
        "webhook-timestamp": "1614265330",
    }
