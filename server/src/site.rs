//! What the browser loads: the files that `cargo xtask site` made, inside the binary. Without them the server runs,
//! answers the API, and its pages say what is missing. A site that `cargo leptos watch` made will do while one works
//! on it: its files have plain names, and no service worker keeps them.

use app::ui::SiteFiles;
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

#[derive(rust_embed::Embed)]
#[folder = "../target/site"]
struct Embedded;

/// The names of assets carry their content, so they never change.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Kept, but asked for again each time.
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");
/// What lies beside a file in smaller form, the smallest first.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// The built site.
pub struct Site {
    files: Files,
    description: Option<Description>,
}

enum Files {
    Embedded,
    Given(BTreeMap<String, Vec<u8>>),
}

/// `site.json`, as far as the server needs it.
#[derive(Deserialize)]
struct Description {
    version: String,
    js: String,
    #[serde(default)]
    imports: Vec<String>,
    wasm: String,
    css: String,
    #[serde(default, rename = "laterCss")]
    later_css: String,
    icons: BTreeMap<String, String>,
    /// Scripts that the app loads by itself.
    #[serde(default)]
    files: BTreeMap<String, String>,
}

impl Description {
    /// The version of a site whose files change under the same name.
    const CHANGING: &str = "changing";

    /// What `cargo leptos` writes, by the names in `[[workspace.metadata.leptos]]`.
    fn of_plain_names(files: &Files) -> Option<Self> {
        let url = |name: &str| files.get(name).map(|_| format!("/{name}"));
        Some(Self {
            version: Self::CHANGING.to_owned(),
            js: url("assets/watchlog.js")?,
            imports: Vec::new(),
            wasm: url("assets/watchlog.wasm").or_else(|| url("assets/watchlog_bg.wasm"))?,
            css: url("assets/watchlog.css")?,
            // `cargo leptos` makes one sheet of all.
            later_css: String::new(),
            icons: BTreeMap::new(),
            files: url("shrink.js").map(|url| ("shrink.js".to_owned(), url)).into_iter().collect(),
        })
    }
}

impl Site {
    /// The site inside the binary.
    #[must_use]
    pub fn embedded() -> Self {
        Self::described(Files::Embedded)
    }

    /// A site of these files by their path below the site's folder, for tests.
    #[must_use]
    pub fn of(files: BTreeMap<String, Vec<u8>>) -> Self {
        Self::described(Files::Given(files))
    }

    fn described(files: Files) -> Self {
        let description = match files.get("site.json") {
            None => Description::of_plain_names(&files),
            Some(json) => serde_json::from_slice(&json)
                .inspect_err(|error| tracing::error!(%error, "site.json is not what `cargo xtask site` writes"))
                .ok(),
        };
        Self { files, description }
    }

    /// What pages name; `None` when the site is not built.
    #[must_use]
    pub fn files(&self) -> Option<SiteFiles> {
        let Description { js, imports, wasm, css, later_css, icons, files, .. } = self.description.as_ref()?;
        Some(SiteFiles {
            javascript: js.clone(),
            imports: imports.clone(),
            wasm: wasm.clone(),
            css: css.clone(),
            later_css: later_css.clone(),
            icon: icons.get("icon.svg").cloned().unwrap_or_default(),
            shrink: files.get("shrink.js").cloned().unwrap_or_default(),
        })
    }

    fn answer(&self, path: &str, caching: HeaderValue, request: &HeaderMap) -> Response {
        let Some((content_type, (bytes, encoding))) = content_type(path).zip(self.smallest(path, request)) else {
            return (StatusCode::NOT_FOUND, "no such file\n").into_response();
        };
        let version = self.description.as_ref().map_or("unbuilt", |description| &description.version);
        let mut headers = HeaderMap::new();
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        if version == Description::CHANGING {
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
            if let Some(encoding) = encoding {
                headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            return (headers, bytes.into_owned()).into_response();
        }
        let etag = format!("\"{version}-{}\"", encoding.unwrap_or("plain"));
        headers.insert(header::CACHE_CONTROL, caching);
        let known = request.get_all(header::IF_NONE_MATCH).iter().any(|known| contains(known, &etag));
        if let Ok(etag) = etag.try_into() {
            headers.insert(header::ETAG, etag);
        }
        if known {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        let body = match bytes {
            Cow::Borrowed(bytes) => Body::from(bytes),
            Cow::Owned(bytes) => Body::from(bytes),
        };
        (headers, body).into_response()
    }

    /// The bytes of a file in the smallest form that the browser takes, and the name of that form.
    fn smallest(&self, path: &str, request: &HeaderMap) -> Option<(Cow<'static, [u8]>, Option<&'static str>)> {
        let smaller = ENCODINGS.into_iter().find_map(|(encoding, ending)| {
            let bytes = accepts(request, encoding).then(|| self.files.get(&format!("{path}{ending}")))??;
            Some((bytes, Some(encoding)))
        });
        smaller.or_else(|| Some((self.files.get(path)?, None)))
    }
}

impl Files {
    fn get(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        match self {
            Self::Embedded => Embedded::get(path).map(|file| file.data),
            Self::Given(files) => files.get(path).cloned().map(Cow::Owned),
        }
    }
}

/// `GET /assets/{name}`
pub async fn asset(State(site): State<Arc<Site>>, Path(name): Path<String>, request: HeaderMap) -> Response {
    site.answer(&format!("assets/{name}"), FOR_EVER, &request)
}

/// `GET /sw.js`: never from a cache, so that a phone hears of a new version.
pub async fn service_worker(State(site): State<Arc<Site>>, request: HeaderMap) -> Response {
    let mut response = site.answer("sw.js", ASK_AGAIN, &request);
    response.headers_mut().insert("service-worker-allowed", HeaderValue::from_static("/"));
    response
}

/// `GET /manifest.webmanifest`
pub async fn manifest(State(site): State<Arc<Site>>, request: HeaderMap) -> Response {
    site.answer("manifest.webmanifest", ASK_AGAIN, &request)
}

/// The few types that the site is made of; anything else is not handed out.
fn content_type(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "webmanifest" => "application/manifest+json",
        _ => return None,
    })
}

/// Whether `Accept-Encoding` names the encoding and does not take it back with `q=0`.
fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let lists = request.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|list| list.to_str().ok());
    lists.flat_map(|list| list.split(',')).any(|item| {
        let mut parts = item.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let weight = parts.find_map(|part| part.strip_prefix("q=")).and_then(|weight| weight.parse::<f32>().ok());
        named && weight.is_none_or(|weight| weight > 0.0)
    })
}

fn contains(known: &HeaderValue, etag: &str) -> bool {
    let known = known.to_str().unwrap_or_default();
    known.split(',').any(|item| matches!(item.trim(), "*") || item.trim().trim_start_matches("W/") == etag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_taken_only_from_who_accepts_it() {
        let request =
            |value: &'static str| HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(value))]);
        assert!(accepts(&request("gzip, deflate, br"), "br"));
        assert!(accepts(&request("BR;q=0.5"), "br"));
        assert!(!accepts(&request("gzip, br;q=0"), "br"));
        assert!(!accepts(&request("brotli"), "br"));
        assert!(!accepts(&HeaderMap::new(), "br"));
    }
}
