"""Applications as lists search, filter and sort them, and counts that are kept instead of made"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from app.comparable import BRACKETS, PLAIN_BRACKETS, UNSEEN

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FUNCTIONS = {
    "comparable(text)": f"""
        CREATE FUNCTION comparable(text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE RETURN regexp_replace(
            translate(lower(normalize($1, NFKC)), '{BRACKETS}', '{PLAIN_BRACKETS}'), '{UNSEEN}', '', 'g')""",
    "grams(text, boolean)": """
        CREATE FUNCTION grams(text, singles boolean) RETURNS integer[]
        LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
        DECLARE
            letter text;
            before integer := 0;
            found integer[] := '{}';
        BEGIN
            FOREACH letter IN ARRAY string_to_array($1, NULL) LOOP
                IF before > 0 THEN found := found || (before << 16 # ascii(letter)); END IF;
                before := ascii(letter);
                IF singles THEN found := found || (before << 16); END IF;
            END LOOP;
            RETURN found;
        END $$""",
    "list_application(uuid)": """
        CREATE FUNCTION list_application(which uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.application_listings AS known
                (id, application_id, stage, campaign_id,
                text, category, topic, honour_level, honour_rank, committee_kind)
            SELECT gen_random_uuid(), a.id, seen.stage, a.campaign_id,
                concat_ws(E'\\n', public.comparable(seen.brand_name), public.comparable(a.number),
                    public.comparable(u.name)),
                coalesce(seen.category, ''), coalesce(seen.topic, ''), u.honour_level,
                array_position(ARRAY['national', 'provincial', 'municipal', 'district'], u.honour_level::text), c.kind
            FROM public.applications a JOIN public.units u ON u.id = a.unit_id
            JOIN public.committees c ON c.id = a.committee_id
            LEFT JOIN public.application_versions v ON v.id = a.filed_version_id,
            LATERAL (VALUES ('own', a.brand_name, a.category, a.topic), ('filed', v.brand_name, v.category, v.topic))
                AS seen (stage, brand_name, category, topic)
            WHERE a.id = which AND (v.id IS NOT NULL OR seen.stage = 'own') FOR SHARE OF u
            ON CONFLICT (application_id, stage) DO UPDATE SET text = excluded.text, category = excluded.category,
                topic = excluded.topic, honour_level = excluded.honour_level, honour_rank = excluded.honour_rank,
                committee_kind = excluded.committee_kind
            WHERE (known.text, known.category, known.topic, known.honour_level, known.committee_kind) IS DISTINCT FROM
                (excluded.text, excluded.category, excluded.topic, excluded.honour_level, excluded.committee_kind);
        END $$""",
    "list_this()": """
        CREATE FUNCTION list_this() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM public.list_application(NEW.id);
            RETURN NULL;
        END $$""",
    "list_anew()": """
        CREATE FUNCTION list_anew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF TG_TABLE_NAME = 'units' THEN
                PERFORM public.list_application(id) FROM public.applications WHERE unit_id = NEW.id ORDER BY id;
            ELSE
                PERFORM public.list_application(id) FROM public.applications WHERE committee_id = NEW.id ORDER BY id;
            END IF;
            RETURN NULL;
        END $$""",
    "tally_state()": """
        CREATE FUNCTION tally_state() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.tallies (id, subject_id, committee_id, dimension, code, count)
            SELECT gen_random_uuid(), each.* FROM (VALUES
                (OLD.campaign_id, OLD.committee_id,
                    CASE WHEN OLD.filed_version_id IS NULL THEN 'unfiled' ELSE 'filed' END, OLD.status, -1),
                (NEW.campaign_id, NEW.committee_id,
                    CASE WHEN NEW.filed_version_id IS NULL THEN 'unfiled' ELSE 'filed' END, NEW.status, 1)
            ) AS each (subject_id) WHERE each.subject_id IS NOT NULL;
            RETURN NULL;
        END $$""",
    "tally_cells()": """
        CREATE FUNCTION tally_cells() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.tallies (id, subject_id, dimension, code, count)
            SELECT gen_random_uuid(), each.subject_id, cell.dimension, cell.code, each.count
            FROM (VALUES
                (OLD.campaign_id, OLD.category, OLD.topic, OLD.honour_level, OLD.committee_kind, -1),
                (NEW.campaign_id, NEW.category, NEW.topic, NEW.honour_level, NEW.committee_kind, 1)
            ) AS each (subject_id, category, topic, honour_level, committee_kind, count),
            LATERAL (VALUES ('category', each.category), ('topic', each.topic),
                ('honour_level', each.honour_level), ('committee_kind', each.committee_kind)) AS cell (dimension, code)
            WHERE each.subject_id IS NOT NULL;
            RETURN NULL;
        END $$""",
    "tally_award()": """
        CREATE FUNCTION tally_award() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.tallies (id, subject_id, dimension, code, count)
            SELECT gen_random_uuid(), each.subject_id, 'award', each.code, each.count
            FROM (VALUES (OLD.commendation_id, OLD.status, -1), (NEW.commendation_id, NEW.status, 1))
                AS each (subject_id, code, count)
            WHERE each.subject_id IS NOT NULL;
            RETURN NULL;
        END $$""",
}
"""Grams are pairs of neighbouring characters as numbers, and single ones where asked for: what a search is indexed by.

A listing is made under a lock on its unit, so that a name that changes meanwhile reaches it. A tally is never changed:
each change of what is counted adds to it, so that nobody waits for anybody, and a worker sums up.
"""
LISTED = ("brand_name", "category", "topic", "number", "unit_id", "committee_id", "filed_version_id")
CELLS = ("category", "topic", "honour_level", "committee_kind")
COUNTED = {
    "applications": ("tally_state", ("campaign_id", "committee_id", "status", "filed_version_id"), None),
    "application_listings": ("tally_cells", CELLS, "{row}.stage = 'filed'"),
    "awards": ("tally_award", ("commendation_id", "status"), None),
}
"""What is counted, by what and by which of its columns, and which of its rows are."""
SEARCHED = {"units": ("name", "credit_code"), "accounts": ("name", "username")}
TALLIED = """
    INSERT INTO tallies (id, subject_id, committee_id, dimension, code, count)
    SELECT gen_random_uuid(), * FROM (
        SELECT campaign_id, committee_id, CASE WHEN filed_version_id IS NULL THEN 'unfiled' ELSE 'filed' END, status,
            count(*) FROM applications GROUP BY 1, 2, 3, 4
        UNION ALL SELECT commendation_id, NULL, 'award', status, count(*) FROM awards GROUP BY 1, 4
        UNION ALL SELECT campaign_id, NULL, dimension, code, count(*) FROM application_listings, LATERAL (VALUES
            ('category', category), ('topic', topic),
            ('honour_level', honour_level), ('committee_kind', committee_kind)) AS cell (dimension, code)
            WHERE stage = 'filed' GROUP BY 1, 3, 4
    ) counted
"""


def upgrade() -> None:
    for statement in FUNCTIONS.values():
        op.execute(statement)
    list_applications()
    search_names()
    tally()
    op.create_index(op.f("assignments_application_id_idx"), "assignments", ["application_id"])
    op.create_index(
        "extensions_of_committees_idx",
        "extensions",
        ["committee_id", "campaign_id"],
        postgresql_where=sa.text("application_id IS NULL"),
    )


def list_applications() -> None:
    op.create_table(
        "application_listings",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("stage", "text", *CELLS)),
        sa.Column("honour_rank", sa.Integer(), nullable=False),
        _grams("text"),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"],
            ["applications.id"],
            name=op.f("application_listings_application_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("application_listings_pkey")),
        sa.UniqueConstraint("application_id", "stage", name=op.f("application_listings_application_id_stage_key")),
    )
    op.execute("SELECT list_application(id) FROM applications")
    for name in (*CELLS, "honour_rank"):
        key = op.f(f"application_listings_stage_{name}_application_id_idx")
        op.create_index(key, "application_listings", ["stage", name, "application_id"])
    _index_grams("application_listings")
    op.execute(
        f"CREATE TRIGGER listed AFTER INSERT OR UPDATE OF {', '.join(LISTED)} ON applications "
        "FOR EACH ROW EXECUTE FUNCTION list_this()"
    )
    for table, columns in (("units", ("name", "honour_level")), ("committees", ("kind",))):
        op.execute(
            f"CREATE TRIGGER listed AFTER UPDATE OF {', '.join(columns)} ON {table} FOR EACH ROW "
            f"WHEN ({_differing(columns)}) EXECUTE FUNCTION list_anew()"
        )


def search_names() -> None:
    for table, columns in SEARCHED.items():
        parts = " || E'\\n' || ".join(f"coalesce(comparable({name}), '')" for name in columns)
        op.add_column(table, sa.Column("searched", sa.Text(), sa.Computed(parts, persisted=True), nullable=False))
        op.add_column(table, _grams(parts))
        _index_grams(table)


def tally() -> None:
    op.create_table(
        "tallies",
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("committee_id", sa.Uuid(), nullable=True),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("tallies_pkey")),
    )
    op.execute(TALLIED)
    op.create_index(op.f("tallies_subject_id_dimension_idx"), "tallies", ["subject_id", "dimension"])
    for table, (function, columns, which) in COUNTED.items():
        _tally_each(table, "tallied", "INSERT", function, which and which.format(row="NEW"))
        _tally_each(table, "tallied_off", "DELETE", function, which and which.format(row="OLD"))
        changed = " AND ".join(filter(None, [_differing(columns), which and which.format(row="NEW")]))
        _tally_each(table, "tallied_anew", "UPDATE", function, changed)


def downgrade() -> None:
    op.drop_index("extensions_of_committees_idx", "extensions")
    op.drop_index(op.f("assignments_application_id_idx"), "assignments")
    for table in COUNTED:
        for name in ("tallied", "tallied_off", "tallied_anew"):
            op.execute(f"DROP TRIGGER {name} ON {table}")
    op.drop_table("tallies")
    for table in SEARCHED:
        op.drop_column(table, "grams")
        op.drop_column(table, "searched")
    for table in ("applications", "units", "committees"):
        op.execute(f"DROP TRIGGER listed ON {table}")
    op.drop_table("application_listings")
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")


def _grams(text: str) -> sa.Column[list[int]]:
    return sa.Column("grams", ARRAY(sa.Integer()), sa.Computed(f"grams({text}, true)", persisted=True), nullable=False)


def _index_grams(table: str) -> None:
    """Index the grams, with no more of the newest than a search soon walks through."""
    few = {"gin_pending_list_limit": "512"}
    op.create_index(op.f(f"{table}_grams_idx"), table, ["grams"], postgresql_using="gin", postgresql_with=few)


def _tally_each(table: str, name: str, event: str, function: str, which: str | None) -> None:
    when = f"WHEN ({which})" if which else ""
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW {when} EXECUTE FUNCTION {function}()")


def _differing(columns: Sequence[str]) -> str:
    before, after = (", ".join(f"{row}.{name}" for name in columns) for row in ("OLD", "NEW"))
    return f"({before}) IS DISTINCT FROM ({after})"
