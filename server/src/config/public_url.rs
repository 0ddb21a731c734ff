//! The address that people type: it decides which pages may write, and how the cookie is sent.

use axum::http::Uri;
use std::{fmt, net::SocketAddr};

/// Scheme, host and port, and nothing else. Written as browsers write an origin: lower case, without the usual port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    origin: String,
    https: bool,
}

impl PublicUrl {
    /// Reads `https://log.example.org` or `http://127.0.0.1:3000`.
    ///
    /// # Errors
    /// A message for the operator.
    pub fn parse(raw: &str) -> Result<Self, String> {
        read(raw).ok_or_else(|| {
            "WATCHLOG_PUBLIC_URL: expected http:// or https://, a host and perhaps a port, and no path, \
             such as https://log.example.org"
                .to_owned()
        })
    }

    /// Where the site is when nobody says otherwise: at the very address that is listened on.
    #[must_use]
    pub fn listening_on(address: SocketAddr) -> Self {
        let origin = if address.port() == 80 {
            format!("http://{}", host(address))
        } else {
            format!("http://{}:{}", host(address), address.port())
        };
        Self { origin, https: false }
    }

    /// As the header `Origin` has it.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Whether the site is reached by HTTPS.
    #[must_use]
    pub const fn is_https(&self) -> bool {
        self.https
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin)
    }
}

fn host(address: SocketAddr) -> String {
    if address.is_ipv6() { format!("[{}]", address.ip()) } else { address.ip().to_string() }
}

fn read(raw: &str) -> Option<PublicUrl> {
    let uri: Uri = raw.parse().ok()?;
    let (scheme, usual_port) = match uri.scheme_str()? {
        "http" => ("http", 80),
        "https" => ("https", 443),
        _ => return None,
    };
    let authority = uri.authority()?;
    let bare = !authority.as_str().contains('@') && matches!(uri.path(), "" | "/") && uri.query().is_none();
    if !bare || authority.host().is_empty() || raw.contains('#') {
        return None;
    }
    // A port that is written but is no number would otherwise be lost.
    if authority.as_str().len() > authority.host().len() && authority.port_u16().is_none() {
        return None;
    }
    let host = authority.host().to_ascii_lowercase();
    let port = authority.port_u16().filter(|port| *port != usual_port).map(|port| format!(":{port}"));
    Some(PublicUrl { origin: format!("{scheme}://{host}{}", port.unwrap_or_default()), https: scheme == "https" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for (raw, origin) in [
            ("https://Log.Example.org", "https://log.example.org"),
            ("https://log.example.org:443/", "https://log.example.org"),
            ("http://127.0.0.1:3000", "http://127.0.0.1:3000"),
            ("http://[::1]:80", "http://[::1]"),
        ] {
            assert_eq!(PublicUrl::parse(raw).unwrap().origin(), origin);
        }
        let address: SocketAddr = "[::1]:3000".parse().unwrap();
        assert_eq!(PublicUrl::listening_on(address).origin(), "http://[::1]:3000");
    }

    #[test]
    fn anything_more_or_less_than_an_origin_is_refused() {
        for wrong in [
            "",
            "log.example.org",
            "ftp://a.b",
            "https://",
            "https://a.b/path",
            "https://a.b?q",
            "https://a.b#x",
            "https://me@a.b",
            "https://a.b:port",
            "https://a.b:99999",
            "https://a b",
        ] {
            assert!(PublicUrl::parse(wrong).is_err(), "{wrong}");
        }
    }
}
