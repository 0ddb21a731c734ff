//! Erasing what a command said: its hash stays, and with it receipts, duplicates and chains.

use crate::neighbourhood::*;
use domain::kernel::Sha256;

promises! {
    async fn what_was_erased_is_still_a_duplicate_and_other_bytes_a_conflict(here) {
        let (note, kept) = (note("王某兰家的事"), note("灯不亮"));
        let change = amend(WANG, &note, "王某兰家的事", "隐去");
        here.accept(WANG, &[note.clone(), kept.clone(), change.clone()]).await;
        let before = here.everything(CHEN).await;
        let erased = here.store.erase(&entry_key(entry_of(&note)), "本人要求", now()).await.unwrap();
        assert_eq!(erased.commands, 2);
        let again = here.store.erase(&entry_key(entry_of(&note)), "本人要求", now()).await.unwrap();
        assert_eq!(again.commands, 0);
        let replies = here.push(WANG, &[note.clone(), change, kept]).await;
        assert_eq!(replies.iter().map(|reply| word(&reply.outcome)).collect::<Vec<_>>(), ["duplicate"; 3]);
        assert_eq!(replies[0].sha256, Sha256::of(note.to_bytes().unwrap().as_bytes()));
        let mut other = note;
        other.act = other.act.replace("王某兰", "别人");
        assert_eq!(here.outcomes(WANG, &[other]).await, ["conflict"]);
        assert_eq!(here.everything(CHEN).await, before, "records are the truth");
    }

    async fn what_still_waited_can_never_be_applied(here) {
        let note = note("灯不亮");
        let change = amend(WANG, &note, "灯不亮", "灯亮了");
        assert_eq!(here.outcomes(WANG, std::slice::from_ref(&change)).await, ["parked"]);
        let erased = here.store.erase(&entry_key(entry_of(&note)), "本人要求", now()).await.unwrap();
        assert_eq!(erased.commands, 1);
        here.accept(WANG, std::slice::from_ref(&note)).await;
        assert_eq!(here.outcomes(WANG, &[change]).await, ["set_aside"]);
        assert_eq!(problem(&here.entry(WANG, entry_of(&note)).await.unwrap()), "灯不亮");
    }
}
