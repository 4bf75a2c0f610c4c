"""Cells of drafts as they were typed: dates known to the month, several phones in a cell, blank rows of a plan"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from app import credit_codes
from app.phones import dialled

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

PHONES = {
    "accounts": "phone",
    "applications": "phone",
    "application_versions": "content #>> '{form,phone}'",
}
OLD_DIGITS = r"regexp_replace(regexp_replace(phone, '\D', '', 'g'), '^(00)?86(?=1\d{10}$)', '')"
PERIOD = ("started_on", "ended_on")
WHOLE_DAY = (
    r"CASE WHEN {name} ~ '^\d{{4}}-\d{{2}}-\d{{2}}$' AND pg_input_is_valid({name}, 'date') THEN {name}::date END"
)
"""On the way down a date that is no day is none."""


def upgrade() -> None:
    for name in PERIOD:
        op.alter_column("applications", name, type_=sa.Text(), postgresql_using=f"to_char({name}, 'YYYY-MM-DD')")
    op.alter_column("planned_cases", "name", nullable=True)
    keep_numbers()
    doubt_codes()


def keep_numbers() -> None:
    """Keep the numbers of every phone as they are dialled: what conflicts of interest compare."""
    connection = op.get_bind()
    op.drop_index("accounts_phone_digits_idx", table_name="accounts")
    for table, phone in PHONES.items():
        op.add_column(table, sa.Column("phone_numbers", ARRAY(sa.Text()), nullable=True))
        rows = connection.execute(sa.text(f"SELECT id, {phone} FROM {table}")).all()  # noqa: S608  # our own words
        found = [{"id": id_, "numbers": numbers} for id_, typed in rows if (numbers := dialled(typed))]
        if found:
            connection.execute(sa.text(f"UPDATE {table} SET phone_numbers = :numbers WHERE id = :id"), found)  # noqa: S608  # the same
    op.create_index(op.f("accounts_phone_numbers_idx"), "accounts", ["phone_numbers"], postgresql_using="gin")


def doubt_codes() -> None:
    """Doubt the codes that look like a citizen's identity number; all others of before pass their check."""
    doubts = sa.Enum("check_digit", "identity_number", name="creditcodedoubt", native_enum=False, length=32)
    op.add_column("units", sa.Column("credit_code_doubt", doubts, nullable=True))
    op.create_check_constraint(
        op.f("units_creditcodedoubt_check"), "units", "credit_code_doubt IN ('check_digit', 'identity_number')"
    )
    connection = op.get_bind()
    codes = connection.execute(sa.text("SELECT id, credit_code FROM units WHERE credit_code IS NOT NULL")).all()
    found = [{"id": id_} for id_, code in codes if credit_codes.is_identity_number(code)]
    if found:
        doubt = "UPDATE units SET credit_code_doubt = 'identity_number' WHERE id = :id"
        connection.execute(sa.text(doubt), found)


def downgrade() -> None:
    op.execute("UPDATE units SET credit_code = NULL WHERE credit_code_doubt = 'check_digit'")
    op.drop_column("units", "credit_code_doubt")
    op.drop_index(op.f("accounts_phone_numbers_idx"), table_name="accounts")
    for table in PHONES:
        op.drop_column(table, "phone_numbers")
    op.create_index("accounts_phone_digits_idx", "accounts", [sa.text(OLD_DIGITS)])
    op.execute("UPDATE planned_cases SET name = '' WHERE name IS NULL")
    op.alter_column("planned_cases", "name", nullable=False)
    for name in PERIOD:
        op.alter_column("applications", name, type_=sa.Date(), postgresql_using=WHOLE_DAY.format(name=name))
