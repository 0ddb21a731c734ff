//! What the browser has promised about what this device keeps, in words: here and in 设置.

use crate::ui::Client;

/// Whether the browser will clear the storage by itself.
#[must_use]
pub fn persisted_words(client: Client) -> &'static str {
    match client.persisted.get() {
        Some(true) => "浏览器答应了，不会自己清掉这里存的东西",
        Some(false) => "浏览器没答应一直留着，常打开、放到桌面上更稳",
        None => "正在问浏览器能不能一直留着",
    }
}

/// Whether the app starts without signal: what follows “没信号时”.
#[must_use]
pub fn offline_words(client: Client) -> &'static str {
    if client.offline_ready.get() {
        "备好了，没信号也能打开、能写"
    } else {
        "还没备好，连着网多开一会儿"
    }
}
