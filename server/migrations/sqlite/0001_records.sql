-- Everything that one server keeps, for one or more communities. A record is kept as the JSON that clients get; the
-- columns beside it are what queries ask for. Ids are the 16 bytes of a UUID, hashes the 32 of a SHA-256, times are
-- milliseconds since 1970 UTC.

-- What is true of this database as a whole. A restore begins another epoch: phones notice when it changes.
CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (name, value)
SELECT 'epoch', format('%s-%s-4%s-a%s-%s', substr(h, 1, 8), substr(h, 9, 4), substr(h, 13, 3), substr(h, 16, 3), substr(h, 19, 12))
FROM (SELECT lower(hex(randomblob(16))) AS h);

-- Counts checks of readiness, so that a check proves that the disk takes writes.
INSERT INTO meta (name, value) VALUES ('readiness_checks', '0');

-- Short numbers for the ids of communities, places and people, which stand in every row and every index.
CREATE TABLE numbered (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE community (
    number INTEGER PRIMARY KEY REFERENCES numbered (number),
    -- The newest position of its feed, raised in the transaction that adds to the feed.
    head INTEGER NOT NULL,
    -- The position at which its places or people last changed: whoever keeps them in memory compares it.
    structure INTEGER NOT NULL
) STRICT;

-- Every record in its newest state. The text stands last and lies in no index: what only filters never reads it.
CREATE TABLE record (
    slot INTEGER PRIMARY KEY,
    community INTEGER NOT NULL,
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    -- In the feed of its community. The newest state only: a record that changes moves to the end.
    position INTEGER NOT NULL,
    -- Its audience: the place, whether it also reaches places below (1), the topics as bits, and whether readers are named.
    place INTEGER NOT NULL,
    reach INTEGER NOT NULL,
    topics INTEGER NOT NULL,
    named INTEGER NOT NULL,
    -- The person who made it, if that matters for reading.
    author INTEGER,
    stays_open INTEGER NOT NULL,
    written INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    state TEXT NOT NULL,
    due INTEGER,
    -- Whose turn it is: a role, and where.
    responsible_role TEXT,
    responsible_place INTEGER,
    text TEXT NOT NULL,
    UNIQUE (community, kind, id)
) STRICT;

-- The feed, with all that a pull asks for.
CREATE INDEX record_feed ON record (community, position, place, topics, reach, author, named, stays_open, changed);

-- Readers who are named: the number of a person, or a post as role@place's number.
CREATE TABLE reader (
    record INTEGER NOT NULL REFERENCES record (slot),
    who TEXT NOT NULL,
    PRIMARY KEY (record, who)
) STRICT, WITHOUT ROWID;

CREATE INDEX reader_who ON reader (who);

-- Every command that was accepted, parked or held, in the order of arrival: the audit trail. An id names one sequence of
-- bytes for ever. One of position, waits_for, held and rejection says what became of it.
CREATE TABLE command (
    arrival INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    sha256 BLOB NOT NULL,
    community INTEGER NOT NULL,
    -- The 16 bytes of a person, or the JSON of another actor.
    actor BLOB NOT NULL,
    device BLOB NOT NULL,
    written INTEGER NOT NULL,
    clock_offset INTEGER,
    sent_at INTEGER NOT NULL,
    received INTEGER NOT NULL,
    -- The record that it is about, and the others that it names.
    kind TEXT NOT NULL,
    about BLOB NOT NULL,
    other_keys TEXT,
    act TEXT NOT NULL,
    position INTEGER,
    number TEXT,
    waits_for TEXT,
    held INTEGER NOT NULL,
    rejection TEXT,
    -- Whether it stays rejected for ever; otherwise the same bytes are judged anew.
    is_final INTEGER NOT NULL,
    -- What somebody decided about it while it was held: 1 for it, 0 against it; why; when.
    ruling INTEGER,
    ruling_why TEXT,
    ruled_at INTEGER,
    -- Whether it is carried out again after a restore that has lost it: it erases words, or ends posts.
    outlives INTEGER NOT NULL,
    -- NULL where they were erased: the hash says which they were.
    bytes TEXT,
    CHECK ((position IS NOT NULL) + (waits_for IS NOT NULL) + held + (rejection IS NOT NULL) = 1)
) STRICT;

CREATE INDEX command_about ON command (about);
CREATE INDEX command_waiting ON command (waits_for, arrival) WHERE waits_for IS NOT NULL;
CREATE INDEX command_queue ON command (about) WHERE waits_for IS NOT NULL;
CREATE INDEX command_parked ON command (actor) WHERE waits_for IS NOT NULL;
CREATE INDEX command_held ON command (arrival) WHERE held = 1;
-- How much of one person is held, in a moment: it counts towards the same bound as what is parked.
CREATE INDEX command_held_of ON command (actor) WHERE held = 1;

-- What must not come back with a backup (server/src/store/sqlite/ended).
CREATE INDEX command_outlives ON command (arrival) WHERE outlives = 1;
CREATE INDEX command_erased ON command (arrival) WHERE bytes IS NULL;
CREATE INDEX command_ends_later ON command (waits_for) WHERE waits_for IS NOT NULL AND outlives = 1;

-- What a restore has read of that and what does not follow from the commands here: lines of a list, for every later list.
CREATE TABLE ended (
    arrival INTEGER PRIMARY KEY,
    line TEXT NOT NULL UNIQUE
) STRICT;

-- Other bytes under an id that was taken: nothing was changed by them, and a few are there to be looked at.
CREATE TABLE conflict (
    arrival INTEGER PRIMARY KEY,
    command BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    sender BLOB,
    device BLOB NOT NULL,
    received INTEGER NOT NULL,
    bytes TEXT NOT NULL,
    UNIQUE (command, sha256)
) STRICT;

-- The last number of a series; of one that begins anew each day, of that day, and otherwise of the day ''.
CREATE TABLE serial (
    community INTEGER NOT NULL,
    day TEXT NOT NULL,
    series TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (community, day, series)
) STRICT, WITHOUT ROWID;

-- Photos and voice notes. Their bytes lie beside the database (server/src/blobs), under the SHA-256 of what the phone
-- sent; here is who may send and see them, and which are here.

-- Which records name a blob.
CREATE TABLE blob_name (
    sha256 BLOB NOT NULL,
    record INTEGER NOT NULL REFERENCES record (slot),
    PRIMARY KEY (sha256, record)
) STRICT, WITHOUT ROWID;

-- Who has sent the whole bytes of a blob. To name a hash that one has heard of opens nothing.
CREATE TABLE blob (
    sha256 BLOB NOT NULL,
    author BLOB NOT NULL,
    kind TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    PRIMARY KEY (sha256, author)
) STRICT, WITHOUT ROWID;

-- Secrets. They are in no record, no command and no feed.
CREATE TABLE account (
    person BLOB PRIMARY KEY,
    -- Lower case.
    login TEXT NOT NULL UNIQUE,
    -- Argon2id in PHC text form; NULL for accounts that only the demo opens, and for closed ones.
    password_hash TEXT,
    -- How often a password has ceased to open anything: one of a backup that is older than the last time never does again.
    password_ends INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Who is signed in. Only the hash of the secret is here.
CREATE TABLE session (
    token_hash BLOB PRIMARY KEY,
    person BLOB NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX session_expires ON session (expires);
CREATE INDEX session_person ON session (person);

-- Tries with a name, whether there is such a name or not; the name itself is not kept.
CREATE TABLE sign_in_try (
    login_hash BLOB PRIMARY KEY,
    tries INTEGER NOT NULL,
    last INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_try_last ON sign_in_try (last);

-- What lists ask about an entry of the log. Narrow on purpose. Lists run by time of writing and id, newest first.
CREATE TABLE entry_row (
    slot INTEGER PRIMARY KEY REFERENCES record (slot),
    community INTEGER NOT NULL,
    written INTEGER NOT NULL,
    -- The latest time of writing up to this slot, in this community: what lies before it in the bigram index is not newer.
    latest INTEGER NOT NULL,
    place INTEGER NOT NULL,
    topics INTEGER NOT NULL,
    reach INTEGER NOT NULL,
    named INTEGER NOT NULL,
    author INTEGER,
    category TEXT NOT NULL,
    urgency TEXT NOT NULL,
    state TEXT NOT NULL,
    withdrawn INTEGER NOT NULL,
    id BLOB NOT NULL
) STRICT;

-- The indexes carry all that a list asks, so that rare combinations are found without touching the table; an author has few
-- entries. Lists name the index they walk (server/src/store/sqlite/read/log/list.rs).
CREATE INDEX entry_written ON entry_row (community, written, id, place, topics, reach, author, named, category, urgency, state, withdrawn);
CREATE INDEX entry_category ON entry_row (community, category, written, id, place, topics, reach, author, named, urgency, state, withdrawn);
CREATE INDEX entry_urgency ON entry_row (community, urgency, written, id, place, topics, reach, author, named, category, state, withdrawn);
CREATE INDEX entry_state ON entry_row (community, state, written, id, place, topics, reach, author, named, category, urgency, withdrawn);
CREATE INDEX entry_place ON entry_row (place, written, id, topics, reach, author, named, category, urgency, state, withdrawn, community);
CREATE INDEX entry_author ON entry_row (author, written, id);

-- The bigram index: character pairs of an entry's words (server/src/store/sqlite/bigrams.rs). Holds no text.
CREATE VIRTUAL TABLE entry_words USING fts5 (
    words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii'
);

-- Half the writing for a few more places to look: merge eight segments instead of four, and gather up to 4 MiB of a
-- transaction's words before a segment is written.
INSERT INTO entry_words (entry_words, rank) VALUES ('automerge', 8), ('hashsize', 4194304);
