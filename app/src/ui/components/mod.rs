//! What several pages are made of, one component a file.
