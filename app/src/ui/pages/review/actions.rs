//! What a reviewer does. Everything goes through [`crate::ui::Client::submit`]: decided now, kept by the device, sent
//! when there is signal; and it is said honestly how far it came.

use super::desk::{Desk, Said, Sheet};
use super::words;
use crate::domain::{Act, Entry, EntryId, Part};
use leptos::prelude::*;
use std::time::Duration;

/// How long a word in passing stays.
const PASSING: Duration = Duration::from_secs(4);

/// Why this person does not review this entry; `None` when they may.
pub fn why_not(desk: Desk, entry: &Entry) -> Option<&'static str> {
    if entry.withdrawn.is_some() {
        return Some("作者把这一条撤回了，留着备查，不用审。");
    }
    desk.client.rights.with(|rights| {
        let rights = rights.as_ref()?;
        if rights.may_review(entry).is_some() {
            return None;
        }
        let own = entry.author == rights.person();
        Some(if own {
            "您自己写的，得由别人来审。"
        } else {
            "这一条您可以看；审它归别的同事。"
        })
    })
}

/// Opens a sheet, or says why not.
pub fn ask_for(desk: Desk, sheet: Sheet) {
    let entry = match sheet {
        Sheet::Comment(entry) | Sheet::SendBack(entry) => entry,
        Sheet::Keys => return desk.sheet.set(Some(sheet)),
    };
    match untrack(|| desk.entry(entry).map(|shown| why_not(desk, &shown.entry))) {
        Some(None) => desk.sheet.set(Some(sheet)),
        Some(Some(reason)) => say(desk, reason.to_owned(), false),
        None => {}
    }
}

/// 已阅, for one.
pub fn mark_read(desk: Desk, entry: EntryId) {
    let state = untrack(|| desk.entry(entry).map(|shown| (why_not(desk, &shown.entry), is_read(desk, &shown.entry))));
    match state {
        Some((Some(reason), _)) => say(desk, reason.to_owned(), false),
        Some((None, true)) => say(desk, "这一条您看过了。".to_owned(), false),
        Some((None, false)) => leptos::task::spawn_local(async move {
            match desk.client.submit(Act::MarkRead { entry }, None).await {
                Ok(_) => say(desk, "已阅，已存本机".to_owned(), false),
                Err(reason) => say(desk, words::not_saved(&reason), true),
            }
        }),
        None => {}
    }
}

/// Whether this person has reacted to the newest state of an entry.
pub fn is_read(desk: Desk, entry: &Entry) -> bool {
    desk.client.me.with(|me| me.as_ref().is_some_and(|me| entry.is_read_by(me.id)))
}

/// 已阅, for all that are picked: one command each, one after the other. Says how many, and what of the rest.
pub fn mark_picked_read(desk: Desk) {
    let picked = desk.picked.get_untracked();
    let all = picked.len();
    let (wanted, skipped): (Vec<EntryId>, Vec<EntryId>) = untrack(|| {
        picked.into_iter().partition(|id| {
            desk.entry(*id).is_some_and(|shown| why_not(desk, &shown.entry).is_none() && !is_read(desk, &shown.entry))
        })
    });
    desk.progress.set(Some((0, all)));
    leptos::task::spawn_local(async move {
        let mut trouble = None;
        let mut done = 0;
        for entry in &wanted {
            match desk.client.submit(Act::MarkRead { entry: *entry }, None).await {
                Ok(_) => done += 1,
                Err(reason) => {
                    trouble = Some(words::not_saved(&reason));
                    break;
                }
            }
            desk.picked.update(|picked| {
                picked.remove(entry);
            });
            desk.progress.set(Some((done, all)));
        }
        desk.progress.set(None);
        if trouble.is_none() {
            desk.picked.update(|picked| picked.clear());
        }
        let stuck = trouble.is_some();
        say(desk, summary(done, wanted.len() - done, skipped.len(), trouble), stuck);
    });
}

fn summary(done: usize, left: usize, skipped: usize, trouble: Option<String>) -> String {
    let mut words = if done > 0 { format!("{done} 条标了已阅，已存本机。") } else { String::new() };
    if skipped > 0 {
        words.push_str(&format!("{skipped} 条没动：看过了，或者不归您审。"));
    }
    if let Some(trouble) = trouble {
        words.push_str(&format!("还有 {left} 条没标上，仍然选着。{trouble}"));
    }
    words
}

/// Submits what a sheet wrote, together with its draft, and says so. On failure the sheet stays and says why.
pub async fn submit(desk: Desk, act: Act, draft: &str, deed: &str) -> Result<(), String> {
    desk.client.submit(act, Some(draft)).await.map_err(|reason| words::not_saved(&reason))?;
    say(desk, format!("{deed}，已存本机"), false);
    Ok(())
}

/// One line that says which entry a sheet is about.
pub fn reminder(desk: Desk, entry: EntryId) -> AnyView {
    let entry = untrack(|| desk.entry(entry)).map(|shown| shown.entry);
    let words = entry.map(|entry| {
        let content = entry.content();
        let problem = content.part(Part::Problem).unwrap_or_default().to_owned();
        (format!("{} {}", content.category().title(), content.spot().title()), problem)
    });
    words.map(|(what, problem)| view! { <p class="reminder"><strong>{what}</strong>" "{problem}</p> }).into_any()
}

/// Says something in passing; trouble stays until it is closed.
pub fn say(desk: Desk, words: String, trouble: bool) {
    let said = Said { words, trouble };
    desk.said.set(Some(said.clone()));
    if !trouble {
        set_timeout(
            move || {
                desk.said.try_update(|shown| {
                    if shown.as_ref() == Some(&said) {
                        *shown = None;
                    }
                });
            },
            PASSING,
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_of_marking_several_tells_what_was_not_done() {
        assert_eq!(summary(12, 0, 0, None), "12 条标了已阅，已存本机。");
        assert_eq!(summary(0, 0, 2, None), "2 条没动：看过了，或者不归您审。");
        let stuck = summary(5, 7, 0, Some("手机存满了。".to_owned()));
        assert_eq!(stuck, "5 条标了已阅，已存本机。还有 7 条没标上，仍然选着。手机存满了。");
    }
}
