//! What is seen: the page around the app, the routes, one page per route, one component per file.
//!
//! All words on the screens are Chinese, in the field's terms. The first render depends on the address alone: clock,
//! storage, network and person are read after it, in the browser.

mod app;
mod client;
pub mod components;
mod flag;
pub mod js;
mod look;
pub mod media;
pub mod pages;
pub mod reactive;
#[cfg(feature = "ssr")]
mod shell;

pub use app::App;
pub use client::{Capturing, Client, Device, NotCaptured, Phase, ShownEntry, Stuck};
pub use flag::Flag;
#[cfg(feature = "ssr")]
pub use shell::{SiteFiles, Start, is_first_screen, shell};
