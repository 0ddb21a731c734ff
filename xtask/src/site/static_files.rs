//! `frontend/assets`: icons and other files taken over as they are, the manifest and the service worker.

use std::fs;

use super::asset::Asset;
use crate::failure::{Context, Result};
use crate::workspace::{files_below, read_text, root};

const SERVICE_WORKER: &str = "sw.js";
const MANIFEST: &str = "manifest.webmanifest";

/// What lies in `frontend/assets`.
pub(super) struct StaticFiles {
    /// The files that get a name by content.
    pub(super) assets: Vec<Asset>,
    /// The manifest's text, which stays at its address.
    pub(super) manifest: String,
    /// The service worker's text, which stays at its address and still lacks this build's list of files.
    pub(super) service_worker: String,
}

impl StaticFiles {
    /// Rewrites `/assets/NAME` to the address that carries the content's hash.
    pub(super) fn link(&self, text: String) -> String {
        self.assets.iter().fold(text, |text, asset| text.replace(&asset.source_url(), &asset.url))
    }
}

/// Reads the folder.
pub(super) fn read() -> Result<StaticFiles> {
    let folder = root().join("frontend/assets");
    let mut assets = Vec::new();
    for path in files_below(&folder, &[SERVICE_WORKER, MANIFEST])? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.parent() != Some(folder.as_path()) {
            return Err(format!(
                "{}: frontend/assets is flat, because the address of a file is its name",
                path.display()
            )
            .into());
        }
        let bytes = fs::read(&path).when(|| format!("reading {}", path.display()))?;
        assets.push(Asset::new(&name, bytes));
    }
    Ok(StaticFiles {
        assets,
        manifest: read_text(&folder.join(MANIFEST))?,
        service_worker: read_text(&folder.join(SERVICE_WORKER))?,
    })
}
