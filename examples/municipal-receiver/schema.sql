-- What the receiver keeps. Every table has the key by which something that comes twice is recognised.

PRAGMA journal_mode = WAL;

-- Messages that were pushed to us, by the id that all attempts of one message share.
CREATE TABLE IF NOT EXISTS messages (
    id TEXT PRIMARY KEY,
    times INTEGER NOT NULL DEFAULT 1,
    received_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- How far the events have been read.
CREATE TABLE IF NOT EXISTS position (one INTEGER PRIMARY KEY CHECK (one = 1), last INTEGER NOT NULL);
INSERT OR IGNORE INTO position VALUES (1, 0);

-- Events that concern us, and which of them are dealt with.
CREATE TABLE IF NOT EXISTS events (
    sequence INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    nomination_id TEXT NOT NULL,
    done_at TEXT
);

-- Nominations with what was handed over, byte for byte; only the place among the others and the standing change.
CREATE TABLE IF NOT EXISTS nominations (
    id TEXT PRIMARY KEY,
    campaign_id TEXT NOT NULL,
    application_number TEXT NOT NULL,
    revision INTEGER NOT NULL,
    position INTEGER NOT NULL,
    stands INTEGER NOT NULL,
    payload BLOB NOT NULL
);

-- Pictures and scans.
CREATE TABLE IF NOT EXISTS files (sha256 TEXT PRIMARY KEY, content BLOB NOT NULL);

-- What we answer, and what of it was heard. Stored with the nomination, so that none is forgotten.
CREATE TABLE IF NOT EXISTS answers (
    reference TEXT PRIMARY KEY,
    nomination_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload_digest TEXT NOT NULL,
    given_at TEXT
);
