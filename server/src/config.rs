//! What an operator sets: each option is a flag and an environment variable, parsed once, before anything is
//! touched. A value that makes no sense ends the program with one message that names the variable (exit code 2).

mod public_url;

pub use public_url::PublicUrl;

use clap::Args;
use std::{fmt, net::SocketAddr, path::PathBuf};
use tracing_subscriber::EnvFilter;

/// Where the database is.
#[derive(Clone, Debug, Args)]
pub struct DatabaseOptions {
    /// The database: `sqlite:` and the path of a file, which is made if it is missing
    #[arg(long = "database-url", env = "WATCHLOG_DATABASE_URL", value_name = "URL")]
    #[arg(default_value = "sqlite:data/watchlog.db", value_parser = DatabaseUrl::parse)]
    pub database: DatabaseUrl,
}

/// Where photos and voice notes are.
#[derive(Clone, Debug, Args)]
pub struct BlobOptions {
    /// The folder of photos and voice notes, which is made if it is missing
    #[arg(long, env = "WATCHLOG_BLOBS", value_name = "FOLDER")]
    #[arg(default_value = "data/blobs", value_parser = parse_blobs)]
    pub blobs: PathBuf,
}

/// How the site is reached.
#[derive(Clone, Debug, Args)]
pub struct SiteOptions {
    /// Address and port to listen on; port 0 takes any free one
    #[arg(long, env = "WATCHLOG_ADDR", value_name = "ADDRESS:PORT")]
    #[arg(default_value = "127.0.0.1:3000", value_parser = parse_address)]
    pub addr: SocketAddr,

    /// The address that people type, such as `https://log.example.org`; writes from pages of any other are refused.
    /// Without it: `http://` and the address that is listened on
    #[arg(long, env = "WATCHLOG_PUBLIC_URL", value_name = "URL", value_parser = PublicUrl::parse)]
    pub public_url: Option<PublicUrl>,
}

/// What the program tells about its work.
#[derive(Clone, Debug, Args)]
pub struct LogOptions {
    /// What to log, on stderr: error, warn, info, debug or trace, also per part (`info,sqlx=warn`)
    #[arg(long, env = "WATCHLOG_LOG", value_name = "FILTER", global = true)]
    #[arg(default_value = "info", value_parser = LogFilter::parse)]
    pub log: LogFilter,
}

/// Everything a running server needs to know.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the database is.
    pub database: DatabaseUrl,
    /// Where photos and voice notes are.
    pub blobs: PathBuf,
    /// How the site is reached.
    pub site: SiteOptions,
    /// Fill an empty database with the demo community, and let everybody in by one click.
    pub demo: bool,
}

impl SiteOptions {
    /// Whether the two options fit together.
    ///
    /// # Errors
    /// A message for the operator when nobody could tell which address people type.
    pub fn check(&self) -> Result<(), String> {
        if self.addr.ip().is_unspecified() && self.public_url.is_none() {
            return Err(format!(
                "WATCHLOG_PUBLIC_URL must be set when WATCHLOG_ADDR ({}) listens on every address: \
                 expected the address that people type, such as https://log.example.org",
                self.addr
            ));
        }
        Ok(())
    }
}

/// `sqlite:PATH`, parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl {
    path: PathBuf,
}

impl DatabaseUrl {
    /// Reads `sqlite:PATH`; `sqlite://PATH` says the same.
    ///
    /// # Errors
    /// A message for the operator.
    pub fn parse(raw: &str) -> Result<Self, String> {
        let expected = || {
            "WATCHLOG_DATABASE_URL: expected sqlite: and the path of a file, such as sqlite:data/watchlog.db".to_owned()
        };
        let path = raw.strip_prefix("sqlite:").ok_or_else(expected)?;
        let path = path.strip_prefix("//").unwrap_or(path);
        // A memory database would forget acknowledged entries; a query would have to be understood.
        if path.is_empty() || path.ends_with('/') || path.contains(['?', '#']) || path.contains(":memory:") {
            return Err(expected());
        }
        let path = PathBuf::from(path);
        if path.is_dir() {
            return Err(format!("{}, and {} is a folder", expected(), path.display()));
        }
        Ok(Self { path })
    }

    /// The file.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sqlite://{}", self.path.display())
    }
}

/// A filter for the log that is known to be right.
#[derive(Clone, Debug)]
pub struct LogFilter(String);

impl LogFilter {
    fn parse(raw: &str) -> Result<Self, String> {
        let filter = EnvFilter::builder().parse(raw);
        filter
            .map(|_| Self(raw.to_owned()))
            .map_err(|error| format!("WATCHLOG_LOG: expected a filter such as info or info,sqlx=warn ({error})"))
    }

    /// The filter itself.
    #[must_use]
    pub fn filter(&self) -> EnvFilter {
        EnvFilter::new(&self.0)
    }
}

fn parse_blobs(raw: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(raw);
    if raw.is_empty() || raw.contains("://") || path.is_file() {
        return Err("WATCHLOG_BLOBS: expected the path of a folder, such as data/blobs".to_owned());
    }
    Ok(path)
}

fn parse_address(raw: &str) -> Result<SocketAddr, String> {
    raw.parse().map_err(|_| {
        "WATCHLOG_ADDR: expected an IP address and a port, such as 127.0.0.1:3000 or [::1]:3000".to_owned()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_a_file() {
        let url = DatabaseUrl::parse("sqlite:data/log.db").unwrap();
        assert_eq!(url.to_string(), "sqlite://data/log.db");
        assert_eq!(DatabaseUrl::parse("sqlite:///var/log.db").unwrap().path(), std::path::Path::new("/var/log.db"));
        for wrong in
            ["", "data/log.db", "sqlite:", "sqlite::memory:", "sqlite:a.db?mode=ro", "postgres://h/db", "sqlite:/"]
        {
            assert!(DatabaseUrl::parse(wrong).unwrap_err().contains("WATCHLOG_DATABASE_URL"), "{wrong}");
        }
    }

    #[test]
    fn listening_everywhere_needs_a_public_url() {
        let options = |addr: &str, url: Option<&str>| SiteOptions {
            addr: addr.parse().unwrap(),
            public_url: url.map(|url| PublicUrl::parse(url).unwrap()),
        };
        assert!(options("0.0.0.0:80", None).check().unwrap_err().contains("WATCHLOG_PUBLIC_URL"));
        assert!(options("0.0.0.0:80", Some("https://log.example.org")).check().is_ok());
        assert!(options("127.0.0.1:3000", None).check().is_ok());
    }
}
