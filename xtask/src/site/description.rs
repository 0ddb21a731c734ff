//! What the site tells others about itself: `site.json` for the server, the list of files for the service worker.

use std::iter;

use serde_json::{Map, Value, json};

use super::asset::{Asset, hex_of_sha256};
use crate::failure::Result;

/// The line of `frontend/assets/sw.js` that this build's list of files replaces.
const BUILD_CONSTANT: &str = "const BUILD = ";

/// The parts of one build.
pub(super) struct Site {
    pub(super) javascript: Asset,
    pub(super) wasm: Asset,
    pub(super) parts: Vec<Asset>,
    pub(super) css: Asset,
    pub(super) later_css: Asset,
    pub(super) snippets: Vec<Asset>,
    pub(super) statics: Vec<Asset>,
    pub(super) manifest: String,
    pub(super) service_worker: String,
}

impl Site {
    /// Every file named by its content.
    pub(super) fn assets(&self) -> impl Iterator<Item = &Asset> {
        self.program().chain(&self.statics)
    }

    /// What the app cannot start without, and its lazy parts.
    fn program(&self) -> impl Iterator<Item = &Asset> {
        let first = [&self.javascript, &self.wasm, &self.css, &self.later_css];
        first.into_iter().chain(&self.snippets).chain(&self.parts)
    }

    /// The scripts that the first one imports: pages name them, so that the browser need not find out one by one.
    fn imported(&self) -> Vec<&str> {
        self.snippets.iter().map(|asset| asset.url.as_str()).collect()
    }

    /// What a phone keeps for work without signal: the program, its drawings, and the scripts that it loads by itself. PNG
    /// icons are left out, because only the system asks for them, once, when the app is put on the home screen.
    fn precache(&self) -> Vec<Value> {
        self.program()
            .chain(self.statics.iter().filter(|asset| matches!(asset.extension(), "svg" | "js")))
            .map(|asset| json!({ "url": asset.url, "sha256": asset.sha256 }))
            .collect()
    }

    /// One name for this exact set of files. The service worker's own text counts, because its cache is named by
    /// the version: two different workers must never fill or clear the same cache.
    pub(super) fn version(&self) -> String {
        let fixed = [&self.manifest, &self.service_worker].map(|text| hex_of_sha256(text.as_bytes()));
        let hashes: Vec<&str> =
            self.assets().map(|asset| asset.sha256.as_str()).chain(fixed.iter().map(String::as_str)).collect();
        hex_of_sha256(hashes.join("\n").as_bytes())[..16].to_owned()
    }

    /// `site.json`.
    pub(super) fn json(&self, version: &str) -> Result<Vec<u8>> {
        let is_icon = |asset: &&Asset| matches!(asset.extension(), "svg" | "png" | "ico" | "webp");
        let by_name = |asset: &Asset| (asset.source_name.clone(), Value::from(asset.url.clone()));
        let icons: Map<String, Value> = self.statics.iter().filter(is_icon).map(by_name).collect();
        let files: Map<String, Value> = self.statics.iter().filter(|asset| !is_icon(asset)).map(by_name).collect();
        let description = json!({
            "version": version,
            "js": self.javascript.url,
            "imports": self.imported(),
            "wasm": self.wasm.url,
            "css": self.css.url,
            "laterCss": self.later_css.url,
            "icons": icons,
            "files": files,
            "precache": self.precache(),
        });
        Ok(serde_json::to_vec_pretty(&description)?)
    }

    /// `sw.js`: the source with its one `const BUILD = …;` line replaced.
    pub(super) fn service_worker(&self, version: &str) -> Result<Vec<u8>> {
        let build = json!({
            "version": version,
            "shellNames": [self.javascript.url, self.css.url],
            "precache": self.precache(),
        });
        let (mut lines, mut replaced) = (Vec::new(), 0);
        for line in self.service_worker.lines() {
            if line.starts_with(BUILD_CONSTANT) {
                replaced += 1;
                lines.push(format!("{BUILD_CONSTANT}{build};"));
            } else {
                lines.push(line.to_owned());
            }
        }
        if replaced != 1 {
            return Err(format!("frontend/assets/sw.js must have exactly one line that starts with `{BUILD_CONSTANT}`, it has {replaced}").into());
        }
        let text: String = lines.into_iter().chain(iter::once(String::new())).collect::<Vec<_>>().join("\n");
        Ok(text.into_bytes())
    }
}
