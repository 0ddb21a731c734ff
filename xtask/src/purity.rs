//! `cargo xtask purity`: the rules about files that no compiler checks.
//!
//! The domain with its sync core (`app/domain`) does no IO, knows neither clock nor random numbers, and depends on nothing
//! that could bring them; no source file grows past the length at which nobody reads it any more; every test that
//! `end2end/README.md` names is there.

use std::path::Path;

use crate::failure::Result;
use crate::promises;
use crate::workspace::{files_below, read_text, root};

/// The folders whose code must give the same answer on phone and server, today and at a replay.
const PURE_FOLDERS: [&str; 1] = ["app/domain/src"];

/// What the domain may depend on: none of it brings a framework, a platform or a clock.
const DOMAIN_DEPENDENCIES: [&str; 9] =
    ["async-trait", "base64", "serde", "serde-json-core", "serde_json", "sha2", "thiserror", "time", "uuid"];

/// What its tests may depend on besides: itself with its stores in memory, and random cases.
const DEPENDENCIES_OF_TESTS: [&str; 2] = ["domain", "proptest"];

/// Names that bring a framework, a platform, a clock or random numbers.
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
    for (list, name) in unwanted(&read_text(&root.join("app/domain/Cargo.toml"))?) {
        let allowed = list.allowed();
        complaints.push(format!(
            "app/domain has {name} in {}: what decides the truth stands on {allowed:?} there alone",
            list.name()
        ));
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

/// One of the lists of a manifest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Program,
    Tests,
    Build,
}

impl List {
    const ALL: [Self; 3] = [Self::Program, Self::Tests, Self::Build];

    const fn name(self) -> &'static str {
        match self {
            Self::Program => "dependencies",
            Self::Tests => "dev-dependencies",
            Self::Build => "build-dependencies",
        }
    }

    const fn allowed(self) -> &'static [&'static str] {
        match self {
            Self::Program => &DOMAIN_DEPENDENCIES,
            Self::Tests => &DEPENDENCIES_OF_TESTS,
            // What runs while it is built could bring in anything.
            Self::Build => &[],
        }
    }
}

/// What the domain's manifest names beyond what is allowed.
fn unwanted(manifest: &str) -> Vec<(List, String)> {
    let mut all = dependencies(manifest);
    all.retain(|(list, name)| !list.allowed().contains(&name.as_str()));
    all
}

/// The names in the lists of a manifest, and in those of a target.
fn dependencies(manifest: &str) -> Vec<(List, String)> {
    let mut within = None;
    let mut names = Vec::new();
    for line in manifest.lines().map(str::trim) {
        if let Some(table) = line.strip_prefix('[') {
            let table = table.split(']').next().unwrap_or_default();
            let table: Vec<&str> = table.split('.').map(|part| part.trim_matches([' ', '"', '\''])).collect();
            let is_list = |part: &&str| List::ALL.into_iter().find(|list| list.name() == *part);
            let found = table.iter().enumerate().find_map(|(at, part)| is_list(part).map(|list| (at, list)));
            let named = found.and_then(|(at, list)| Some((list, table.get(at + 1)?)));
            // The lines of `[dependencies.uuid]` say which uuid, and name nothing.
            within = found.filter(|_| named.is_none()).map(|(_, list)| list);
            names.extend(named.map(|(list, name)| (list, (*name).to_owned())));
        } else if let Some(list) = within.filter(|_| !line.starts_with('#')) {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default().trim_matches(['"', '\'']);
            names.extend((!name.is_empty()).then(|| (list, name.to_owned())));
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
    use super::{List, dependencies, impurities, unwanted};

    #[test]
    fn every_list_of_a_manifest_is_read() {
        let manifest = "[package]\nname = \"domain\"\n[dependencies]\n# why\nserde.workspace = true\n\n[dependencies.uuid]\nversion = \"1\"\n\
            [dev-dependencies]\nproptest = \"1\"\n[target.'cfg(unix)'.dependencies]\nlibc = \"0.2\"\n\
            [target.'cfg(unix)'.build-dependencies.cc]\nversion = \"1\"\n[lints]\nworkspace = true\n";
        let names = dependencies(manifest);
        let names: Vec<_> = names.iter().map(|(list, name)| (*list, name.as_str())).collect();
        let program = ["serde", "uuid"].map(|name| (List::Program, name));
        let others = [(List::Tests, "proptest"), (List::Program, "libc"), (List::Build, "cc")];
        assert_eq!(names, [program.as_slice(), &others].concat());
    }

    #[test]
    fn the_tests_of_the_domain_have_a_list_of_their_own_and_nothing_runs_while_it_is_built() {
        let with = |list: &str, name: &str| unwanted(&format!("[{list}]\n{name} = \"1\"\n")).len();
        assert_eq!(["serde", "proptest", "tokio"].map(|name| with("dependencies", name)), [0, 1, 1]);
        assert_eq!(["serde", "proptest", "tokio"].map(|name| with("dev-dependencies", name)), [1, 0, 1]);
        assert_eq!(["serde", "proptest", "cc"].map(|name| with("build-dependencies", name)), [1, 1, 1]);
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
