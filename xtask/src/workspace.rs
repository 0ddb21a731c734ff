//! Where things lie in the workspace, and reading them with an error that names the file.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Context, Result};

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_path_buf()
}

/// Cargo's output folder, which people may move with `CARGO_TARGET_DIR`.
pub(crate) fn cargo_target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(folder) => root().join(folder),
        None => root().join("target"),
    }
}

/// A text file's content.
pub(crate) fn read_text(path: &Path) -> Result<String> {
    fs::read_to_string(path).when(|| format!("reading {}", path.display()))
}

/// Every file below `folder` in the order of their paths, leaving out hidden entries and the folders named in `skip`.
pub(crate) fn files_below(folder: &Path, skip: &[&str]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let listing = fs::read_dir(folder).when(|| format!("listing {}", folder.display()))?;
    for entry in listing {
        let path = entry.when(|| format!("listing {}", folder.display()))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with('.') || skip.contains(&name.as_ref()) {
            continue;
        }
        if path.is_dir() {
            files.extend(files_below(&path, skip)?);
        } else {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
