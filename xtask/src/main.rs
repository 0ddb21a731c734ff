//! The build: what cargo alone cannot do. One command per file, no rules of the product.
//!
//! `cargo xtask site [--dev]` makes `target/site`, which the server embeds;
//! `cargo xtask purity` checks the rules about files that no compiler checks.

mod failure;
mod promises;
mod purity;
mod site;
mod workspace;

use std::process::ExitCode;

const USAGE: &str = "usage: cargo xtask site [--dev]   build target/site (--dev: quick and unoptimised)
       cargo xtask purity         check what the domain imports and how long files are";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["site"] => site::run(site::Mode::Release),
        ["site", "--dev"] => site::run(site::Mode::Dev),
        ["purity"] => purity::run(),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
