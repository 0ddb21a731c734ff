//! `watchlog person …`

use super::{CommandError, with_store};
use crate::{
    clock::now,
    config::DatabaseOptions,
    filling::password,
    store::{Account, AccountError, AccountLine, SqliteStore, hash_password},
};
use app::{
    domain::{Agency, Change, Membership, PersonCard, PersonId, PlaceCode, Rights, Role},
    store::Store,
};
use clap::{Args, Subcommand};
use std::io::{BufRead, stdin};

/// Changes asked for at once.
const FEED_PAGE: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum Person {
    /// Let somebody sign in
    Add(Add),
    /// Let somebody sign in no more. What they wrote stays, and so does what is unsent on their devices
    Close(Close),
    /// Another password for somebody; also for a closed account, whose person then can bring what is unsent
    Password(Password),
    /// All accounts
    List(List),
}

#[derive(Debug, Args)]
pub(super) struct Add {
    /// The name as it stands in the log
    #[arg(long, value_parser = not_empty)]
    name: String,
    /// The name to sign in with
    #[arg(long, value_parser = not_empty)]
    login: String,
    /// What the person is: watcher, grid_worker, party_branch, party_committee or social_worker
    #[arg(long, value_parser = role)]
    role: Role,
    /// Where: the code of a community (12 digits), grid (15) or micro-grid (18)
    #[arg(long, value_name = "CODE", value_parser = place)]
    place: PlaceCode,
    /// The agency of a social worker
    #[arg(long, value_parser = not_empty)]
    agency: Option<String>,
    #[command(flatten)]
    password: NewPassword,
    #[command(flatten)]
    database: DatabaseOptions,
}

#[derive(Debug, Args)]
struct NewPassword {
    /// Read the password from the first line of standard input instead of making one up
    #[arg(long)]
    password_stdin: bool,
}

impl NewPassword {
    fn get(&self) -> Result<String, CommandError> {
        if self.password_stdin { read_password() } else { Ok(password()) }
    }

    fn print(&self, password: &str) {
        if !self.password_stdin {
            println!("password: {password} (not shown again)");
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct Close {
    /// The name to sign in with
    login: String,
    #[command(flatten)]
    database: DatabaseOptions,
}

#[derive(Debug, Args)]
pub(super) struct Password {
    /// The name to sign in with
    login: String,
    #[command(flatten)]
    password: NewPassword,
    #[command(flatten)]
    database: DatabaseOptions,
}

#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    database: DatabaseOptions,
}

impl Person {
    pub(super) async fn run(self) -> Result<(), CommandError> {
        match self {
            Self::Add(add) => add.run().await,
            Self::Close(close) => close.run().await,
            Self::Password(password) => password.run().await,
            Self::List(list) => list.run().await,
        }
    }
}

impl Add {
    async fn run(self) -> Result<(), CommandError> {
        let password = self.password.get()?;
        with_store(&self.database.database, async |store| self.add(store, &password).await).await?;
        println!("{} can sign in as {}", self.name, self.login);
        self.password.print(&password);
        Ok(())
    }

    async fn add(&self, store: &SqliteStore, password: &str) -> Result<(), CommandError> {
        let now = now();
        let membership = Membership { role: self.role, place: self.place.clone(), from: now, until: None };
        let card = PersonCard {
            id: PersonId::from_parts(now.millis(), rand::random()),
            name: self.name.clone(),
            agency: self.agency.clone().map(Agency),
            memberships: vec![membership],
        };
        if !is_known(store, &card).await? {
            let place = self.place.as_str();
            return Err(CommandError::usage(format!("there is no place with the code {place}")));
        }
        let password_hash = Some(hash_password(password)?);
        let account = Account { card, login: self.login.clone(), password_hash };
        store.add_account(account).await.map_err(|error| of_account(error, &self.login))
    }
}

impl Close {
    async fn run(self) -> Result<(), CommandError> {
        let Self { login, database } = self;
        let close = async |store: &SqliteStore| {
            store.close_account(&login, now()).await.map_err(|error| of_account(error, &login))
        };
        with_store(&database.database, close).await?;
        println!("{login} can sign in no more; their posts have ended");
        println!("what is unsent on their devices stays there: 存成文件 there, `watchlog import outbox FILE` here");
        println!(
            "where they have signed out already, `watchlog person password {login}` lets them in once more, without posts"
        );
        Ok(())
    }
}

impl Password {
    async fn run(self) -> Result<(), CommandError> {
        let Self { login, password, database } = self;
        let new = password.get()?;
        let hash = hash_password(&new)?;
        let change = async |store: &SqliteStore| {
            store.set_password(&login, hash.clone()).await.map_err(|error| of_account(error, &login))
        };
        with_store(&database.database, change).await?;
        println!("{login} signs in with another password from now on");
        password.print(&new);
        Ok(())
    }
}

fn of_account(error: AccountError, login: &str) -> CommandError {
    match error {
        AccountError::LoginTaken => CommandError::usage(format!("somebody else signs in as {login}")),
        AccountError::Unknown => CommandError::usage(format!("nobody signs in as {login}")),
        AccountError::Store(error) => error.into(),
    }
}

/// Whether the first place of a person exists: the feed tells everybody of the places that they work in.
async fn is_known(store: &SqliteStore, card: &PersonCard) -> Result<bool, CommandError> {
    let rights = Rights::of(card.id, &card.memberships, now());
    let (Some(membership), Some(community)) = (card.memberships.first(), rights.community()) else {
        return Ok(false);
    };
    let wanted = membership.place.as_str();
    let mut cursor = None;
    loop {
        let page = store.pull(&rights, &community, cursor, FEED_PAGE, now()).await?;
        let known = page.changes.iter().any(|change| match change {
            Change::Community(community) => {
                let grids = community.grids.iter().map(|(code, _)| code.as_str());
                grids.chain([community.code.as_str()]).any(|code| code == wanted)
            }
            Change::MicroGrid(micro_grid) => micro_grid.code.as_str() == wanted,
            _ => false,
        });
        if known || !page.more {
            return Ok(known);
        }
        cursor = Some(page.next);
    }
}

impl List {
    async fn run(self) -> Result<(), CommandError> {
        let DatabaseOptions { database } = self.database;
        let accounts = with_store(&database, async |store| Ok(store.accounts().await?)).await?;
        let now = now();
        for AccountLine { card, login, .. } in &accounts {
            let posts = card.posts_at(now).map(|post| format!("{} {}", post.role.code(), post.place.as_str()));
            let posts = posts.collect::<Vec<_>>().join(", ");
            println!("{login}\t{}\t{}", card.name, if posts.is_empty() { "closed" } else { &posts });
        }
        if accounts.is_empty() {
            println!("nobody yet; see watchlog person add --help");
        }
        Ok(())
    }
}

fn read_password() -> Result<String, CommandError> {
    const SHORTEST: usize = 8;
    let mut line = String::new();
    let read = stdin().lock().read_line(&mut line);
    read.map_err(|error| CommandError { message: format!("cannot read the password: {error}"), code: 1 })?;
    let password = line.trim_end_matches(['\n', '\r']);
    if password.chars().count() < SHORTEST {
        return Err(CommandError::usage(format!(
            "the password on standard input must have at least {SHORTEST} characters"
        )));
    }
    Ok(password.to_owned())
}

fn not_empty(raw: &str) -> Result<String, String> {
    let text = raw.trim();
    if text.is_empty() { Err("expected a text".to_owned()) } else { Ok(text.to_owned()) }
}

fn role(raw: &str) -> Result<Role, String> {
    Role::from_code(raw).ok_or_else(|| {
        let codes = Role::ALL.map(Role::code).join(", ");
        format!("expected one of {codes}")
    })
}

fn place(raw: &str) -> Result<PlaceCode, String> {
    PlaceCode::parse(raw)
        .map_err(|_| "expected the 12 digits of a community, the 15 of a grid or the 18 of a micro-grid".to_owned())
}
