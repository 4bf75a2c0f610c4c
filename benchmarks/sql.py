"""The bare program's statements, each for just what it needs."""

from benchmarks.contract import KEPT, SUMMARY

PARTNERS = """(SELECT coalesce(jsonb_agg(
    jsonb_build_object('unit_id', q.unit_id, 'name', n.name, 'agreed_at', q.agreed_at) ORDER BY q.id), '[]')
    FROM partners q JOIN units n ON n.id = q.unit_id WHERE q.application_id = a.id) AS partners"""
RANK = """(SELECT array_position(r.recommended_order, a.id) FROM filings r
    WHERE r.campaign_id = a.campaign_id AND r.committee_id = a.committee_id AND r.recommended_order IS NOT NULL
    ORDER BY r.filed_at DESC LIMIT 1)"""
ATTACHED = """(SELECT jsonb_agg(jsonb_build_object('id', t.id) ORDER BY t.id)
    FROM attachments t WHERE t.application_id = a.id) AS attached"""
ELSEWHERE = {
    "unit_name": "u.name AS unit_name",
    "committee_name": "c.name AS committee_name",
    "etag": "a.version",
    "partners": PARTNERS,
    "recommended_rank": f"{RANK} AS recommended_rank",
    "actions": "NULL AS actions",
}
LISTED = ", ".join(ELSEWHERE.get(name, f"a.{name}") for name in SUMMARY)
SHOWN = ", ".join(f"i.{name}" for name in (*KEPT, "role", "version"))

SESSION = """
    SELECT clock_timestamp() AS now, s.idle_until, s.expires_at, a.id, a.role, a.name, a.committee_id, a.unit_id
    FROM sessions s JOIN accounts a ON a.id = s.account_id WHERE s.token_hash = $1 AND a.status = 'active'"""
APPLICATION = f"""
    SELECT a.*, u.name AS unit_name, c.name AS committee_name, p.status AS campaign_status, p.settings_digest,
        u.retired_at IS NOT NULL OR c.retired_at IS NOT NULL AS retired, e.id AS extension_id, e.due_on, e.until,
        (SELECT count(*) FROM applications o WHERE o.campaign_id = a.campaign_id AND o.committee_id = a.committee_id
            AND o.status IN ('filed', 'accepted')) AS standing,
        (SELECT jsonb_agg(jsonb_build_array(x.kind, x.value)) FROM exemptions x WHERE x.revoked_at IS NULL
            AND x.campaign_id = a.campaign_id AND x.committee_id = a.committee_id
            AND (x.application_id IS NULL OR x.application_id = a.id)) AS exemptions,
        CASE WHEN $2::uuid IS NULL THEN {RANK} END AS recommended_rank,
        {ATTACHED}, {PARTNERS}
    FROM applications a JOIN units u ON u.id = a.unit_id JOIN committees c ON c.id = a.committee_id
    JOIN campaigns p ON p.id = a.campaign_id LEFT JOIN LATERAL (
        SELECT x.id, x.due_on, x.until FROM extensions x WHERE x.revoked_at IS NULL AND x.kind = 'application'
            AND x.campaign_id = a.campaign_id AND x.committee_id = a.committee_id
            AND (x.application_id IS NULL OR x.application_id = a.id) ORDER BY x.until DESC LIMIT 1) e ON true
    WHERE a.id = $1 AND (a.unit_id = $2 OR $2 IS NULL AND a.committee_id = $3)"""
IMAGES = f"""
    SELECT {SHOWN}, f.damaged, ARRAY(
        SELECT o.number FROM images x JOIN applications o ON o.id = x.application_id
        WHERE x.sha256 = i.sha256 AND o.id <> i.application_id AND o.committee_id = $2 AND $3 = 'committee') AS seen_in
    FROM images i JOIN files f ON f.id = i.file_id WHERE i.application_id = $1 ORDER BY i.slot"""
SETTINGS = "SELECT settings FROM campaigns WHERE settings_digest = $1 LIMIT 1"
PAGE = f"""
    SELECT {LISTED}, (SELECT count(*) FROM (
        SELECT FROM applications o WHERE o.committee_id = $1 LIMIT 1001) counted) AS total
    FROM applications a JOIN units u ON u.id = a.unit_id JOIN committees c ON c.id = a.committee_id
    WHERE a.committee_id = $1 ORDER BY a.id LIMIT $2"""
CLAIM = """
    INSERT INTO idempotency_keys (id, account_id, key, fingerprint, created_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT DO NOTHING RETURNING id"""
LOCK = "SELECT * FROM applications WHERE id = $1 AND (unit_id = $2 OR $2 IS NULL AND committee_id = $3) FOR UPDATE"
SUBMIT = """
    UPDATE applications SET status = 'submitted', submitted_at = $2, updated_at = $2, content_digest = $3,
        version = version + 1, versions = versions + 1, reason = NULL, reason_codes = '[]' WHERE id = $1 RETURNING *"""
FIX = """
    INSERT INTO application_versions
        (id, application_id, number, occasion, digest, content, fixed_at, fixed_by, phone_numbers)
    SELECT $1, $2, $3, 'submission', $4, $5, $6, $7, phone_numbers FROM applications WHERE id = $2"""
FIX_IMAGES = """
    INSERT INTO version_images (id, version_id, slot, image_id, file_id, thumbnail_id)
    SELECT gen_random_uuid(), $1, slot, id, file_id, thumbnail_id FROM images WHERE application_id = $2"""
AUDIT = """
    INSERT INTO audit_events (id, at, action, subject_type, subject_id, subject_version, campaign_id, committee_id,
        actor_id, actor_role, actor_name, request_id, before_digest, after_digest, data)
    VALUES ($1, $2, 'application.submitted', 'application', $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"""
KEEP = "UPDATE idempotency_keys SET answer = $3 WHERE account_id = $1 AND key = $2"
