//! The frontend as WebAssembly: cargo, then wasm-bindgen, then wasm-opt.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use super::{Mode, step};
use crate::failure::{Context, Result};
use crate::workspace::{cargo_target, files_below, read_text, root};

/// How the generated JavaScript calls the module before it has a name by content.
pub(super) const WASM_NAME: &str = "watchlog_bg.wasm";

/// Named one by one: with all features on, wasm-opt writes files that browsers refuse.
const WASM_FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-reference-types",
    "--enable-mutable-globals",
    "--enable-multivalue",
];

/// What the browser loads to start the app.
pub(super) struct Module {
    /// The glue, which refers to the module as [`WASM_NAME`] and to snippets as `./snippets/PATH`.
    pub(super) javascript: String,
    /// The compiled frontend.
    pub(super) wasm: Vec<u8>,
    /// JavaScript that crates brought along: path below `snippets/`, and text.
    pub(super) snippets: Vec<(String, String)>,
}

/// Compiles the frontend and everything it needs.
pub(super) fn build(mode: Mode) -> Result<Module> {
    let wasm_opt = match mode {
        // Looked for first: nobody wants to hear of it after minutes of compiling.
        Mode::Release => Some(find_wasm_opt()?),
        Mode::Dev => None,
    };
    let compiled = compile(mode)?;

    step("wasm-bindgen: the glue between WebAssembly and the browser");
    let folder = root().join("target/site-work");
    if folder.exists() {
        fs::remove_dir_all(&folder).when(|| format!("clearing {}", folder.display()))?;
    }
    Bindgen::new()
        .input_path(&compiled)
        .web(true)?
        .out_name("watchlog")
        .typescript(false)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(true)
        .generate(&folder)
        .when(|| "wasm-bindgen could not read the compiled frontend")?;

    let mut wasm = folder.join(WASM_NAME);
    if let Some(wasm_opt) = wasm_opt {
        step("wasm-opt -Oz: smaller WebAssembly");
        let optimised = folder.join("optimised.wasm");
        succeed(
            Command::new(wasm_opt).arg(&wasm).arg("-Oz").args(WASM_FEATURES).arg("-o").arg(&optimised),
            "wasm-opt",
        )?;
        wasm = optimised;
    }
    Ok(Module {
        javascript: read_text(&folder.join("watchlog.js"))?,
        wasm: fs::read(&wasm).when(|| format!("reading {}", wasm.display()))?,
        snippets: read_snippets(&folder.join("snippets"))?,
    })
}

fn compile(mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Release => "wasm-release",
        Mode::Dev => "wasm-dev",
    };
    step(&format!("cargo: the frontend with profile {profile}"));
    let target = "wasm32-unknown-unknown";
    succeed(
        Command::new(root().join(".ci/wasm-cargo"))
            .args(["build", "--package", "frontend", "--lib", "--target", target, "--profile", profile])
            .current_dir(root()),
        "compiling the frontend",
    )?;
    Ok(cargo_target().join(target).join(profile).join("frontend.wasm"))
}

/// The binaryen that `npm ci` put into end2end/, or the one on the PATH.
fn find_wasm_opt() -> Result<PathBuf> {
    let ours = root().join("end2end/node_modules/.bin/wasm-opt");
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = std::env::split_paths(&path).map(|folder| folder.join("wasm-opt"));
    std::iter::once(ours).chain(elsewhere).find(|program| program.is_file()).ok_or_else(|| {
        "wasm-opt is missing: run `npm ci` in end2end/ (or `.ci/setup`), \
         or build without it: `cargo xtask site --dev`"
            .into()
    })
}

fn read_snippets(folder: &Path) -> Result<Vec<(String, String)>> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut snippets = Vec::new();
    for path in files_below(folder, &[])? {
        if path.extension() == Some(OsStr::new("js")) {
            let name = path.strip_prefix(folder).unwrap_or(&path).display().to_string();
            snippets.push((name, read_text(&path)?));
        }
    }
    Ok(snippets)
}

fn succeed(command: &mut Command, what: &str) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().when(|| format!("{what}: starting {program}"))?;
    if status.success() { Ok(()) } else { Err(format!("{what} failed ({status}); see above").into()) }
}
