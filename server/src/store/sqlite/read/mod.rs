//! Read models: rows for modules whose lists ask more than every record has, one file a module. They are written in the
//! transaction that writes the record.

pub(super) mod log;
