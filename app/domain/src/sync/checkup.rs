//! 手机体检: how a device stands, in six characters that a watcher can read out on the telephone. The screen says what is
//! fine and what to do; `watchlog doctor --code` says the same to whoever helps.
//!
//! | | |
//! |---|---|
//! | data | nothing but choices among few: no name, no place, no time |
//! | who | anybody, on their own device, also before they have signed in |
//! | offline | everything; what only the server knows is unknown then |
//! | the code | five characters of 25 bits and one that proves them: a character that was misheard, or two in the wrong order, is noticed |

use super::{Link, SyncMarks, SyncStatus};
use crate::kernel::{Bytes, Span, Timestamp};

/// A choice among few, with its place among them.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $one:ident),+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $($(#[$doc])* $one),+ }

        impl $name {
            /// All of them. Only ever add at the end: codes name them by their place.
            pub const ALL: &'static [Self] = &[$(Self::$one),+];
        }
    };
}

choice!(
    /// Whether the browser has promised not to clear the storage by itself.
    Promise { /// Yes.
        Given, /// It did not.
        NotGiven, /// It cannot be asked.
        Unknown }
);
choice!(
    /// How much room there is for photos.
    Room { /// Plenty.
        Ample, /// More than four fifths are taken.
        Scarce, /// Less than 200 MB in all: a private window, or a phone that is full.
        Tiny, /// It cannot be asked.
        Unknown }
);
choice!(
    /// What kind of browser it is.
    Browser { /// One of its own.
        Ordinary, /// The one inside WeChat: keeps things for a short time only.
        WeChat, /// The one inside another app.
        OtherApp }
);
choice!(
    /// The device's clock against the server's.
    Clock { /// Less than ten minutes off.
        Right, /// It shows a later time.
        Ahead, /// It shows an earlier time.
        Behind, /// The server was never reached.
        Unknown }
);
choice!(
    /// Whether the app starts without signal.
    Offline { /// It does.
        Ready, /// Not yet: the program is still being kept.
        NotYet, /// It cannot here: it works as long as the page is open.
        Impossible }
);
choice!(
    /// Whether it is the newest version.
    Version { /// As far as is known.
        Newest, /// A newer one lies ready, or is asked for by the server.
        Older, /// The server cannot be asked.
        Unknown }
);
choice!(
    /// What the server does not have, by the age of the oldest.
    Unsent { /// It has everything.
        Nothing, /// Less than an hour.
        Fresh, /// Less than a day.
        Hours, /// Less than a week.
        Days, /// Longer.
        Weeks, /// Something cannot go on without its author.
        NeedsPerson, /// Only photos or voice notes.
        OnlyPhotos, /// Nobody is signed in, and somebody's still wait here.
        Somebodys }
);
choice!(
    /// The server, as the last try has it.
    Server { /// It answers.
        Reached, /// It does not.
        Unreachable, /// It wants a new sign-in.
        SignInNeeded, /// It asks for patience.
        Busy, /// It was not asked yet, or nobody is signed in.
        Unknown }
);

/// What the browser says about itself and its storage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceFacts {
    /// What it calls itself.
    pub user_agent: String,
    /// Whether it has promised to keep what is here.
    pub persisted: Option<bool>,
    /// How much may be kept here in all.
    pub quota: Option<Bytes>,
    /// How much is kept here.
    pub usage: Option<Bytes>,
    /// Whether tabs can take turns.
    pub locks: bool,
    /// Whether there are service workers at all.
    pub service_worker: bool,
    /// Whether one has this page.
    pub controlled: bool,
    /// Whether the app runs from the home screen.
    pub installed: bool,
    /// Whether a newer version lies ready.
    pub update_ready: bool,
}

/// How a device stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checkup {
    /// Whether the storage stays.
    pub promise: Promise,
    /// Room for photos.
    pub room: Room,
    /// The browser.
    pub browser: Browser,
    /// The clock.
    pub clock: Clock,
    /// Starting without signal.
    pub offline: Offline,
    /// The version.
    pub version: Version,
    /// What waits.
    pub unsent: Unsent,
    /// The server.
    pub server: Server,
    /// Whether tabs can take turns.
    pub locks: bool,
    /// Whether it is on the home screen.
    pub installed: bool,
}

/// Browsers inside other apps, by a word in their name.
const IN_APPS: [&str; 6] = [" QQ/", "AlipayClient", "DingTalk", "Weibo", "baiduboxapp", "Lark/"];
/// Less is a private window, or no room.
const TINY: Bytes = Bytes::new(200_000_000);
/// A clock that is off by more is called wrong.
const CLOCK: Span = Span::minutes(10);

impl Checkup {
    /// How it stands at `now` by the device's clock.
    #[must_use]
    pub fn of(facts: &DeviceFacts, marks: &SyncMarks, status: &SyncStatus, now: Timestamp) -> Self {
        let link = status.link;
        let is = |name: &&str| facts.user_agent.contains(*name);
        Self {
            promise: match facts.persisted {
                Some(true) => Promise::Given,
                Some(false) => Promise::NotGiven,
                None => Promise::Unknown,
            },
            room: match (facts.quota, facts.usage) {
                (Some(quota), _) if quota < TINY => Room::Tiny,
                (Some(quota), Some(usage)) if usage.get() > quota.get() / 5 * 4 => Room::Scarce,
                (Some(_), _) => Room::Ample,
                (None, _) => Room::Unknown,
            },
            browser: if is(&"MicroMessenger") {
                Browser::WeChat
            } else if IN_APPS.iter().any(is) {
                Browser::OtherApp
            } else {
                Browser::Ordinary
            },
            // What has to be added to this clock: it shows an earlier time.
            clock: match marks.clock_offset {
                Some(offset) if offset > CLOCK => Clock::Behind,
                Some(offset) if offset < CLOCK.negated() => Clock::Ahead,
                Some(_) => Clock::Right,
                None => Clock::Unknown,
            },
            offline: match (facts.service_worker, facts.controlled) {
                (_, true) => Offline::Ready,
                (true, false) => Offline::NotYet,
                (false, false) => Offline::Impossible,
            },
            version: match link {
                _ if facts.update_ready => Version::Older,
                Link::TooOld => Version::Older,
                Link::Reached | Link::Busy => Version::Newest,
                _ => Version::Unknown,
            },
            unsent: match status.oldest.map(|oldest| marks.server_time(now).since(oldest)) {
                _ if status.asks() > 0 => Unsent::NeedsPerson,
                Some(age) if age < Span::hours(1) => Unsent::Fresh,
                Some(age) if age < Span::days(1) => Unsent::Hours,
                Some(age) if age < Span::days(7) => Unsent::Days,
                Some(_) => Unsent::Weeks,
                None if status.kept_back() > 0 => Unsent::Fresh,
                None if status.attachments > 0 => Unsent::OnlyPhotos,
                None => Unsent::Nothing,
            },
            server: match link {
                Link::Reached | Link::Busy | Link::TooOld => Server::Reached,
                Link::Unreachable => Server::Unreachable,
                Link::SignInNeeded => Server::SignInNeeded,
                Link::ServerTrouble => Server::Busy,
                Link::Unknown => Server::Unknown,
            },
            locks: facts.locks,
            installed: facts.installed,
        }
    }

    /// The six characters.
    #[must_use]
    pub fn code(self) -> String {
        let mut packed = 0;
        let mut add = |place: usize, of: usize| packed = packed * of + place;
        add(place(Promise::ALL, self.promise), 4);
        add(place(Room::ALL, self.room), 4);
        add(place(Browser::ALL, self.browser), 4);
        add(place(Clock::ALL, self.clock), 4);
        add(place(Offline::ALL, self.offline), 4);
        add(place(Version::ALL, self.version), 4);
        add(place(Unsent::ALL, self.unsent), 8);
        add(place(Server::ALL, self.server), 8);
        add(self.locks.into(), 2);
        add(self.installed.into(), 2);
        let packed = packed ^ MASK;
        let mut characters = [0; 6];
        for (index, character) in characters[..5].iter_mut().enumerate() {
            *character = packed >> (20 - 5 * index) & 31;
        }
        characters[5] = proof(&characters[..5]);
        characters.map(|index| char::from(ALPHABET[index])).iter().collect()
    }

    /// What a code says; `None` for what is no code of ours. Small letters, spaces, and letters that sound or look like
    /// digits are all right.
    #[must_use]
    pub fn read(code: &str) -> Option<Self> {
        let is_sign = |letter: &char| !letter.is_whitespace() && *letter != '-';
        let characters: Vec<usize> = code.chars().filter(is_sign).map(index_of).collect::<Option<_>>()?;
        if characters.len() != 6 || proof(&characters[..5]) != characters[5] {
            return None;
        }
        let mut packed = characters[..5].iter().fold(0, |packed, character| packed << 5 | character) ^ MASK;
        let mut take = |of: usize| {
            let place = packed % of;
            packed /= of;
            place
        };
        // From the last to the first.
        let (installed, locks) = (take(2) == 1, take(2) == 1);
        let (server, unsent) = (*Server::ALL.get(take(8))?, *Unsent::ALL.get(take(8))?);
        let (version, offline) = (*Version::ALL.get(take(4))?, *Offline::ALL.get(take(4))?);
        let (clock, browser) = (*Clock::ALL.get(take(4))?, *Browser::ALL.get(take(4))?);
        let (room, promise) = (*Room::ALL.get(take(4))?, *Promise::ALL.get(take(4))?);
        let rest_is_empty = packed == 0;
        rest_is_empty.then_some(Self {
            promise,
            room,
            browser,
            clock,
            offline,
            version,
            unsent,
            server,
            locks,
            installed,
        })
    }
}

/// No I, L, O and U: they are misread, and the last one makes words.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// So that a phone where all is well does not read out zeros.
const MASK: usize = 0x0B6_3A9D;

fn index_of(letter: char) -> Option<usize> {
    let letter = match letter.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        letter => letter,
    };
    ALPHABET.iter().position(|one| char::from(*one) == letter)
}

fn place<T: PartialEq>(all: &[T], one: T) -> usize {
    all.iter().position(|other| *other == one).unwrap_or_default()
}

/// The sum of all characters, each times another power of two in the field of 32 elements: any one that is wrong, and any
/// two that have changed places, make another sum.
fn proof(characters: &[usize]) -> usize {
    let doubled = |element: usize| if element & 16 == 0 { element << 1 } else { (element << 1) ^ 0b10_0101 };
    characters.iter().fold(0, |sum, character| doubled(sum ^ character))
}
