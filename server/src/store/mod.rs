//! How things are kept on the server: one folder an engine, each behind [`domain::store::Store`] and the same contract test
//! (`server/tests/contract`). All SQL of the product lies here.

mod sqlite;

pub use sqlite::{
    BackedUp, BackupError, ConflictingBytes, Counts, EndedAgain, HashError, Restored, SqliteStore, back_up,
    hash_password, overwrite_erased, restore,
};
