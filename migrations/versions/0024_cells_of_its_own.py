"""Cells that a campaign adds to the form: kept with each application, in a column of each version, and searched"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SEARCHED = """
    CREATE FUNCTION searched_cells(jsonb) RETURNS text IMMUTABLE STRICT PARALLEL SAFE RETURN (
        SELECT left(string_agg(comparable(each #>> '{}'), E'\\n'), 4000)
        FROM jsonb_path_query($1, 'strict $.** ? (@.type() == "string")') AS each
        WHERE length(each #>> '{}') <= 200)
"""
"""What is short is searched, as names are; a text is not, no more than those of the form itself."""
LISTED = ("brand_name", "category", "topic", "number", "unit_id", "committee_id", "filed_version_id")
LIST_APPLICATION = """
    CREATE OR REPLACE FUNCTION list_application(which uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO public.application_listings AS known
            (id, application_id, stage, campaign_id,
            text, category, topic, honour_level, honour_rank, committee_kind)
        SELECT gen_random_uuid(), a.id, seen.stage, a.campaign_id,
            concat_ws(E'\\n', public.comparable(seen.brand_name), public.comparable(a.number),
                public.comparable(u.name){more}),
            coalesce(seen.category, ''), coalesce(seen.topic, ''), u.honour_level,
            array_position(ARRAY['national', 'provincial', 'municipal', 'district'], u.honour_level::text), c.kind
        FROM public.applications a JOIN public.units u ON u.id = a.unit_id
        JOIN public.committees c ON c.id = a.committee_id
        LEFT JOIN public.application_versions v ON v.id = a.filed_version_id,
        LATERAL (VALUES ('own', a.brand_name, a.category, a.topic{own}),
            ('filed', v.brand_name, v.category, v.topic{filed})) AS seen (stage, brand_name, category, topic{cells})
        WHERE a.id = which AND (v.id IS NOT NULL OR seen.stage = 'own') FOR SHARE OF u
        ON CONFLICT (application_id, stage) DO UPDATE SET text = excluded.text, category = excluded.category,
            topic = excluded.topic, honour_level = excluded.honour_level, honour_rank = excluded.honour_rank,
            committee_kind = excluded.committee_kind
        WHERE (known.text, known.category, known.topic, known.honour_level, known.committee_kind) IS DISTINCT FROM
            (excluded.text, excluded.category, excluded.topic, excluded.honour_level, excluded.committee_kind);
    END $$
"""
"""As in the twenty-first revision, but for the cells."""
WITH_CELLS = {
    "more": ", public.searched_cells(seen.cells)",
    "own": ", a.cells",
    "filed": ", v.cells",
    "cells": ", cells",
}
WITHOUT = dict.fromkeys(WITH_CELLS, "")
FIXED = """
    UPDATE applications a SET cells = v.cells FROM application_versions v WHERE v.application_id = a.id
    AND v.number = a.versions AND v.digest = a.content_digest AND v.cells IS NOT NULL
"""
"""What came down before is in the contents that cover it."""
LISTED_ANEW = """
    SELECT list_application(a.id) FROM applications a WHERE a.cells <> '{}'
    OR EXISTS (SELECT FROM application_versions v WHERE v.id = a.filed_version_id AND v.cells IS NOT NULL)
"""
"""Where there are cells in what is stored: on the way up in contents that came down before."""


def upgrade() -> None:
    op.execute(SEARCHED)
    op.add_column("applications", sa.Column("cells", JSONB(), server_default="{}", nullable=False))
    kept = sa.Computed("content #> '{form,cells}'", persisted=True)
    op.add_column("application_versions", sa.Column("cells", JSONB(), kept, nullable=True))
    _list_by((*LISTED, "cells"), WITH_CELLS)
    op.execute(FIXED)
    op.execute(LISTED_ANEW)


def downgrade() -> None:
    _list_by(LISTED, WITHOUT)
    op.execute(LISTED_ANEW)
    op.drop_column("application_versions", "cells")
    op.drop_column("applications", "cells")
    op.execute("DROP FUNCTION searched_cells")


def _list_by(columns: Sequence[str], words: dict[str, str]) -> None:
    op.execute(LIST_APPLICATION.format(**words))
    op.execute("DROP TRIGGER listed ON applications")
    op.execute(
        f"CREATE TRIGGER listed AFTER INSERT OR UPDATE OF {', '.join(columns)} ON applications "
        "FOR EACH ROW EXECUTE FUNCTION list_this()"
    )
