//! The table of `end2end/README.md`, which says what test stands for which promise: every test in it is there.

use std::path::Path;

use crate::failure::Result;
use crate::workspace::{files_below, read_text};

const TABLE: &str = "end2end/README.md";
const TESTS: [&str; 4] = ["app/domain", "app/src", "server/tests", "end2end"];

/// One line for each test that the table names and nobody wrote, and for each row without a test.
pub(crate) fn missing(root: &Path) -> Result<Vec<String>> {
    let mut tests = String::new();
    for folder in TESTS {
        for path in files_below(&root.join(folder), &["node_modules", "report"])? {
            if path.extension().is_some_and(|extension| extension == "rs" || extension == "mjs") {
                tests.push_str(&read_text(&path)?);
            }
        }
    }
    let table = read_text(&root.join(TABLE))?;
    // The first two rows are the head and the line under it.
    let rows: Vec<&str> = table.lines().filter_map(last_column).skip(2).collect();
    let mut complaints = Vec::new();
    if rows.is_empty() {
        complaints.push(format!("{TABLE} has no table"));
    }
    for row in rows {
        let named: Vec<&str> = quoted(row).collect();
        if named.is_empty() {
            complaints.push(format!("{TABLE} has a promise without a test: {row}"));
        }
        let unknown = named.into_iter().filter(|name| !is_test(name, &tests));
        complaints.extend(unknown.map(|name| format!("{TABLE} names a test that is not there: {name}")));
    }
    Ok(complaints)
}

fn last_column(line: &str) -> Option<&str> {
    line.strip_prefix('|')?.strip_suffix('|')?.rsplit('|').next()
}

/// What stands between backticks.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

fn is_test(name: &str, tests: &str) -> bool {
    let rust = format!("fn {name}(");
    let quotes = ["\"", "`"].map(|quote| format!("test({quote}{name}{quote}"));
    tests.contains(&rust) || quotes.iter().any(|title| tests.contains(title))
}

#[cfg(test)]
mod tests {
    use super::{is_test, last_column, quoted};

    #[test]
    fn names_are_read_from_the_last_column() {
        let line = "| a `fault` | a rule | `one_test`, `another test` |";
        assert_eq!(last_column(line).map(|column| quoted(column).collect()), Some(vec!["one_test", "another test"]));
        assert_eq!(last_column("no row"), None);
    }

    #[test]
    fn a_test_counts_by_its_whole_name() {
        let tests = "async fn one_test() {}\ntest(\"another test\", async () => {";
        assert!(is_test("one_test", tests) && is_test("another test", tests));
        assert!(!is_test("one", tests) && !is_test("another", tests));
    }
}
