//! Why a device did not keep something, in words from life.

/// The device did not keep what it should, or could not say what it has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalError {
    /// No room is left. Nothing was written; the text is still on the screen.
    #[error("storage full")]
    Full,
    /// The browser keeps nothing here: private mode, storage switched off, another tab blocks it.
    #[error("storage unavailable: {0}")]
    Unavailable(String),
    /// The bytes of a photo or voice note that belongs to it are not here. Nothing was written.
    #[error("an attachment is not on this device")]
    Incomplete,
    /// The person of this device is another one by now: another tab has signed them out. Nothing was written.
    #[error("somebody else is the person of this device")]
    AnotherPerson,
    /// Another tab has read on meanwhile: what was to be written does not follow what is kept. Nothing was written.
    #[error("another tab has read on")]
    Outdated,
    /// The browser has taken away what was kept here. Nothing was written.
    #[error("the storage was emptied")]
    Emptied,
}

impl LocalError {
    /// After 保存: what happened and what to do, in words from life.
    #[must_use]
    pub const fn spoken(&self) -> &'static str {
        match self {
            Self::Full => "手机存满了，这一条还没存下。删掉几张照片或视频，再点保存。",
            Self::Unavailable(_) | Self::Outdated | Self::Emptied => {
                "手机没让存，这一条还没存下。请换成普通浏览窗口，再点保存；不行就先抄在纸上。"
            }
            Self::Incomplete => "有照片或语音在这台手机里找不到了，所以还没存下。去掉它，再点保存；字都在。",
            Self::AnotherPerson => "别处换了人登录，这一条还没存下。请本人登录，再点保存；字都在。",
        }
    }

    /// After anything else than 保存 that the person wanted.
    #[must_use]
    pub const fn spoken_of_deed(&self) -> &'static str {
        match self {
            Self::Full => "没办成：手机存满了。删掉几张照片或视频，再点一次。",
            Self::Unavailable(_) | Self::Outdated | Self::Emptied => {
                "没办成：手机里存的东西现在动不了。关掉别处开着的这个应用，再点一次。"
            }
            Self::Incomplete => "没办成：有照片或语音在这台手机里找不到了。",
            Self::AnotherPerson => "没办成：别处换了人登录。请本人登录，再点一次。",
        }
    }

    /// When the app cannot open what it keeps.
    #[must_use]
    pub const fn spoken_at_start(&self) -> &'static str {
        match self {
            Self::Full => "手机存满了，打不开存的东西。删掉几张照片或视频，再试一次。",
            Self::Unavailable(_) | Self::Incomplete | Self::AnotherPerson | Self::Outdated | Self::Emptied => {
                "打不开手机里存的东西。别处也开着这个应用的话，先关掉那边；用无痕窗口的话，请换成普通窗口。再试一次。"
            }
        }
    }
}
