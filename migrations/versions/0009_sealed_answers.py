"""Nothing of a stored answer, and no endpoint's secret, can be read without a key that the database does not hold.

An answer's key is the client's own Idempotency-Key, an endpoint's is one of the deployment's.
"""

import hmac
import json
from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from alembic import context, op
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.dialects import postgresql

from app.keyring import Keyring

revision: str = "0009"
down_revision: str | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SECRETS = ("secret", "retiring_secret")
KEYS = sa.table(
    "idempotency_keys",
    *(sa.column("id", sa.Uuid()), sa.column("account_id", sa.Uuid()), sa.column("key", sa.Text())),
    *(sa.column("status", sa.Integer()), sa.column("headers", postgresql.JSONB()), sa.column("body", sa.LargeBinary())),
    *(sa.column(name, sa.LargeBinary()) for name in ("fingerprint", "name", "answer")),
)


def upgrade() -> None:
    op.add_column("idempotency_keys", sa.Column("name", sa.LargeBinary(), nullable=True))
    op.add_column("idempotency_keys", sa.Column("answer", sa.LargeBinary(), nullable=True))
    seal_answers(op.get_bind())
    for column in ("key", "status", "headers", "body"):
        op.drop_column("idempotency_keys", column)
    op.alter_column("idempotency_keys", "name", new_column_name="key", nullable=False)
    op.create_unique_constraint("idempotency_keys_account_id_key_key", "idempotency_keys", ["account_id", "key"])
    change_secrets(sa.LargeBinary, Keyring.encrypt)


def downgrade() -> None:
    """Take the answers away: only their senders could open them."""
    op.execute("DELETE FROM idempotency_keys")
    for column in ("key", "answer"):
        op.drop_column("idempotency_keys", column)
    op.add_column("idempotency_keys", sa.Column("key", sa.Text(), nullable=False))
    op.add_column("idempotency_keys", sa.Column("status", sa.Integer(), nullable=True))
    op.add_column("idempotency_keys", sa.Column("headers", postgresql.JSONB(), nullable=True))
    op.add_column("idempotency_keys", sa.Column("body", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint("idempotency_keys_account_id_key_key", "idempotency_keys", ["account_id", "key"])
    change_secrets(sa.Text, Keyring.decrypt)


def seal_answers(bind: sa.Connection) -> None:
    """Make of each row what the application would have made of it: a client may be about to send its key again."""
    for row in bind.execute(sa.select(KEYS)).all():
        key = row.key.encode()
        account = str(row.account_id).encode()
        plain = json.dumps([row.status, row.headers or {}]).encode() + b"\n" + (row.body or b"")
        cipher = AESGCM(hmac.digest(key, b"answer\n" + row.fingerprint, "sha256"))
        made = {
            "name": hmac.digest(key, b"name\n" + account, "sha256"),
            "fingerprint": hmac.digest(key, b"request\n" + row.fingerprint, "sha256"),
            "answer": cipher.encrypt(bytes(12), plain, None),
        }
        bind.execute(sa.update(KEYS).where(KEYS.c.id == row.id).values(made))


def change_secrets(kind: type[sa.types.TypeEngine[Any]], changed: Callable[[Keyring, Any, str], Any]) -> None:
    """Give the secrets' columns another type, and each secret the form that belongs to it."""
    bind, keyring = op.get_bind(), context.config.attributes.get("keyring") or Keyring([])
    table = sa.table("endpoints", sa.column("id", sa.Uuid()), *(sa.column(name, kind()) for name in SECRETS))
    rows = bind.execute(sa.text("SELECT id, secret, retiring_secret FROM endpoints")).all()
    for name in SECRETS:
        op.drop_column("endpoints", name)
        op.add_column("endpoints", sa.Column(name, kind(), nullable=True))
    for row in rows:
        kept = {name: secret for name in SECRETS if (secret := getattr(row, name)) is not None}
        made = {name: changed(keyring, secret, f"endpoint {row.id}: secret") for name, secret in kept.items()}
        bind.execute(sa.update(table).where(table.c.id == row.id).values(made))
    op.alter_column("endpoints", "secret", nullable=False)
