"""The marks of sketches one by one, so that a mark that stands in every third text costs no more than another"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0050"
down_revision: str | None = "0049"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

MARKS = """
    CREATE FUNCTION marks(hashes integer[], bands integer[]) RETURNS SETOF integer LANGUAGE sql IMMUTABLE
    AS $$ SELECT unnest(hashes) UNION SELECT ~ unnest(bands) $$
"""
KEEP = """
    CREATE FUNCTION keep_marks() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO public.sketch_marks (mark, sketch_id)
            SELECT mark, NEW.id FROM public.marks(NEW.hashes, NEW.bands) AS mark;
        ELSE
            DELETE FROM public.sketch_marks
            WHERE sketch_id = OLD.id AND mark IN (SELECT public.marks(OLD.hashes, OLD.bands));
        END IF;
        RETURN NULL;
    END $$
"""


def upgrade() -> None:
    """Of a picture the complement of its number is the mark, which no text has."""
    op.create_table(
        "sketch_marks",
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("sketch_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("mark", "sketch_id", name=op.f("sketch_marks_pkey")),
    )
    op.execute(MARKS)
    op.execute(KEEP)
    op.execute("INSERT INTO sketch_marks (mark, sketch_id) SELECT marks(hashes, bands), id FROM sketches ORDER BY 1, 2")
    op.execute(
        "CREATE TRIGGER keep_marks AFTER INSERT OR DELETE ON sketches FOR EACH ROW EXECUTE FUNCTION keep_marks()"
    )
    op.drop_index(op.f("sketches_hashes_idx"), "sketches")
    op.drop_index(op.f("sketches_bands_idx"), "sketches")


def downgrade() -> None:
    op.create_index(op.f("sketches_hashes_idx"), "sketches", ["hashes"], postgresql_using="gin")
    op.create_index(op.f("sketches_bands_idx"), "sketches", ["bands"], postgresql_using="gin")
    op.execute("DROP TRIGGER keep_marks ON sketches")
    op.execute("DROP FUNCTION keep_marks()")
    op.execute("DROP FUNCTION marks(integer[], integer[])")
    op.drop_table("sketch_marks")
