//! Single records: who may see them, and as what.

use crate::neighbourhood::*;
use domain::kernel::{RecordKey, ResidentId};
use domain::kinds::Kinds;
use domain::residents::Resident;

promises! {
    async fn a_record_is_seen_by_those_who_are_told_of_it_and_as_they_are_told(here) {
        here.accept(WANG, &[note("灯不亮")]).await;
        here.accept(QIAN, &[write_at(QIAN, FAR, "01", now(), "远处的事")]).await;
        let all = here.everything(CHEN).await.into_iter().chain(here.everything(WANG).await).chain(here.everything(HE).await);
        let keys: std::collections::BTreeSet<RecordKey> = all.map(|envelope| envelope.head.key).collect();
        for who in EVERYBODY {
            let told = here.everything(who).await;
            for key in &keys {
                let seen = here.store.record(person(who), key, now()).await.unwrap();
                assert_eq!(seen.as_ref(), told.iter().find(|envelope| envelope.head.key == *key), "{who} {key}");
            }
        }
    }

    async fn a_store_that_takes_commands_says_that_it_is_ready_and_to_ask_changes_nothing(here) {
        let heads = here.store.heads().await.unwrap();
        here.store.ready().await.unwrap();
        assert_eq!(here.store.heads().await.unwrap(), heads);
        here.accept(WANG, &[note("灯不亮")]).await;
        here.store.ready().await.unwrap();
        here.opened_by(Kinds::all()).await.ready().await.unwrap();
    }

    async fn whoever_runs_the_server_reads_what_is_stored(here) {
        let key = Resident::key_of(id(HERE), id::<ResidentId>(0x31));
        let stored = here.store.stored(&key).await.unwrap().unwrap();
        assert!(stored.text.contains("吴某奶奶") && stored.text.contains("13800005678"));
        assert_eq!(here.store.stored(&RecordKey { community: id(ELSEWHERE), ..key }).await.unwrap(), None);
    }
}
