"""`python -m app.embedded DATA_DIR`: the servers alone, in the foreground, until Ctrl-C."""

import argparse
import signal
import sys
from pathlib import Path

from app.embedded import EmbeddedError, run


def main() -> int:
    """Run the servers and print how to reach them."""
    parser = argparse.ArgumentParser(prog="python -m app.embedded", description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--not-durable", action="store_true", help="no fsync: for tests")
    parser.add_argument("--without-s3", action="store_true", help="PostgreSQL only")
    given = parser.parse_args()
    signals = {signal.SIGINT, signal.SIGTERM}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    try:
        with run(given.data_dir, durable=not given.not_durable, with_s3=not given.without_s3, log=_say) as servers:
            _say(f"PINPAI_DATABASE_URL={servers.database_url}")
            _say(f"PINPAI_OWNER_DATABASE_URL={servers.owner_database_url}")
            _say(f"PINPAI_S3_ENDPOINT_URL={servers.s3_endpoint_url}")
            _say(f"PINPAI_S3_ACCESS_KEY_ID={servers.s3_access_key_id}")
            _say(f"PINPAI_S3_SECRET_ACCESS_KEY={servers.s3_secret_access_key}")
            _say(f"PINPAI_S3_BUCKET={servers.s3_bucket}")
            _say(f"PINPAI_S3_REGION={servers.s3_region}")
            _say(f"PINPAI_SECRET_KEYS={servers.secret_key}")
            _say(f"PINPAI_HISTORY_KEY={servers.history_key}")
            _say("ready")
            signal.sigwait(signals)
    except EmbeddedError as error:
        print(error, file=sys.stderr)  # noqa: T201 - a program at the terminal
        return 1
    return 0


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - a program at the terminal


if __name__ == "__main__":
    sys.exit(main())
