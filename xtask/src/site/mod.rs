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
    let mut loader = module.loader;
    let mut parts = Vec::new();
    for (name, content) in module.parts {
        let part = Asset::new(&name, content);
        loader = loader.replace(&format!("./{name}"), &format!("./{}", part.file_name()));
        parts.push(part);
    }
    let mut snippets = Vec::new();
    for (path, content) in module.snippets {
        let snippet = Asset::new("snippet.js", content.into_bytes());
        javascript = with_import(&javascript, &format!("./snippets/{path}"), snippet.file_name());
        snippets.push(snippet);
    }
    let (javascript, loader) = name_together((wasm::JAVASCRIPT_NAME, javascript), (wasm::LOADER_NAME, loader));

    let manifest = statics.link(statics.manifest.clone());
    let site = Site {
        javascript,
        wasm,
        loader,
        parts,
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

/// Names two scripts that import each other. Neither can carry the hash of its own last text, because that text carries
/// the other's name: both carry the hash of the two texts from before they were named.
fn name_together(one: (&str, String), other: (&str, String)) -> (Asset, Asset) {
    let hash = asset::hex_of_sha256(format!("{}\n{}", one.1, other.1).as_bytes());
    let (one_name, other_name) = (asset::hashed_name(one.0, &hash), asset::hashed_name(other.0, &hash));
    let one_text = with_import(&one.1, &format!("./{}", other.0), &other_name);
    let other_text = with_import(&other.1, &format!("./{}", one.0), &one_name);
    (Asset::named(one.0, &one_name, one_text.into_bytes()), Asset::named(other.0, &other_name, other_text.into_bytes()))
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
    use super::{name_together, with_import};

    #[test]
    fn an_import_is_renamed_and_the_key_of_the_same_name_is_not() {
        let script = r#"import*as n from"./parts.js";const i={"./parts.js":n};"#;
        let renamed = r#"import*as n from"./parts.1a2b3c4d.js";const i={"./parts.js":n};"#;
        assert_eq!(with_import(script, "./parts.js", "parts.1a2b3c4d.js"), renamed);
    }

    #[test]
    fn a_change_in_either_of_two_scripts_renames_both() {
        let named = |one: &str, other: &str| {
            let (one, other) = name_together(("one.js", one.into()), ("other.js", other.into()));
            (one.url, other.url)
        };
        let before = named("import 1 from './other.js'", "import 2 from './one.js'");
        let after = named("import 1 from './other.js'", "import 3 from './one.js'");
        assert!(before.0 != after.0 && before.1 != after.1, "{before:?} {after:?}");
    }
}
