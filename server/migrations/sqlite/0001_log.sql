-- The log of one or more communities. Records are kept as the JSON that clients get; the columns beside them are
-- what queries ask for. Ids are the 16 bytes of a UUID, times are milliseconds since 1970 UTC.

-- What is true of this database as a whole. The epoch names its life: phones notice when it changes.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (name, value)
SELECT 'epoch', format('%s-%s-4%s-a%s-%s', substr(h, 1, 8), substr(h, 9, 4), substr(h, 13, 3), substr(h, 16, 3), substr(h, 19, 12))
FROM (SELECT lower(hex(randomblob(16))) AS h);

-- Counts checks of readiness, so that a check proves that the disk takes writes.
INSERT INTO meta (name, value) VALUES ('readiness_checks', '0');

CREATE TABLE community (
    slot INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    -- The newest position of its feed, raised in the transaction that adds to the feed.
    head INTEGER NOT NULL DEFAULT 0,
    record TEXT NOT NULL
) STRICT;

CREATE TABLE micro_grid (
    slot INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    record TEXT NOT NULL
) STRICT;

CREATE TABLE person (
    slot INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    -- Lower case.
    login TEXT NOT NULL UNIQUE,
    -- Argon2id in PHC text form; NULL for accounts that only the demo opens.
    password_hash TEXT,
    record TEXT NOT NULL
) STRICT;

CREATE TABLE resident (
    slot INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    record TEXT NOT NULL
) STRICT;

-- Every command that was taken in, in the order of arrival: the audit trail. Accepted ones have a position, rejected
-- ones a reason, and those with neither wait for their entry. An id names one sequence of bytes for ever.
CREATE TABLE command (
    arrival INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    sha256 BLOB NOT NULL,
    author BLOB NOT NULL,
    entry BLOB NOT NULL,
    sent_at INTEGER NOT NULL,
    received INTEGER NOT NULL,
    position INTEGER,
    number TEXT,
    rejection TEXT,
    -- NULL where the command was rejected on arrival: it stays on the phone, and its hash says which it was.
    bytes TEXT,
    CHECK (position IS NULL OR rejection IS NULL)
) STRICT;

CREATE INDEX command_waiting ON command (entry, arrival) WHERE position IS NULL AND rejection IS NULL;

-- Other bytes under an id that was taken: nothing was changed, and both are there to be looked at.
CREATE TABLE conflict (
    arrival INTEGER PRIMARY KEY,
    command BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    sender BLOB NOT NULL,
    device BLOB NOT NULL,
    received INTEGER NOT NULL,
    bytes TEXT NOT NULL,
    UNIQUE (command, sha256)
) STRICT;

-- What lists ask about an entry. The slot orders by time of writing: corrected milliseconds * 2^20 + a serial number,
-- so that every list, the word index included, runs newest first by walking it backwards. Narrow on purpose.
CREATE TABLE entry (
    slot INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    -- Of its one row in the feed.
    position INTEGER NOT NULL,
    author BLOB NOT NULL,
    micro_grid TEXT NOT NULL,
    yard TEXT NOT NULL,
    category TEXT NOT NULL,
    -- One bit per category that any of its versions has had.
    categories INTEGER NOT NULL,
    urgency TEXT NOT NULL,
    state TEXT NOT NULL,
    withdrawn INTEGER NOT NULL
) STRICT;

-- The broad filters carry all that a list asks, so that rare combinations are found without touching the table;
-- a micro-grid or an author has few entries. Lists name the index they walk (server/src/store/find.rs).
CREATE INDEX entry_yard ON entry (yard, slot, category, urgency, state, micro_grid, author, categories, withdrawn);
CREATE INDEX entry_category ON entry (category, slot, yard, urgency, state, micro_grid, author, categories, withdrawn);
CREATE INDEX entry_urgency ON entry (urgency, slot, yard, category, state, micro_grid, author, categories, withdrawn);
CREATE INDEX entry_state ON entry (state, slot, yard, category, urgency, micro_grid, author, categories, withdrawn);
CREATE INDEX entry_micro_grid ON entry (micro_grid);
CREATE INDEX entry_author ON entry (author);

CREATE TABLE entry_record (
    slot INTEGER PRIMARY KEY REFERENCES entry (slot),
    record TEXT NOT NULL
) STRICT;

-- Character pairs of the three parts (server/src/store/words.rs). Holds no text.
CREATE VIRTUAL TABLE entry_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Half the writing for a few more places to look: merge eight segments instead of four, and gather up to 4 MiB of a
-- transaction's words before a segment is written.
INSERT INTO entry_words (entry_words, rank) VALUES ('automerge', 8), ('hashsize', 4194304);

-- One row per record and community, at its newest position.
-- Kinds: 1 community, 2 micro-grid, 3 person, 4 resident, 5 entry.
CREATE TABLE feed (
    community TEXT NOT NULL,
    position INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    -- Of the record in the table of its kind.
    slot INTEGER NOT NULL,
    -- Micro-grids, residents and entries are told to those whose scope reaches here.
    micro_grid TEXT,
    author BLOB,
    -- As in entry; every bit for other kinds.
    categories INTEGER NOT NULL DEFAULT -1,
    -- When the server had the newest step of an entry.
    changed INTEGER NOT NULL DEFAULT 0,
    -- Whether a question waits for its answer.
    awaiting INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (community, position)
) STRICT, WITHOUT ROWID;

-- The last serial number given to an entry of a community and a day (DOMAIN.md 2.2).
CREATE TABLE day_serial (
    community TEXT NOT NULL,
    day TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (community, day)
) STRICT, WITHOUT ROWID;

-- Who is signed in. Only the hash of the secret is here.
CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    person BLOB NOT NULL REFERENCES person (id),
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_expires ON session (expires);

-- Tries with a name, whether there is such a name or not; the name itself is not kept.
CREATE TABLE sign_in_try (
    login_hash BLOB PRIMARY KEY,
    tries INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_try_last ON sign_in_try (last);
