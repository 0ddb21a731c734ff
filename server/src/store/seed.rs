//! What an empty database can be filled with in one transaction: places, accounts and residents.

use app::domain::{Community, MicroGrid, PersonCard, Resident};

/// The people and places of one community, as the demo makes them.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The community.
    pub community: Community,
    /// Its micro-grids with their doors.
    pub micro_grids: Vec<MicroGrid>,
    /// Everybody who can sign in.
    pub accounts: Vec<Account>,
    /// Everybody who lives there.
    pub residents: Vec<Resident>,
}

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub struct Account {
    /// As colleagues see them.
    pub card: PersonCard,
    /// The name to sign in with, unique on the server.
    pub login: String,
    /// Argon2id in PHC text form; `None` for accounts that only the demo's one-click sign-in opens.
    pub password_hash: Option<String>,
}
