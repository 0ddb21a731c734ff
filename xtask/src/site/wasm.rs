//! The frontend as WebAssembly: cargo, then wasm-split, wasm-bindgen, wasm-opt and terser.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::{Bindgen, Output};

use super::{Mode, step};
use crate::failure::{Context, Result};
use crate::workspace::{cargo_target, files_below, read_text, root};

/// How the generated JavaScript calls the module before it has a name by content.
pub(super) const WASM_NAME: &str = "watchlog_bg.wasm";
/// What wasm-bindgen writes.
const JAVASCRIPT_NAME: &str = "watchlog.js";
/// What wasm-split writes: it fetches the parts.
const LOADER_NAME: &str = "parts.js";

/// How the generated loader asks for a part, how it does here instead, and what that means.
const ASKS: &str = "fetch(new URL(";
const ASKS_WITH_PATIENCE: &str = "fetchPart(new URL(";
const FETCH_PART: &str = include_str!("fetch_part.js");

/// How shortened names begin.
const SHORT_NAME: &str = "w$";

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
    /// The glue, which refers to the module as [`WASM_NAME`], to its parts as `./NAME`, and to snippets as
    /// `./snippets/PATH`.
    pub(super) javascript: String,
    /// The compiled frontend.
    pub(super) wasm: Vec<u8>,
    /// The lazy parts of the program: name and compiled code.
    pub(super) parts: Vec<(String, Vec<u8>)>,
    /// JavaScript that crates brought along: path below `snippets/`, and text.
    pub(super) snippets: Vec<(String, String)>,
}

/// Compiles the frontend and everything it needs.
pub(super) fn build(mode: Mode) -> Result<Module> {
    let tools = match mode {
        // Looked for first: nobody wants to hear of it after minutes of compiling.
        Mode::Release => Some(Tools::find()?),
        Mode::Dev => None,
    };
    let compiled = compile(mode)?;

    let folder = root().join("target/site-work");
    if folder.exists() {
        fs::remove_dir_all(&folder).when(|| format!("clearing {}", folder.display()))?;
    }
    let cut = cut(&read(&compiled)?, &folder)?;

    step("wasm-bindgen: the glue between WebAssembly and the browser");
    let mut glue = Bindgen::new()
        .input_path(&cut.first)
        .web(true)?
        .out_name("watchlog")
        .typescript(false)
        // The parts find memory and table of functions under the linker's names.
        .keep_lld_exports(true)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(true)
        .generate_output()
        .when(|| "wasm-bindgen could not read the compiled frontend")?;
    let renamed = if tools.is_some() {
        drop_unmade(&mut glue);
        shorten_names(&mut glue)
    } else {
        Vec::new()
    };
    glue.emit(&folder).when(|| "writing what wasm-bindgen made")?;
    let javascript = folder.join(JAVASCRIPT_NAME);
    let loader = with_patience(&read_text(&folder.join(LOADER_NAME))?)?;
    let text = with_loader(&with_names(&read_text(&javascript)?, &renamed)?, &loader)?;
    fs::write(&javascript, text).when(|| format!("writing {}", javascript.display()))?;

    if tools.is_some() {
        step("wasm-opt and terser: smaller WebAssembly and JavaScript");
    }
    let optimised =
        |path: PathBuf| tools.as_ref().map_or(Ok(()), |tools| tools.optimise(&path)).and_then(|()| read(&path));
    let minified = |path: PathBuf| tools.as_ref().map_or_else(|| read_text(&path), |tools| tools.minify(&path));
    let part = |path: PathBuf| Ok((file_name(&path), optimised(path)?));
    Ok(Module {
        javascript: minified(javascript)?,
        wasm: optimised(folder.join(WASM_NAME))?,
        parts: cut.parts.into_iter().map(part).collect::<Result<_>>()?,
        snippets: read_snippets(&folder.join("snippets"))?,
    })
}

/// Takes back what libraries export for classes that nobody here ever makes (streams of bodies): exported, it would be
/// downloaded. A class that is made is made by a function that the WebAssembly imports, `__wbg_CLASS_new…`.
fn drop_unmade(glue: &mut Output) {
    let module = glue.wasm_mut();
    let class_of = |name: &str| Some(name.strip_prefix("__wbg_")?.strip_suffix("_free")?.to_owned());
    let mut unmade: Vec<String> = module.exports.iter().filter_map(|export| class_of(&export.name)).collect();
    unmade.retain(|class| {
        let made = format!("__wbg_{class}_new");
        module.imports.iter().all(|import| !import.name.starts_with(&made))
    });
    let is_of =
        |name: &str, class: &String| name == format!("__wbg_{class}_free") || name.starts_with(&format!("{class}_"));
    let of_unmade = |name: &str| unmade.iter().any(|class| is_of(name, class));
    let dropped: Vec<_> = module.exports.iter().filter(|export| of_unmade(&export.name)).map(|one| one.id()).collect();
    for export in dropped {
        module.exports.delete(export);
    }
}

/// Gives every function that the WebAssembly calls in JavaScript a short name, and says which had which. wasm-bindgen's
/// names carry a hash each: five kilobytes that nothing compresses.
fn shorten_names(glue: &mut Output) -> Vec<(String, String)> {
    let mut renamed = Vec::new();
    for import in glue.wasm_mut().imports.iter_mut().filter(|import| import.name.starts_with("__wbg")) {
        let short = format!("{SHORT_NAME}{}", renamed.len());
        renamed.push((std::mem::replace(&mut import.name, short.clone()), short));
    }
    // A name may begin like another one: the longer is replaced first.
    renamed.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    renamed
}

/// The JavaScript with the names that [`shorten_names`] gave.
fn with_names(javascript: &str, renamed: &[(String, String)]) -> Result<String> {
    if javascript.contains(SHORT_NAME) {
        return Err(
            format!("wasm-bindgen's JavaScript has a name with `{SHORT_NAME}` of its own; choose another").into()
        );
    }
    Ok(renamed.iter().fold(javascript.to_owned(), |javascript, (name, short)| javascript.replace(name, short)))
}

/// The loader, which waits for no part for ever.
fn with_patience(loader: &str) -> Result<String> {
    if !loader.contains(ASKS) {
        return Err(format!("the loader of wasm-split does not ask for parts with `{ASKS}` any more").into());
    }
    Ok(loader.replace(ASKS, ASKS_WITH_PATIENCE) + FETCH_PART)
}

/// The JavaScript with the loader in it. The two import each other: as two files they would be one request more before
/// anything can start, and neither could carry the hash of its own last text.
fn with_loader(javascript: &str, loader: &str) -> Result<String> {
    let (mut names, mut lines) = (Vec::new(), Vec::new());
    for line in loader.lines() {
        if let Some(rest) = line.strip_prefix("export const ") {
            names.push(rest.split(' ').next().unwrap_or_default());
            lines.push(["const ", rest].concat());
        } else if line.starts_with("import ") {
            let expected = format!("import {{ initSync }} from \"./{JAVASCRIPT_NAME}\";");
            if line != expected {
                return Err(format!("the loader of wasm-split imports something else than before: {line}").into());
            }
        } else {
            lines.push(line.to_owned());
        }
    }
    let from_loader = format!(" from \"./{LOADER_NAME}\"");
    let mut own = Vec::new();
    for line in javascript.lines() {
        match line.strip_suffix(&from_loader).and_then(|line| line.strip_prefix("import * as ")) {
            Some(name) => own.push(format!("const {name} = loader;")),
            None => own.push(line.to_owned()),
        }
    }
    if names.is_empty() || own.iter().any(|line| line.contains(&from_loader)) {
        return Err("wasm-bindgen does not import the loader of wasm-split as before".into());
    }
    let (lines, names, own) = (lines.join("\n"), names.join(", "), own.join("\n"));
    Ok(format!("const loader = (() => {{\n{lines}\nreturn {{ {names} }};\n}})();\n{own}\n"))
}

/// Where the program was cut: what it starts with, and what comes when a page of it is opened.
struct Cut {
    first: PathBuf,
    parts: Vec<PathBuf>,
}

/// Cuts the program at the functions that `app` and `frontend` mark as the beginning of a lazy part. What only one part
/// needs goes into that part, what several of them need into a part of its own.
fn cut(program: &[u8], folder: &Path) -> Result<Cut> {
    step("wasm-split: the first screen, and the lazy parts");
    let first = folder.join("first.wasm");
    let mut options = wasm_split_cli_support::Options::new(program);
    options.output_dir = folder;
    options.main_out_path = &first;
    let (loader, main) = (["./", LOADER_NAME].concat(), ["./", JAVASCRIPT_NAME].concat());
    options.link_name = &loader;
    options.main_module = &main;
    let split =
        wasm_split_cli_support::transform(options).map_err(|error| format!("cutting the program: {error:#}"))?;
    let mut parts = split.split_modules;
    parts.sort();
    Ok(Cut { first, parts })
}

fn compile(mode: Mode) -> Result<PathBuf> {
    let profile = match mode {
        Mode::Release => "wasm-release",
        Mode::Dev => "wasm-dev",
    };
    step(&format!("cargo: the frontend with profile {profile}"));
    let target = "wasm32-unknown-unknown";
    let small: &[&str] = if mode == Mode::Release { &["small"] } else { &[] };
    succeed(
        Command::new(root().join(".ci/wasm-cargo"))
            .args(small)
            .args(["build", "--package", "frontend", "--lib", "--target", target, "--profile", profile])
            .current_dir(root()),
        "compiling the frontend",
    )?;
    Ok(cargo_target().join(target).join(profile).join("frontend.wasm"))
}

/// What `npm ci` put into end2end/, or what is on the PATH.
struct Tools {
    wasm_opt: PathBuf,
    terser: PathBuf,
}

impl Tools {
    fn find() -> Result<Self> {
        Ok(Self { wasm_opt: find("wasm-opt")?, terser: find("terser")? })
    }

    fn optimise(&self, wasm: &Path) -> Result<()> {
        let mut command = Command::new(&self.wasm_opt);
        // Nothing lies in the first kilobyte of the memory but the last of the stack, which nobody reaches by an address
        // that runs over its end. So offsets may become part of loads and stores: two kilobytes less to download.
        // Large functions that are called once stay what they are: the module is a little larger then, and what a phone
        // downloads a twentieth smaller.
        let apart = ["--one-caller-inline-max-function-size", "20"];
        let size = ["-Oz", "--converge", "--low-memory-unused", apart[0], apart[1], "-o"];
        succeed(command.arg(wasm).args(WASM_FEATURES).args(size).arg(wasm), "wasm-opt")
    }

    fn minify(&self, javascript: &Path) -> Result<String> {
        let mut command = Command::new(&self.terser);
        command.arg(javascript).args(["--module", "--compress", "passes=2", "--mangle", "--output"]).arg(javascript);
        succeed(&mut command, "terser")?;
        read_text(javascript)
    }
}

fn find(program: &str) -> Result<PathBuf> {
    let ours = root().join("end2end/node_modules/.bin").join(program);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let elsewhere = std::env::split_paths(&path).map(|folder| folder.join(program));
    std::iter::once(ours).chain(elsewhere).find(|program| program.is_file()).ok_or_else(|| {
        format!(
            "{program} is missing: run `npm ci` in end2end/ (or `.ci/setup`), \
             or build without it: `cargo xtask site --dev`"
        )
        .into()
    })
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).when(|| format!("reading {}", path.display()))
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

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn succeed(command: &mut Command, what: &str) -> Result<()> {
    let program = command.get_program().to_string_lossy().into_owned();
    let status = command.status().when(|| format!("{what}: starting {program}"))?;
    if status.success() { Ok(()) } else { Err(format!("{what} failed ({status}); see above").into()) }
}

#[cfg(test)]
mod tests {
    use super::with_loader;

    const LOADER: &str = "import { initSync } from \"./watchlog.js\";\nfunction load() {}\nexport const more = load();";

    #[test]
    fn the_loader_becomes_a_part_of_the_script_that_imports_it() {
        let script = "import * as import1 from \"./parts.js\"\nlet imports = { \"./parts.js\": import1 };";
        let whole = with_loader(script, LOADER).unwrap();
        let expected = "const loader = (() => {\nfunction load() {}\nconst more = load();\nreturn { more };\n})();\n\
                        const import1 = loader;\nlet imports = { \"./parts.js\": import1 };\n";
        assert_eq!(whole, expected);
    }

    #[test]
    fn another_shape_of_what_is_generated_is_said_and_not_shipped() {
        assert!(with_loader("import { more } from \"./parts.js\"", LOADER).is_err());
        assert!(with_loader("", "import { other } from \"./watchlog.js\";\nexport const more = 1;").is_err());
        assert!(with_loader("", "").is_err());
    }
}
