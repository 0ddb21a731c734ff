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

    step("style: style/main.css for the first screens, style/later.css for the others");
    let sheet = |source| style::bundle(source).map(|text| statics.link(text).into_bytes());
    let css = Asset::new("watchlog.css", sheet("main.css")?);
    let later_css = Asset::new("later.css", sheet("later.css")?);

    let module = wasm::build(mode)?;
    let wasm = Asset::new("watchlog.wasm", module.wasm);
    let mut javascript = module.javascript.replace(wasm::WASM_NAME, wasm.file_name());
    let mut parts = Vec::new();
    for (name, content) in module.parts {
        let part = Asset::new(&name, content);
        javascript = javascript.replace(&format!("./{name}"), &format!("./{}", part.file_name()));
        parts.push(part);
    }
    let mut snippets = Vec::new();
    for (path, content) in module.snippets {
        let snippet = Asset::new("snippet.js", content.into_bytes());
        javascript = with_import(&javascript, &format!("./snippets/{path}"), snippet.file_name());
        snippets.push(snippet);
    }
    let javascript = Asset::new("watchlog.js", javascript.into_bytes());

    let manifest = statics.link(statics.manifest.clone());
    let site = Site {
        javascript,
        wasm,
        parts,
        css,
        later_css,
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

/// Has a script import a file of another name. The old name stays where it is no address: it is also the key under which
/// the WebAssembly looks for what was imported.
fn with_import(script: &str, old: &str, new: &str) -> String {
    let from = ["from \"", "from\"", "from '", "from'"];
    from.iter()
        .fold(script.to_owned(), |script, from| script.replace(&format!("{from}{old}"), &format!("{from}./{new}")))
}

fn step(what: &str) {
    println!("site ▸ {what}");
}

#[cfg(test)]
mod tests {
    use super::with_import;

    #[test]
    fn an_import_is_renamed_and_the_key_of_the_same_name_is_not() {
        let script = r#"import*as n from"./parts.js";const i={"./parts.js":n};"#;
        let renamed = r#"import*as n from"./parts.1a2b3c4d.js";const i={"./parts.js":n};"#;
        assert_eq!(with_import(script, "./parts.js", "parts.1a2b3c4d.js"), renamed);
    }
}
