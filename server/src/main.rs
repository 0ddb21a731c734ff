//! `watchlog`: see [`server::cli`].

fn main() {}
