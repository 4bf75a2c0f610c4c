"""Applications found by every name of their units and of their committee: of now, of before, and as they were filed"""

from collections.abc import Sequence

from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

FUNCTIONS = {
    "applicants(uuid, text)": """
        CREATE FUNCTION applicants(which uuid, stage text) RETURNS uuid[] STABLE LANGUAGE sql AS $$
            SELECT a.unit_id || CASE WHEN stage = 'own'
                THEN ARRAY(SELECT p.unit_id FROM public.partners p WHERE p.application_id = a.id)
                ELSE ARRAY(SELECT (each ->> 'unit_id')::uuid FROM public.application_versions v,
                    jsonb_array_elements(v.partners) AS each WHERE v.id = a.filed_version_id) END
            FROM public.applications a WHERE a.id = which
        $$""",
    "searched_names(uuid, text)": """
        CREATE FUNCTION searched_names(which uuid, stage text) RETURNS text STABLE LANGUAGE sql AS $$
            SELECT string_agg(DISTINCT public.comparable(each.name) COLLATE "C", E'\\n')
            FROM public.applications a, LATERAL (
                SELECT u.name FROM public.units u WHERE u.id = ANY(public.applicants(which, stage))
                UNION ALL SELECT f.name FROM public.former_names f
                    WHERE f.unit_id = ANY(public.applicants(which, stage))
                UNION ALL SELECT c.name FROM public.committees c WHERE c.id = a.committee_id
                UNION ALL SELECT f.name FROM public.former_names f WHERE f.committee_id = a.committee_id
                UNION ALL SELECT filed.name FROM public.application_versions v,
                    LATERAL (VALUES (v.unit_name), (v.committee_name)) AS filed (name)
                    WHERE stage = 'filed' AND v.id = a.filed_version_id
            ) AS each WHERE a.id = which AND each.name <> ''
        $$""",
    "list_named(uuid, uuid)": """
        CREATE FUNCTION list_named(unit uuid, committee uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
            PERFORM public.list_application(named.id) FROM (
                SELECT id FROM public.applications WHERE unit_id = unit
                UNION SELECT application_id FROM public.partners WHERE unit_id = unit
                UNION SELECT application_id FROM public.application_versions WHERE partners <> '[]'::jsonb
                    AND partners @> jsonb_build_array(jsonb_build_object('unit_id', unit))
                UNION SELECT id FROM public.applications WHERE committee_id = committee
            ) AS named ORDER BY named.id;
        END $$""",
    "list_joint()": """
        CREATE FUNCTION list_joint() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            PERFORM public.list_application(CASE WHEN TG_OP = 'DELETE' THEN OLD.application_id
                ELSE NEW.application_id END);
            RETURN NULL;
        END $$""",
}
LIST_ANEW = """
    CREATE OR REPLACE FUNCTION list_anew() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF TG_TABLE_NAME = 'units' THEN
            {of_unit};
        ELSIF TG_TABLE_NAME = 'committees' THEN
            {of_committee};
        {of_former_name}END IF;
        RETURN NULL;
    END $$
"""
LIST_APPLICATION = """
    CREATE OR REPLACE FUNCTION list_application(which uuid) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        {locks}
        INSERT INTO public.application_listings AS known
            (id, application_id, stage, campaign_id,
            text, category, topic, honour_level, honour_rank, committee_kind)
        SELECT gen_random_uuid(), a.id, seen.stage, a.campaign_id,
            concat_ws(E'\\n', public.comparable(seen.brand_name), public.comparable(a.number),
                {names}, public.searched_cells(seen.cells)),
            coalesce(seen.category, ''), coalesce(seen.topic, ''), u.honour_level,
            array_position(ARRAY['national', 'provincial', 'municipal', 'district'], u.honour_level::text), c.kind
        FROM public.applications a JOIN public.units u ON u.id = a.unit_id
        JOIN public.committees c ON c.id = a.committee_id
        LEFT JOIN public.application_versions v ON v.id = a.filed_version_id,
        LATERAL (VALUES ('own', a.brand_name, a.category, a.topic, a.cells),
            ('filed', v.brand_name, v.category, v.topic, v.cells)) AS seen (stage, brand_name, category, topic, cells)
        WHERE a.id = which AND (v.id IS NOT NULL OR seen.stage = 'own'){share}
        ON CONFLICT (application_id, stage) DO UPDATE SET text = excluded.text, category = excluded.category,
            topic = excluded.topic, honour_level = excluded.honour_level, honour_rank = excluded.honour_rank,
            committee_kind = excluded.committee_kind
        WHERE (known.text, known.category, known.topic, known.honour_level, known.committee_kind) IS DISTINCT FROM
            (excluded.text, excluded.category, excluded.topic, excluded.honour_level, excluded.committee_kind);
    END $$
"""
"""As in the twenty-sixth revision, but for the names."""
LOCKS = """PERFORM FROM public.units u
        WHERE u.id = ANY(public.applicants(which, 'own') || public.applicants(which, 'filed'))
        ORDER BY u.id FOR SHARE;
        PERFORM FROM public.committees c JOIN public.applications a ON a.committee_id = c.id
        WHERE a.id = which FOR SHARE OF c;"""
"""Statements of their own: what was renamed while they waited is seen by the next one, former names too."""
ALL_NAMES = {"locks": LOCKS, "names": "public.searched_names(a.id, seen.stage)", "share": ""}
ONE_NAME = {"locks": "", "names": "public.comparable(u.name)", "share": " FOR SHARE OF u"}
BY_ALL_NAMES = {
    "of_unit": "PERFORM public.list_named(NEW.id, NULL)",
    "of_committee": "PERFORM public.list_named(NULL, NEW.id)",
    "of_former_name": "ELSE\n            PERFORM public.list_named(NEW.unit_id, NEW.committee_id);\n        ",
}
OF = "PERFORM public.list_application(id) FROM public.applications WHERE {column} = NEW.id ORDER BY id"
BY_ONE_NAME = {
    "of_unit": OF.format(column="unit_id"),
    "of_committee": OF.format(column="committee_id"),
    "of_former_name": "",
}
TRIGGERS = {
    "partners": ("INSERT OR DELETE", "list_joint"),
    "former_names": ("INSERT", "list_anew"),
}


def upgrade() -> None:
    for statement in FUNCTIONS.values():
        op.execute(statement)
    _list_by(ALL_NAMES, BY_ALL_NAMES, committee_columns=("name", "kind"))
    for table, (event, function) in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER listed AFTER {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")


def downgrade() -> None:
    for table in TRIGGERS:
        op.execute(f"DROP TRIGGER listed ON {table}")
    _list_by(ONE_NAME, BY_ONE_NAME, committee_columns=("kind",))
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")


def _list_by(words: dict[str, str], changes: dict[str, str], *, committee_columns: Sequence[str]) -> None:
    op.execute(LIST_APPLICATION.format(**words))
    op.execute(LIST_ANEW.format(**changes))
    before, after = (", ".join(f"{row}.{name}" for name in committee_columns) for row in ("OLD", "NEW"))
    op.execute("DROP TRIGGER listed ON committees")
    op.execute(
        f"CREATE TRIGGER listed AFTER UPDATE OF {', '.join(committee_columns)} ON committees FOR EACH ROW "
        f"WHEN (({before}) IS DISTINCT FROM ({after})) EXECUTE FUNCTION list_anew()"
    )
    op.execute("SELECT list_application(id) FROM applications")
