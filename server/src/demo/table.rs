//! The data files: one row a line, columns parted by tabs, `#` opens a comment, `-` stands for nothing.

/// The rows of a data file that have exactly `N` columns. The tests count them, so that none goes missing.
pub(super) fn rows<const N: usize>(file: &'static str) -> impl Iterator<Item = [&'static str; N]> {
    let lines = file.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.filter_map(|line| {
        let columns: Vec<_> = line.split('\t').map(|column| if column == "-" { "" } else { column }).collect();
        columns.try_into().ok()
    })
}
