//! The demo community (`watchlog demo`, `watchlog serve --demo`): made up, the same for the same seed.
