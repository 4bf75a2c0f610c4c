"""Kinds of committees and levels of titles as words that the office keeps, in its order"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0044"
down_revision: str | None = "0043"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KINDS = ("township_subdistrict", "district_direct")
LEVELS = ("national", "provincial", "municipal", "district")
HELD = {
    ("units", "honour_level"): ("units_honourlevel_check", "honour-level", LEVELS),
    ("committees", "kind"): ("committees_committeekind_check", "committee-kind", KINDS),
}
"""The columns that hold a word, each with the check of before, its vocabulary, and the words of the notice.

Those of units come first: on the way down a committee's applications are listed anew by the levels that are left.
"""
LOCK = "hashtextextended('vocabularies', 0)"
WORDS = {"lock": LOCK, "kinds": f"ARRAY{[*KINDS]}", "levels": f"ARRAY{[*LEVELS]}"}
FUNCTIONS = {
    "place_of_word(text, text)": """
        CREATE FUNCTION place_of_word(vocabulary text, code text) RETURNS integer STABLE LANGUAGE sql AS $$
            SELECT CASE WHEN v.words IS NULL
                THEN array_position(CASE vocabulary WHEN 'honour-level' THEN {levels}
                    ELSE {kinds} END, code)
                ELSE (SELECT place FROM jsonb_array_elements(v.words) WITH ORDINALITY AS each (word, place)
                    WHERE word ->> 'code' = code)::integer END
            FROM (VALUES (vocabulary)) AS asked (name) LEFT JOIN public.vocabularies v ON v.name = asked.name
        $$""",
    "require_word()": """
        CREATE FUNCTION require_word() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_advisory_xact_lock_shared({lock});
            IF public.place_of_word(TG_ARGV[0], to_jsonb(NEW) ->> TG_ARGV[1]) IS NULL THEN
                RAISE EXCEPTION 'no such word' USING ERRCODE = 'foreign_key_violation', TABLE = TG_TABLE_NAME,
                    CONSTRAINT = TG_TABLE_NAME || '_' || TG_ARGV[1] || '_word';
            END IF;
            RETURN NEW;
        END $$""",
    "rank_anew()": """
        CREATE FUNCTION rank_anew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM pg_advisory_xact_lock({lock});
            UPDATE public.application_listings SET honour_rank = ranked.place
            FROM (SELECT word ->> 'code' AS code, place::integer
                FROM jsonb_array_elements(NEW.words) WITH ORDINALITY AS each (word, place)) AS ranked
            WHERE honour_level = ranked.code AND honour_rank <> ranked.place;
            RETURN NULL;
        END $$""",
}
"""A word is looked up, and a listing ranked, under a lock that the replacement of a vocabulary has alone.

While nothing is stored, the words of the notice hold.
"""
LIST_APPLICATION = """
    CREATE OR REPLACE FUNCTION list_application(which uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        {lock}PERFORM FROM public.units u
        WHERE u.id = ANY(public.applicants(which, 'own') || public.applicants(which, 'filed'))
        ORDER BY u.id FOR SHARE;
        PERFORM FROM public.committees c JOIN public.applications a ON a.committee_id = c.id
        WHERE a.id = which FOR SHARE OF c;
        INSERT INTO public.application_listings AS known
            (id, application_id, stage, campaign_id,
            text, category, topic, honour_level, honour_rank, committee_kind)
        SELECT gen_random_uuid(), a.id, seen.stage, a.campaign_id,
            concat_ws(E'\\n', public.comparable(seen.brand_name), public.comparable(a.number),
                public.searched_names(a.id, seen.stage), public.searched_cells(seen.cells)),
            coalesce(seen.category, ''), coalesce(seen.topic, ''), u.honour_level, {rank}, c.kind
        FROM public.applications a JOIN public.units u ON u.id = a.unit_id
        JOIN public.committees c ON c.id = a.committee_id
        LEFT JOIN public.application_versions v ON v.id = a.filed_version_id,
        LATERAL (VALUES ('own', a.brand_name, a.category, a.topic, a.cells),
            ('filed', v.brand_name, v.category, v.topic, v.cells)) AS seen (stage, brand_name, category, topic, cells)
        WHERE a.id = which AND (v.id IS NOT NULL OR seen.stage = 'own')
        ON CONFLICT (application_id, stage) DO UPDATE SET text = excluded.text, category = excluded.category,
            topic = excluded.topic, honour_level = excluded.honour_level, honour_rank = excluded.honour_rank,
            committee_kind = excluded.committee_kind
        WHERE (known.text, known.category, known.topic, known.honour_level, known.committee_kind) IS DISTINCT FROM
            (excluded.text, excluded.category, excluded.topic, excluded.honour_level, excluded.committee_kind);
    END $$
"""
"""As in the twenty-sixth revision, but for the rank."""
KEPT = {
    "lock": f"PERFORM pg_advisory_xact_lock_shared({LOCK});\n        ",
    "rank": "public.place_of_word('honour-level', u.honour_level)",
}
RANK_AS_BEFORE = "UPDATE application_listings SET honour_rank = array_position({levels}, honour_level)"
FIXED = {"lock": "", "rank": f"array_position(ARRAY{[*LEVELS]}, u.honour_level::text)"}


def upgrade() -> None:
    op.create_table(
        "vocabularies",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", postgresql.JSONB(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("vocabularies_pkey")),
        sa.UniqueConstraint("name", name=op.f("vocabularies_name_key")),
    )
    for statement in FUNCTIONS.values():
        op.execute(statement.format(**WORDS))
    op.execute(LIST_APPLICATION.format(**KEPT))
    op.execute(
        "CREATE TRIGGER ranked AFTER INSERT OR UPDATE OF words ON vocabularies FOR EACH ROW "
        "WHEN (NEW.name = 'honour-level') EXECUTE FUNCTION rank_anew()"
    )
    for (table, column), (check, vocabulary, _) in HELD.items():
        op.drop_constraint(op.f(check), table)
        op.execute(
            f"CREATE TRIGGER word_of_{column} BEFORE INSERT OR UPDATE OF {column} ON {table} FOR EACH ROW "
            f"EXECUTE FUNCTION require_word('{vocabulary}', '{column}')"
        )


def downgrade() -> None:
    """What has a word that the notice does not have gets its last one."""
    op.execute("DROP TRIGGER ranked ON vocabularies")
    op.execute(LIST_APPLICATION.format(**FIXED))
    for (table, column), (check, _, words) in HELD.items():
        op.execute(f"DROP TRIGGER word_of_{column} ON {table}")
        held = sa.table(table, sa.column(column))
        op.execute(held.update().where(held.c[column].not_in(words)).values({column: words[-1]}))
        op.create_check_constraint(op.f(check), table, sa.column(column).in_(words))
    op.execute(RANK_AS_BEFORE.format(**WORDS))
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
    op.drop_table("vocabularies")
