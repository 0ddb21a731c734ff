//! Sees to it that the folder of the built site exists, because it is embedded, and that a release binary is built
//! again when the site changed. (A debug binary reads the folder while it runs.)

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let site = Path::new(&env::var("CARGO_MANIFEST_DIR")?).join("../target/site");
    fs::create_dir_all(&site)?;
    println!("cargo::rerun-if-changed=build.rs");
    if env::var("PROFILE")? == "release" {
        println!("cargo::rerun-if-changed={}", site.display());
    }
    Ok(())
}
