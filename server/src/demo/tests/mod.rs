//! The demo is what DOMAIN.md 7 says, and the domain accepts all of it.

mod accounts;
mod entries;
mod places;
mod residents;
mod synthetic;

use crate::demo::communities;
use crate::store::Seed;
use app::domain::{Change, Command, Day, Records, Resident, Timestamp, apply};
use app::store::PushBatch;

/// Noon of a day.
fn noon(day: &str) -> Timestamp {
    Day::parse(day).expect("a day").at(12, 0)
}

/// The day on which people are counted.
fn today() -> Timestamp {
    noon("2026-03-05")
}

fn seeds() -> Vec<Seed> {
    communities(today(), None)
}

/// 和平新村社区
fn heping() -> Seed {
    seeds().swap_remove(0)
}

fn age(resident: &Resident) -> u16 {
    resident.age(today().day()).expect("a year of birth")
}

/// Days on which calendars break, and the one on which nothing moves.
fn awkward_moments() -> Vec<Timestamp> {
    let mut moments: Vec<Timestamp> =
        ["2025-11-17", "2026-01-01", "2028-02-29", "2027-03-01", "2031-12-31", "2026-07-15"].map(noon).into();
    let midnight = Day::parse("2027-01-01").expect("a day").start();
    moments.extend([midnight, midnight.plus_millis(-1)]);
    moments
}

/// What somebody who knows everything about these communities knows.
fn records(seeds: &[Seed]) -> Records {
    let mut records = Records::default();
    for seed in seeds.iter().cloned() {
        records.absorb(Change::Community(seed.community));
        seed.micro_grids.into_iter().for_each(|micro_grid| records.absorb(Change::MicroGrid(micro_grid)));
        seed.accounts.into_iter().for_each(|account| records.absorb(Change::Person(account.card)));
        seed.residents.into_iter().for_each(|resident| records.absorb(Change::Resident(resident)));
    }
    records
}

/// The commands of a push, read from its bytes.
fn commands(push: &PushBatch) -> Vec<Command> {
    push.commands.iter().map(|bytes| Command::from_bytes(bytes).expect("a command")).collect()
}

/// Has every command of the pushes accepted, one after the other, as a server would.
fn replay(records: &mut Records, pushes: &[PushBatch]) {
    for push in pushes {
        for command in commands(push) {
            assert_eq!((command.author, command.device), (push.sender, push.device));
            let entry = apply(records, &command, Some(push.received));
            let entry = entry.unwrap_or_else(|refusal| panic!("{refusal:?}: {command:?}"));
            records.absorb(Change::Entry(entry));
        }
    }
}

/// Everything a push says, for comparing two runs.
fn said(pushes: &[PushBatch]) -> String {
    format!("{pushes:?}")
}
