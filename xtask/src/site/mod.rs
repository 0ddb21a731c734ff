//! `cargo xtask site`: everything the browser loads, built into `target/site`, where the server embeds it.
//!
//! ```text
//! target/site/assets/NAME.HASH.EXT   named by content, so they may be cached for ever
//! target/site/sw.js                  the service worker, which knows this build's files and their SHA-256
//! target/site/manifest.webmanifest
//! target/site/site.json              for the server: the version and the path of everything
//! ```
//! Beside each compressible file lie the same bytes as `.br` and `.gz`.

mod asset;
mod description;
mod output;
mod static_files;
mod style;
mod wasm;

use crate::failure::Result;
use asset::{Asset, SiteFile};
use description::Site;

/// How much time the build may take for how small a result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// As delivered: size before everything.
    Release,
    /// While one works on it: quick to rebuild.
    Dev,
}

/// Builds the site and puts it in the place of the one before.
pub(crate) fn run(mode: Mode) -> Result<()> {
    let statics = static_files::read()?;

    step("style: one sheet from style/main.css");
    let css = Asset::new("watchlog.css", statics.link(style::bundle()?).into_bytes());

    let module = wasm::build(mode)?;
    let wasm = Asset::new("watchlog.wasm", module.wasm);
    let mut javascript = module.javascript.replace(wasm::WASM_NAME, wasm.file_name());
    let mut snippets = Vec::new();
    for (path, content) in module.snippets {
        let snippet = Asset::new("snippet.js", content.into_bytes());
        javascript = javascript.replace(&format!("./snippets/{path}"), &format!("./{}", snippet.file_name()));
        snippets.push(snippet);
    }
    let javascript = Asset::new("watchlog.js", javascript.into_bytes());

    let manifest = statics.link(statics.manifest.clone());
    let site = Site {
        javascript,
        wasm,
        css,
        snippets,
        statics: statics.assets,
        manifest,
        service_worker: statics.service_worker,
    };
    let version = site.version();
    let mut files = vec![
        SiteFile::new("site.json", site.json(&version)?),
        SiteFile::new("sw.js", site.service_worker(&version)?),
        SiteFile::new("manifest.webmanifest", site.manifest.clone().into_bytes()),
    ];
    files.extend(site.assets().map(Asset::site_file));

    step("compress: brotli and gzip");
    output::write(files, mode, &version)
}

fn step(what: &str) {
    println!("site ▸ {what}");
}
