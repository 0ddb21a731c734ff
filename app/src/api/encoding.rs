//! How server functions write and read.

use crate::json::{self, Unreadable};
use bytes::Bytes;
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
