//! 邻里守望工作日志: what phone, tablet and server share.
#![allow(missing_docs)]
pub mod domain;
pub mod sync;
