//! `watchlog person …`

use super::{
    CommandError, not_empty, noted,
    organisation::{Organisation, act, command},
    output::say,
    with_store,
};
use crate::{
    clock::now,
    config::DatabaseOptions,
    filling::password,
    store::{SqliteStore, hash_password},
};
use clap::{Args, Subcommand};
use domain::{
    kernel::{PersonId, Role},
    organisation::{Act, Agency, Person as Card, has_posts_at},
    store::{Account, AccountError, AccountLine, Store},
};
use std::io::{BufRead, stdin};

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
    /// Where: the code of a community (12 digits), grid (15) or stairwell (18)
    #[arg(long, value_name = "CODE", value_parser = place)]
    place: String,
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
            say!("password: {password} (not shown again)");
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
        say!("{} can sign in as {}", self.name, self.login);
        self.password.print(&password);
        Ok(())
    }

    /// The person and their post by commands, and beside them the secret.
    async fn add(&self, store: &SqliteStore, password: &str) -> Result<(), CommandError> {
        let login = Account::fold(&self.login);
        if store.accounts().await?.iter().any(|account| account.login == login) {
            return Err(of_account(AccountError::LoginTaken, &self.login));
        }
        let place = Organisation::of(store).await?.coded(&self.place);
        let place =
            place.ok_or_else(|| CommandError::usage(format!("there is no place with the code {}", self.place)))?;
        if !has_posts_at(self.role, place.kind) {
            let (role, code, kind) = (self.role.code(), &self.place, place.kind.title());
            return Err(CommandError::usage(format!("no {role} has their post at a {kind}, and {code} is one")));
        }
        let password_hash = Some(hash_password(password)?);
        let since = now();
        let person = PersonId::from_parts(since.millis(), rand::random());
        let card = Card::key_of(place.community, person);
        let add = Act::AddPerson { name: self.name.clone(), agency: self.agency.clone().map(Agency) };
        let post = Act::GivePost { role: self.role, from: since, until: None };
        let commands = vec![command(vec![card.clone()], &add)?, command(vec![card, place.key()], &post)?];
        act(store, commands).await?;
        let account = Account { person, login, password_hash };
        store.add_account(account).await.map_err(|error| of_account(error, &self.login))
    }
}

impl Close {
    async fn run(self) -> Result<(), CommandError> {
        let Self { login, database } = self;
        let close = async |store: &SqliteStore| {
            store.close_account(&login, now()).await.map_err(|error| of_account(error, &login))?;
            Ok(store.has_noted_ended())
        };
        let has_noted = with_store(&database.database, close).await?;
        say!("{login} can sign in no more; their posts have ended");
        say!("what is unsent on their devices stays there: 存成文件 there, `watchlog import outbox FILE` here");
        say!(
            "where they have signed out already, `watchlog person password {login}` lets them in once more, without posts"
        );
        noted(has_noted)
    }
}

impl Password {
    async fn run(self) -> Result<(), CommandError> {
        let Self { login, password, database } = self;
        let new = password.get()?;
        let hash = hash_password(&new)?;
        let change = async |store: &SqliteStore| {
            store.set_password(&login, hash.clone()).await.map_err(|error| of_account(error, &login))?;
            Ok(store.has_noted_ended())
        };
        let has_noted = with_store(&database.database, change).await?;
        say!("{login} signs in with another password from now on");
        password.print(&new);
        noted(has_noted)
    }
}

fn of_account(error: AccountError, login: &str) -> CommandError {
    match error {
        AccountError::LoginTaken => CommandError::usage(format!("somebody else signs in as {login}")),
        AccountError::Unknown => CommandError::usage(format!("nobody signs in as {login}")),
        AccountError::Store(error) => error.into(),
    }
}

impl List {
    async fn run(self) -> Result<(), CommandError> {
        let DatabaseOptions { database } = self.database;
        let (accounts, organisation) =
            with_store(&database, async |store| Ok((store.accounts().await?, Organisation::of(store).await?))).await?;
        let now = now();
        for AccountLine { login, cards, .. } in &accounts {
            let name = cards.first().map_or("", |card| &card.name);
            let held = cards.iter().flat_map(|card| card.posts_at(now).map(|post| (card.community, post)));
            let posts = held.map(|(community, post)| {
                format!("{} {}", post.role.code(), organisation.name_of(community, post.place))
            });
            let posts = posts.collect::<Vec<_>>().join(", ");
            say!("{login}\t{name}\t{}", if posts.is_empty() { "closed" } else { &posts });
        }
        if accounts.is_empty() {
            say!("nobody yet; see watchlog person add --help");
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

fn role(raw: &str) -> Result<Role, String> {
    Role::from_code(raw).ok_or_else(|| {
        let codes = Role::ALL.map(Role::code).join(", ");
        format!("expected one of {codes}")
    })
}

fn place(raw: &str) -> Result<String, String> {
    let is_code = matches!(raw.len(), 12 | 15 | 18) && raw.bytes().all(|byte| byte.is_ascii_digit());
    if is_code {
        Ok(raw.to_owned())
    } else {
        Err("expected the 12 digits of a community, the 15 of a grid or the 18 of a stairwell".to_owned())
    }
}
