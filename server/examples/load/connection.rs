//! As little HTTP as it takes: client and server share the machine, and what is measured is the server.

use crate::Outcome;
use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

pub const JSON: &str = "application/json";
/// What push and pull take.
pub const LINES: &str = "text/plain";
pub const FORM: &str = "application/x-www-form-urlencoded";

/// One kept connection, with the cookies of one person.
pub struct Connection {
    stream: BufReader<TcpStream>,
    address: SocketAddr,
    cookie: String,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Outcome<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream: BufReader::new(stream), address, cookie: String::new() })
    }

    pub async fn sign_in(address: SocketAddr, login: &str, password: &str) -> Outcome<Self> {
        let mut connection = Self::open(address).await?;
        let form = format!("name={login}&password={password}");
        let request = connection.request("POST", "/api/session/sign-in", FORM, form.as_bytes());
        connection.send(&request).await?;
        if connection.cookie.is_empty() {
            return Err(format!("{login} was not signed in").into());
        }
        Ok(connection)
    }

    /// The bytes of a request, made before the clock runs.
    pub fn request(&self, method: &str, path: &str, content_type: &str, body: &[u8]) -> Vec<u8> {
        let Self { address, cookie, .. } = self;
        let cookie = if cookie.is_empty() { String::new() } else { format!("cookie: {cookie}\r\n") };
        let encoding = if method == "GET" { "accept-encoding: gzip\r\n" } else { "" };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\norigin: http://{address}\r\ncontent-type: {content_type}\r\n\
             content-length: {}\r\n{cookie}{encoding}\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    }

    /// Sends a request and reads the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> Outcome<Vec<u8>> {
        self.stream.write_all(request).await?;
        let mut line = String::new();
        self.stream.read_line(&mut line).await?;
        let is_ok = line.contains(" 200 ");
        let status = line.trim().to_owned();
        let mut length = None;
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let header = line.trim_end();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length: ") {
                length = Some(value.parse()?);
            }
            if let Some(value) = header.strip_prefix("set-cookie: ") {
                let separator = if self.cookie.is_empty() { "" } else { "; " };
                self.cookie.extend([separator, value.split(';').next().unwrap_or_default()]);
            }
        }
        let body = match length {
            Some(length) => {
                let mut body = vec![0; length];
                self.stream.read_exact(&mut body).await?;
                body
            }
            None => self.read_chunks().await?,
        };
        if is_ok { Ok(body) } else { Err(format!("{status}: {}", String::from_utf8_lossy(&body)).into()) }
    }

    /// Bytes of the first page, compressed as the server does it.
    pub async fn page_bytes(&mut self) -> Outcome<f64> {
        let request = self.request("GET", "/", JSON, b"");
        let bytes = self.send(&request).await.map_or(0, |page| page.len());
        Ok(f64::from(u32::try_from(bytes)?))
    }

    async fn read_chunks(&mut self) -> Outcome<Vec<u8>> {
        let (mut body, mut line) = (Vec::new(), String::new());
        loop {
            line.clear();
            self.stream.read_line(&mut line).await?;
            let length = usize::from_str_radix(line.trim(), 16)?;
            let mut chunk = vec![0; length + 2];
            self.stream.read_exact(&mut chunk).await?;
            if length == 0 {
                return Ok(body);
            }
            body.extend_from_slice(&chunk[..length]);
        }
    }
}
