-- Photos and voice notes. Their bytes lie beside the database (server/src/blobs), under the SHA-256 of what the phone
-- sent; here is who may send and see them, and which are here.

-- Which entries name a blob, in any of their versions.
CREATE TABLE entry_blob (
    sha256 BLOB NOT NULL,
    slot INTEGER NOT NULL REFERENCES entry (slot),
    PRIMARY KEY (sha256, slot)
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
