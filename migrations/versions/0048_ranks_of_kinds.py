"""The rank of a committee's kind beside each listing, as that of a title"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0048"
down_revision: str | None = "0047"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLE, COLUMN = "application_listings", "kind_rank"
INDEX = f"{TABLE}_stage_{COLUMN}_application_id_idx"
LIST_APPLICATION = """
    CREATE OR REPLACE FUNCTION list_application(which uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock_shared(hashtextextended('vocabularies', 0));
        PERFORM FROM public.units u
        WHERE u.id = ANY(public.applicants(which, 'own') || public.applicants(which, 'filed'))
        ORDER BY u.id FOR SHARE;
        PERFORM FROM public.committees c JOIN public.applications a ON a.committee_id = c.id
        WHERE a.id = which FOR SHARE OF c;
        INSERT INTO public.application_listings AS known
            (id, application_id, stage, campaign_id,
            text, category, topic, honour_level, honour_rank, committee_kind{column})
        SELECT gen_random_uuid(), a.id, seen.stage, a.campaign_id,
            concat_ws(E'\\n', public.comparable(seen.brand_name), public.comparable(a.number),
                public.searched_names(a.id, seen.stage), public.searched_cells(seen.cells)),
            coalesce(seen.category, ''), coalesce(seen.topic, ''),
            u.honour_level, public.place_of_word('honour-level', u.honour_level), c.kind{rank}
        FROM public.applications a JOIN public.units u ON u.id = a.unit_id
        JOIN public.committees c ON c.id = a.committee_id
        LEFT JOIN public.application_versions v ON v.id = a.filed_version_id,
        LATERAL (VALUES ('own', a.brand_name, a.category, a.topic, a.cells),
            ('filed', v.brand_name, v.category, v.topic, v.cells)) AS seen (stage, brand_name, category, topic, cells)
        WHERE a.id = which AND (v.id IS NOT NULL OR seen.stage = 'own')
        ON CONFLICT (application_id, stage) DO UPDATE SET text = excluded.text, category = excluded.category,
            topic = excluded.topic, honour_level = excluded.honour_level, honour_rank = excluded.honour_rank,
            committee_kind = excluded.committee_kind{change}
        WHERE (known.text, known.category, known.topic, known.honour_level, known.committee_kind) IS DISTINCT FROM
            (excluded.text, excluded.category, excluded.topic, excluded.honour_level, excluded.committee_kind);
    END $$
"""
"""As in the forty-fourth revision, and with the rank of the kind."""
RANKED = {
    "column": f", {COLUMN}",
    "rank": ", public.place_of_word('committee-kind', c.kind)",
    "change": f", {COLUMN} = excluded.{COLUMN}",
}
AS_BEFORE = dict.fromkeys(RANKED, "")
RANK_ANEW = """
    CREATE OR REPLACE FUNCTION rank_anew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM pg_advisory_xact_lock(hashtextextended('vocabularies', 0));{updates}
        RETURN NULL;
    END $$
"""
UPDATE = """
        UPDATE public.application_listings SET {rank} = ranked.place
        FROM (SELECT word ->> 'code' AS code, place::integer
            FROM jsonb_array_elements(NEW.words) WITH ORDINALITY AS each (word, place)) AS ranked
        WHERE NEW.name = '{name}' AND {held} = ranked.code AND {rank} <> ranked.place;"""
OF_TITLES = UPDATE.format(name="honour-level", held="honour_level", rank="honour_rank")
OF_KINDS = UPDATE.format(name="committee-kind", held="committee_kind", rank=COLUMN)


def upgrade() -> None:
    op.add_column(TABLE, sa.Column(COLUMN, sa.Integer(), nullable=True))
    op.execute(f"UPDATE {TABLE} SET {COLUMN} = place_of_word('committee-kind', committee_kind)")  # noqa: S608 -- our words
    op.alter_column(TABLE, COLUMN, nullable=False)
    op.create_index(op.f(INDEX), TABLE, ["stage", COLUMN, "application_id"])
    op.execute(LIST_APPLICATION.format(**RANKED))
    _rank(OF_TITLES + OF_KINDS)


def downgrade() -> None:
    op.execute(LIST_APPLICATION.format(**AS_BEFORE))
    _rank(OF_TITLES, "WHEN (NEW.name = 'honour-level') ")
    op.drop_index(op.f(INDEX), TABLE)
    op.drop_column(TABLE, COLUMN)


def _rank(updates: str, condition: str = "") -> None:
    """Rank listings anew with every change of a vocabulary that some of them have a word of."""
    op.execute(RANK_ANEW.format(updates=updates))
    op.execute("DROP TRIGGER ranked ON vocabularies")
    op.execute(
        "CREATE TRIGGER ranked AFTER INSERT OR UPDATE OF words ON vocabularies FOR EACH ROW "
        f"{condition}EXECUTE FUNCTION rank_anew()"
    )
