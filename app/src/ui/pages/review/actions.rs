//! What a reviewer does. Everything goes through [`crate::ui::Client::submit`]: decided now, kept by the device, sent
//! when there is signal; and it is said honestly how far it came.

use super::desk::{Desk, Said, Sheet};
use super::{state, words};
use domain::kernel::{CommandId, EntryId, Record, RecordKey};
use domain::log::{Act, Entry, MayReview, Part};
use leptos::prelude::*;
use std::time::Duration;

/// How long a word in passing stays.
const PASSING: Duration = Duration::from_secs(4);

/// Why this person does not review this entry; `None` when they may.
pub fn why_not(desk: Desk, entry: &Entry) -> Option<&'static str> {
    if entry.erased().is_some() {
        return Some("这一条的内容清除了，不用审。");
    }
    if entry.set_aside().is_some() {
        return Some("这一条停用了，留着备查，不用审。");
    }
    if entry.withdrawn().is_some() {
        return Some("作者把这一条撤回了，留着备查，不用审。");
    }
    let why = desk.client.with_rights(entry.community, |rights| {
        if MayReview::find(rights, entry).is_some() {
            return None;
        }
        let own = rights.person().is_some_and(|me| entry.is_written_by(me));
        Some(if own {
            "您自己写的，得由别人来审。"
        } else {
            "这一条您可以看；审它归别的同事。"
        })
    });
    why.flatten()
}

/// What a review is about, and the version that is on the screen now.
pub fn on_screen(desk: Desk, entry: EntryId) -> Option<(Vec<RecordKey>, CommandId)> {
    untrack(|| desk.entry(entry)).map(|shown| (vec![shown.entry.key()], shown.entry.version()))
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
    let state = untrack(|| {
        desk.entry(entry).map(|shown| (why_not(desk, &shown.entry), state::is_read(desk.client, &shown.entry)))
    });
    match state {
        Some((Some(reason), _)) => say(desk, reason.to_owned(), false),
        Some((None, true)) => say(desk, "这一条您看过了。".to_owned(), false),
        Some((None, false)) => leptos::task::spawn_local(async move {
            match keep_read(desk, entry).await {
                Ok(true) => say(desk, "已阅，已存本机".to_owned(), false),
                Ok(false) => {}
                Err(reason) => say(desk, reason, true),
            }
        }),
        None => {}
    }
}

/// Keeps 已阅 once, however often it was asked for meanwhile: nobody can take it back. `false` where that is under way.
async fn keep_read(desk: Desk, entry: EntryId) -> Result<bool, String> {
    if desk.marking.try_update_value(|marking| marking.insert(entry)) == Some(false) {
        return Ok(false);
    }
    let kept = match untrack(|| desk.entry(entry)) {
        Some(shown) => state::mark_read(desk.client, &shown.entry).await.map(|_| true),
        None => Ok(false),
    };
    desk.marking.update_value(|marking| {
        marking.remove(&entry);
    });
    kept.map_err(|reason| words::not_saved(&reason))
}

/// 已阅, for all that are picked: one command each, one after the other. Whatever is let go of meanwhile is not marked.
/// Says how many, and what of the rest.
pub fn mark_picked_read(desk: Desk) {
    let picked = desk.picked.get_untracked();
    let all = picked.len();
    let (wanted, skipped): (Vec<EntryId>, Vec<EntryId>) = untrack(|| {
        picked.into_iter().partition(|id| {
            let is_wanted = |entry: &Entry| why_not(desk, entry).is_none() && !state::is_read(desk.client, entry);
            desk.entry(*id).is_some_and(|shown| is_wanted(&shown.entry))
        })
    });
    desk.progress.set(Some((0, all)));
    leptos::task::spawn_local(async move {
        let mut outcome = Marked { skipped: skipped.len(), ..Marked::default() };
        for (index, entry) in wanted.iter().enumerate() {
            // Whoever has left the desk has let nothing go.
            let still_picked = desk.picked.try_maybe_update(|picked| (false, picked.contains(entry))).unwrap_or(true);
            if !still_picked {
                outcome.let_go += 1;
                continue;
            }
            match keep_read(desk, *entry).await {
                Ok(kept) => outcome.done += usize::from(kept),
                Err(reason) => {
                    outcome.trouble = Some((wanted.len() - index, reason));
                    break;
                }
            }
            desk.pick(*entry, false);
            desk.progress.set(Some((outcome.done, all)));
        }
        desk.progress.set(None);
        skipped.into_iter().for_each(|entry| desk.pick(entry, false));
        say(desk, outcome.spoken(), outcome.trouble.is_some());
    });
}

/// What came of marking several.
#[derive(Debug, Default)]
struct Marked {
    /// Kept.
    done: usize,
    /// Read before, or not for this person.
    skipped: usize,
    /// Not wanted any more when their turn came.
    let_go: usize,
    /// How many are left, and why it went no further.
    trouble: Option<(usize, String)>,
}

impl Marked {
    fn spoken(&self) -> String {
        let mut words = String::new();
        if self.done > 0 {
            words.push_str(&format!("{} 条标了已阅，已存本机。", self.done));
        }
        if self.let_go > 0 {
            words.push_str(&format!("停下了，剩下的 {} 条没标。", self.let_go));
        }
        if self.skipped > 0 {
            words.push_str(&format!("{} 条没动：看过了，或者不归您审。", self.skipped));
        }
        if let Some((left, reason)) = &self.trouble {
            words.push_str(&format!("还有 {left} 条没标上，仍然选着。{reason}"));
        }
        words
    }
}

/// Submits what a sheet wrote, together with its draft, and says so. On failure the sheet stays and says why.
pub async fn submit(desk: Desk, about: Vec<RecordKey>, act: Act, draft: &str, deed: &str) -> Result<(), String> {
    desk.client.submit(about, &act, Some(draft)).await.map_err(|reason| words::not_saved(&reason))?;
    say(desk, format!("{deed}，已存本机"), false);
    Ok(())
}

/// One line that says which entry a sheet is about.
pub fn reminder(desk: Desk, entry: EntryId) -> AnyView {
    let entry = untrack(|| desk.entry(entry)).map(|shown| shown.entry);
    let words = entry.map(|entry| {
        let content = &entry.content;
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
        let all = Marked { done: 12, ..Marked::default() };
        assert_eq!(all.spoken(), "12 条标了已阅，已存本机。");
        let none = Marked { skipped: 2, ..Marked::default() };
        assert_eq!(none.spoken(), "2 条没动：看过了，或者不归您审。");
        let stopped = Marked { done: 5, let_go: 7, ..Marked::default() };
        assert_eq!(stopped.spoken(), "5 条标了已阅，已存本机。停下了，剩下的 7 条没标。");
        let stuck = Marked { done: 5, trouble: Some((7, "手机存满了。".to_owned())), ..Marked::default() };
        assert_eq!(stuck.spoken(), "5 条标了已阅，已存本机。还有 7 条没标上，仍然选着。手机存满了。");
    }
}
