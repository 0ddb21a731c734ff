//! The page around the app: a server page whose place the app takes once it is there, or the empty shell that the
//! service worker keeps and the browser fills. Either way the app starts in the same way.

use super::{App, pages::LATER_STYLE};
use leptos::{nonce::use_nonce, prelude::*};
use leptos_meta::MetaTags;

/// The built files that a page names. Their names carry a hash of their content.
#[derive(Clone, Debug)]
pub struct SiteFiles {
    /// Address of the JavaScript that starts the WASM.
    pub javascript: String,
    /// Addresses of the JavaScript that it imports.
    pub imports: Vec<String>,
    /// Address of the WASM.
    pub wasm: String,
    /// Address of the style sheet of the first screens.
    pub css: String,
    /// Address of the other one; empty where there is only one.
    pub later_css: String,
    /// Address of the icon.
    pub icon: String,
    /// Address of the script that makes photos small.
    pub shrink: String,
}

/// How the browser starts the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// The page carries the app's first render, to be read and written into at once. The app takes its place.
    ServerPage {
        /// Whether it is one of the first screens ([`is_first_screen`]), which do without the later style sheet.
        first: bool,
    },
    /// The page is empty: what the service worker answers navigations with.
    Mount,
}

/// Theme and type size are the device's own, and hold before anything is painted. The browser's offer to put the app on
/// the home screen may come before the app is there: it is kept until `frontend` asks for it.
const EARLY: &str = "addEventListener('beforeinstallprompt',function(e){e.preventDefault();window.installOffer=e});try{var l=JSON.parse(localStorage.getItem('watchlog-look')||'{}'),d=document.documentElement;\
if(l.theme)d.dataset.theme=l.theme;if(l.elder)d.dataset.elder='';if(l.size)d.style.setProperty('--base-size',l.size)}catch(e){}";

/// Whether a page is drawn with the first part of the program and the first style sheet: what a watcher opens on the way to
/// an entry, and the red card.
#[must_use]
pub fn is_first_screen(path: &str) -> bool {
    matches!(path, "/" | "/write" | "/phone")
}

/// The whole document.
#[must_use]
pub fn shell(files: SiteFiles, start: Start) -> impl IntoView {
    let SiteFiles { javascript, imports, wasm, css, later_css, icon, shrink } = files;
    let later_now = start == Start::ServerPage { first: false };
    let run = format!("import s,{{start}} from'{javascript}';s({{module_or_path:'{wasm}'}}).then(start)");
    let nonce = use_nonce();
    let modules =
        std::iter::once(javascript).chain(imports).map(|module| view! { <link rel="modulepreload" href=module /> });
    view! {
        <!DOCTYPE html>
        <html lang="zh-CN" data-shell=(start == Start::Mount).then_some("") data-shrink=shrink>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="theme-color" content="#FAF7F2" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#141816" media="(prefers-color-scheme: dark)" />
                <script nonce=nonce.clone() inner_html=EARLY></script>
                <link rel="stylesheet" href=css />
                <link id=LATER_STYLE rel=later_now.then_some("stylesheet") href=later_css />
                <link rel="icon" href=icon type="image/svg+xml" />
                <link rel="manifest" href="/manifest.webmanifest" />
                {modules.collect_view()}
                <link rel="preload" href=wasm.clone() r#as="fetch" r#type="application/wasm" crossorigin="anonymous" />
                <MetaTags />
            </head>
            <body>
                {(start != Start::Mount).then(|| view! { <div id="server-page"><App /></div> })}
                <noscript>"请打开浏览器的 JavaScript，日志才能在没信号时存下来。"</noscript>
                <script type="module" nonce=nonce inner_html=run></script>
            </body>
        </html>
    }
}
