"""A nomination begins with an award in force, and none is on its way when its award is revoked"""

from collections.abc import Sequence

from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

WITHOUT_AWARD = """
CREATE FUNCTION refuse_without_award() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (
        SELECT FROM public.nominations n JOIN public.awards a ON a.id = n.award_id
        WHERE NEW.id IN (n.id, a.id) AND n.status NOT IN ('decided', 'replaced', 'withdrawn') AND a.status <> 'awarded'
    ) THEN
        RAISE EXCEPTION '%.%: a nomination follows its award', TG_TABLE_NAME, TG_NAME
        USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    """Judge at the end of each transaction; what older programs left is the doctor's to find."""
    op.execute(WITHOUT_AWARD)
    _at_the_end("nominations", "INSERT", "NEW.award_id IS NOT NULL")
    _at_the_end("awards", "UPDATE OF status", "NEW.status IS DISTINCT FROM OLD.status AND NEW.status = 'revoked'")


def downgrade() -> None:
    for table in ("nominations", "awards"):
        op.execute(f"DROP TRIGGER with_its_award ON {table}")
    op.execute("DROP FUNCTION refuse_without_award()")


def _at_the_end(table: str, event: str, condition: str) -> None:
    op.execute(
        f"CREATE CONSTRAINT TRIGGER with_its_award AFTER {event} ON {table} DEFERRABLE INITIALLY DEFERRED "
        f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION refuse_without_award()"
    )
