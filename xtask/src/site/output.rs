//! Compresses the files, prints their sizes, and puts the new site in the place of the old one in one move.

use std::fs;
use std::io::Write;
use std::path::Path;

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::asset::SiteFile;
use super::{Mode, step};
use crate::failure::{Context, Result};
use crate::workspace::{files_below, root};

/// Formats that are not compressed already.
const COMPRESSIBLE: [&str; 5] = [".js", ".wasm", ".css", ".svg", ".webmanifest"];

/// Writes `target/site`. A site that came out the same stays untouched, so that the server is not built again for it.
pub(super) fn write(files: Vec<SiteFile>, mode: Mode, version: &str) -> Result<()> {
    let mut all = Vec::new();
    println!("{:>38} {:>10} {:>10} {:>10}", "file", "raw", "gzip", "brotli");
    for file in files {
        if COMPRESSIBLE.iter().any(|ending| file.path.ends_with(ending)) {
            let gzip = SiteFile::new(format!("{}.gz", file.path), gzip(&file.bytes, mode)?);
            let brotli = SiteFile::new(format!("{}.br", file.path), brotli(&file.bytes, mode)?);
            let (raw, gz, br) = (file.bytes.len(), gzip.bytes.len(), brotli.bytes.len());
            println!("{:>38} {raw:>10} {gz:>10} {br:>10}", file.path);
            all.extend([gzip, brotli]);
        } else {
            println!("{:>38} {:>10} {:>10} {:>10}", file.path, file.bytes.len(), "-", "-");
        }
        all.push(file);
    }

    let target = root().join("target");
    let site = target.join("site");
    if is_same(&site, &all)? {
        step(&format!("target/site is unchanged, version {version}"));
        return Ok(());
    }
    let (new, old) = (target.join("site.new"), target.join("site.old"));
    remove(&new)?;
    remove(&old)?;
    for file in &all {
        let path = new.join(&file.path);
        let folder = path.parent().unwrap_or(&new);
        fs::create_dir_all(folder).when(|| format!("making {}", folder.display()))?;
        fs::write(&path, &file.bytes).when(|| format!("writing {}", path.display()))?;
    }
    // Never a half-written site: a build that fails before this point leaves the one before in its place.
    if site.exists() {
        fs::rename(&site, &old).when(|| "moving the old site away")?;
    }
    fs::rename(&new, &site).when(|| "moving the new site into its place")?;
    remove(&old)?;
    step(&format!("target/site is ready, version {version}"));
    Ok(())
}

fn is_same(site: &Path, files: &[SiteFile]) -> Result<bool> {
    if !site.is_dir() || files_below(site, &[])?.len() != files.len() {
        return Ok(false);
    }
    let same = |file: &SiteFile| fs::read(site.join(&file.path)).is_ok_and(|bytes| bytes == file.bytes);
    Ok(files.iter().all(same))
}

fn remove(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder).when(|| format!("removing {}", folder.display()))?;
    }
    Ok(())
}

fn gzip(bytes: &[u8], mode: Mode) -> Result<Vec<u8>> {
    let level = match mode {
        Mode::Release => Compression::best(),
        Mode::Dev => Compression::fast(),
    };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

fn brotli(bytes: &[u8], mode: Mode) -> Result<Vec<u8>> {
    let quality = match mode {
        Mode::Release => 11,
        Mode::Dev => 1,
    };
    let parameters = BrotliEncoderParams { quality, size_hint: bytes.len(), ..BrotliEncoderParams::default() };
    let (mut input, mut compressed) = (bytes, Vec::new());
    brotli::BrotliCompress(&mut input, &mut compressed, &parameters)?;
    Ok(compressed)
}
