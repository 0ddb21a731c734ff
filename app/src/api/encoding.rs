//! How server functions write and read.

use bytes::Bytes;
use domain::kernel::{Unreadable, json};
use domain::sync::{CommandReply, MeReply, PullReply, PushReply};
use serde::{Serialize, de::DeserializeOwned};
use server_fn::{ContentType, Decodes, Encodes, Format, FormatType, codec::Post};

/// JSON by [`json`].
pub struct JsonEncoding;

/// Requests and replies of server functions: JSON in the body of a `POST`.
pub type Json = Post<JsonEncoding>;

impl ContentType for JsonEncoding {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonEncoding {
    type Error = Unreadable;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        json::write(output).map(Bytes::from)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonEncoding {
    type Error = Unreadable;

    fn decode(text: Bytes) -> Result<T, Self::Error> {
        json::read(&text)
    }
}

/// Lines of text ([`domain::sync`]): nothing is JSON inside a JSON string.
pub struct LinesEncoding;

/// Requests and replies of sync: lines in the body of a `POST`.
pub type Lines = Post<LinesEncoding>;

impl ContentType for LinesEncoding {
    const CONTENT_TYPE: &'static str = "text/plain";
}

impl FormatType for LinesEncoding {
    const FORMAT_TYPE: Format = Format::Text;
}

/// What travels as lines.
pub trait AsLines: Sized {
    /// The body.
    ///
    /// # Errors
    /// None of our types fails to have lines.
    fn write_lines(&self) -> Result<String, Unreadable>;

    /// Reads a body.
    ///
    /// # Errors
    /// [`Unreadable`].
    fn read_lines(body: &str) -> Result<Self, Unreadable>;
}

impl<T: AsLines> Encodes<T> for LinesEncoding {
    type Error = Unreadable;

    fn encode(output: &T) -> Result<Bytes, Self::Error> {
        output.write_lines().map(Bytes::from)
    }
}

impl<T: AsLines> Decodes<T> for LinesEncoding {
    type Error = Unreadable;

    fn decode(text: Bytes) -> Result<T, Self::Error> {
        let text = std::str::from_utf8(&text).map_err(|_| Unreadable::malformed("not UTF-8"))?;
        T::read_lines(text)
    }
}

impl AsLines for MeReply {
    fn write_lines(&self) -> Result<String, Unreadable> {
        self.write()
    }

    fn read_lines(body: &str) -> Result<Self, Unreadable> {
        Self::read(body)
    }
}

impl AsLines for PushReply {
    fn write_lines(&self) -> Result<String, Unreadable> {
        let replies: Vec<CommandReply> = self.replies.iter().flatten().cloned().collect();
        Self::write(self.server.clone(), &replies)
    }

    fn read_lines(body: &str) -> Result<Self, Unreadable> {
        Self::read(body)
    }
}

impl AsLines for PullReply {
    fn write_lines(&self) -> Result<String, Unreadable> {
        self.write()
    }

    fn read_lines(body: &str) -> Result<Self, Unreadable> {
        Self::read(body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::kernel::{PersonId, Sha256, Timestamp};
    use domain::sync::{Epoch, Outcome, PROTOCOL, ServerMark};

    #[test]
    fn the_answer_to_a_push_is_lines_and_one_that_cannot_be_read_concerns_its_own_command() {
        let server = ServerMark {
            epoch: Epoch("第一天".to_owned()),
            protocol: PROTOCOL,
            version: "0.1.0".to_owned(),
            now: Timestamp::EARLIEST,
            person: PersonId::from_parts(1, [1; 10]),
        };
        let reply = CommandReply { id: None, sha256: Sha256::of("灯不亮".as_bytes()), outcome: Outcome::Later };
        let sent = PushReply { server, replies: vec![Some(reply.clone())] };
        let mut body = LinesEncoding::encode(&sent).expect("lines").to_vec();
        body.extend_from_slice(b"{\"outcome\":\"of a newer version\"}\n");
        let read: PushReply = LinesEncoding::decode(body.into()).expect("lines");
        assert_eq!(read.replies, [Some(reply), None]);
    }
}
