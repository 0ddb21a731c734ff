//! A file named by its content, and a file at a fixed place.

use sha2::{Digest, Sha256};

/// Where the server serves files that never change.
const URL_PREFIX: &str = "/assets/";

/// A file whose name carries its content's hash: another content is another address.
pub(super) struct Asset {
    /// The name people know it by: `watchlog.css`.
    pub(super) source_name: String,
    /// The address: `/assets/watchlog.1a2b3c4d.css`.
    pub(super) url: String,
    /// The SHA-256 of the bytes, in lower-case hex.
    pub(super) sha256: String,
    bytes: Vec<u8>,
}

impl Asset {
    /// Names the bytes after their hash.
    pub(super) fn new(source_name: &str, bytes: Vec<u8>) -> Self {
        let name = hashed_name(source_name, &hex_of_sha256(&bytes));
        Self::named(source_name, &name, bytes)
    }

    /// Bytes under a name that was made elsewhere.
    fn named(source_name: &str, name: &str, bytes: Vec<u8>) -> Self {
        let sha256 = hex_of_sha256(&bytes);
        Self { source_name: source_name.to_owned(), url: format!("{URL_PREFIX}{name}"), sha256, bytes }
    }

    /// The name without its folder.
    pub(super) fn file_name(&self) -> &str {
        self.url.trim_start_matches(URL_PREFIX)
    }

    /// The address under which sources refer to this file before it is hashed.
    pub(super) fn source_url(&self) -> String {
        format!("{URL_PREFIX}{}", self.source_name)
    }

    /// The end of the name, without the dot.
    pub(super) fn extension(&self) -> &str {
        self.source_name.rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The file as it is written below `target/site`.
    pub(super) fn site_file(&self) -> SiteFile {
        SiteFile::new(self.url.trim_start_matches('/'), self.bytes.clone())
    }
}

/// A file of the site: its path below `target/site` and its bytes.
pub(super) struct SiteFile {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl SiteFile {
    pub(super) fn new(path: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { path: path.into(), bytes }
    }
}

/// `watchlog.css` and a hash in hex: `watchlog.1a2b3c4d.css`.
fn hashed_name(source_name: &str, hash: &str) -> String {
    let hash = &hash[..8];
    match source_name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{source_name}.{hash}"),
    }
}

/// The SHA-256 of the bytes in lower-case hex.
pub(super) fn hex_of_sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::Asset;

    #[test]
    fn the_name_carries_the_content() {
        let asset = Asset::new("icon-192.png", b"abc".to_vec());
        assert_eq!(asset.url, "/assets/icon-192.ba7816bf.png");
        assert_eq!(asset.source_url(), "/assets/icon-192.png");
        assert_eq!(asset.extension(), "png");
    }
}
