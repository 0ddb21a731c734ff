//! `cargo xtask purity`: the rules about files that no compiler checks.
//!
//! The domain and the sync core do no IO and know neither clock nor chance (`app/domain`), which also depends on nothing
//! that could bring them, and no source file grows past the length at which nobody reads it any more.

use std::path::Path;

use crate::failure::Result;
use crate::promises;
use crate::workspace::{files_below, read_text, root};

/// The folders whose code must give the same answer on phone and server, today and at a replay.
const PURE_FOLDERS: [&str; 1] = ["app/domain/src"];

/// What the domain may depend on (DESIGN.md 3): none of it brings a framework, a platform or a clock.
const DOMAIN_DEPENDENCIES: [&str; 9] =
    ["async-trait", "base64", "serde", "serde-json-core", "serde_json", "sha2", "thiserror", "time", "uuid"];

/// Names that bring a framework, a platform, a clock or chance.
const FORBIDDEN_NAMES: [&str; 10] =
    ["leptos", "sqlx", "axum", "tokio", "web_sys", "js_sys", "wasm_bindgen", "SystemTime", "Instant", "rand"];

/// Paths that bring files or the network, however they were imported.
const FORBIDDEN_PATHS: [&str; 4] = ["std::fs", "std::net", "fs::", "net::"];

const SOURCE_EXTENSIONS: [&str; 5] = ["rs", "css", "js", "ts", "mjs"];
const LONGEST_FILE: usize = 400;

/// Fails with one line for each broken rule.
pub(crate) fn run() -> Result<()> {
    let root = root();
    let mut complaints = Vec::new();
    for folder in PURE_FOLDERS {
        let folder = root.join(folder);
        if !folder.is_dir() {
            continue;
        }
        for path in files_below(&folder, &[])? {
            let name = shown(&path, &root);
            for (line, forbidden) in impurities(&read_text(&path)?) {
                complaints.push(format!("{name}:{line} mentions {forbidden}: this code does no IO and asks no clock; take the value as an argument"));
            }
        }
    }
    for path in files_below(&root, &["target", "node_modules", "report", "data"])? {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if SOURCE_EXTENSIONS.contains(&extension.as_ref()) {
            let lines = read_text(&path)?.lines().count();
            if lines > LONGEST_FILE {
                let name = shown(&path, &root);
                complaints
                    .push(format!("{name} has {lines} lines: split it by what it is about (at most {LONGEST_FILE})"));
            }
        }
    }
    for name in dependencies(&read_text(&root.join("app/domain/Cargo.toml"))?) {
        if !DOMAIN_DEPENDENCIES.contains(&name.as_str()) {
            complaints.push(format!(
                "app/domain depends on {name}: what decides the truth stands on {DOMAIN_DEPENDENCIES:?} alone"
            ));
        }
    }
    complaints.extend(promises::missing(&root)?);
    if complaints.is_empty() {
        println!(
            "purity: the domain does no IO, no file is over {LONGEST_FILE} lines, every test that is named is there"
        );
        return Ok(());
    }
    for complaint in &complaints {
        eprintln!("{complaint}");
    }
    Err(format!("{} broken rules about files, listed above", complaints.len()).into())
}

/// The names in the table `[dependencies]` of a manifest, and in those of a target.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut in_table = false;
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            // The lines of `[dependencies.uuid]` say which uuid, and name nothing.
            in_table = table == "dependencies" || table.ends_with(".dependencies");
            names.extend(table.strip_prefix("dependencies.").map(str::to_owned));
        } else if in_table && !line.starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default();
            names.extend((!name.is_empty()).then(|| name.to_owned()));
        }
    }
    names
}

fn shown(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}

/// Line numbers and forbidden names in code; comments may name what the code must not use.
fn impurities(source: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (index, line) in source.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        let is_part_of_name = |character: char| character.is_alphanumeric() || character == '_';
        let name = FORBIDDEN_NAMES
            .into_iter()
            .find(|forbidden| code.split(|character| !is_part_of_name(character)).any(|word| word == *forbidden));
        let path = FORBIDDEN_PATHS
            .into_iter()
            .find(|forbidden| code.match_indices(forbidden).any(|(at, _)| !code[..at].ends_with(is_part_of_name)));
        if let Some(forbidden) = name.or(path) {
            found.push((index + 1, forbidden));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{dependencies, impurities};

    #[test]
    fn the_dependencies_of_a_manifest_are_read_and_those_of_its_tests_are_not() {
        let manifest = "[package]\nname = \"domain\"\n[dependencies]\n# why\nserde.workspace = true\n\n[dependencies.uuid]\nversion = \"1\"\n[dev-dependencies]\nproptest = \"1\"\n";
        assert_eq!(dependencies(manifest), ["serde", "uuid"]);
    }

    #[test]
    fn a_clock_in_the_domain_is_found_with_its_line() {
        assert_eq!(impurities("use std::mem;\nlet now = std::time::SystemTime::now();"), [(2, "SystemTime")]);
    }

    #[test]
    fn files_behind_a_grouped_import_are_found_where_they_are_used() {
        assert_eq!(impurities("use std::{fs, mem};\nfs::read(path)"), [(2, "fs::")]);
    }

    #[test]
    fn names_that_only_contain_a_forbidden_one_are_fine() {
        assert!(impurities("let operand = brand + InstantReply::subnet::MASK;").is_empty());
    }

    #[test]
    fn a_comment_may_say_what_is_forbidden() {
        assert!(impurities("/// Never calls `SystemTime::now`.").is_empty());
    }
}
