//! 录音: up to a minute of speech instead of typing. It ends by a tap, after a minute, or when the phone takes the microphone
//! away (a call); what was said until then is kept.

use super::Attaching;
use crate::ui::components::{Dialog, Icon, IconName};
use crate::ui::reactive::{Effect, Memo, RwSignal, Show, handler};
use crate::ui::{Capturing, NotCaptured, js, media};
use domain::kernel::{AttachmentKind, sound_type};
use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*};
use std::{sync::Arc, time::Duration};
use web_sys::wasm_bindgen::JsValue;

/// Seconds.
const LONGEST: u32 = 60;
/// Speech needs no more; a minute is 180 kB.
const BITS_PER_SECOND: u32 = 24_000;

/// While it records, a sheet that says so.
#[component]
pub fn Record(attaching: Attaching) -> impl IntoView {
    // How many seconds were recorded; nothing while nothing is.
    let seconds = RwSignal::new(None::<u32>);
    let recorder = StoredValue::new_local(None::<Recorder>);
    let stop = move || {
        recorder.try_with_value(|recorder| recorder.as_ref().map(Recorder::stop));
    };
    on_cleanup(stop);
    let record = move |capturing: Arc<Capturing>| async move {
        if !attaching.has_room(AttachmentKind::Voice) {
            return capturing.failed(NotCaptured::TooMany(AttachmentKind::Voice));
        }
        let Ok(begun) = Recorder::begin().await else {
            return capturing.failed(NotCaptured::NoMicrophone);
        };
        if recorder.try_with_value(|_| ()).is_none() {
            return begun.stop();
        }
        recorder.set_value(Some(begun.clone()));
        seconds.set(Some(0));
        let own = begun.clone();
        let timer = Recorder::every_second(move |passed| {
            seconds.try_set(Some(passed));
            if passed >= LONGEST {
                own.stop();
            }
        });
        let said = begun.whole().await;
        if let Some(timer) = timer {
            timer.clear();
        }
        begun.stop();
        seconds.try_set(None);
        match said {
            // What no other browser could play is no use to anybody.
            Ok(bytes) if sound_type(&bytes).is_some() => {
                attaching.take(&capturing, AttachmentKind::Voice, &bytes, None).await;
            }
            _ => capturing.failed(NotCaptured::NoMicrophone),
        }
    };
    Effect::new(move |before: Option<Option<Arc<Capturing>>>| {
        let wanted = attaching.recording.get();
        if let (Some(capturing), None) = (wanted.clone(), before.flatten()) {
            leptos::task::spawn_local(async move {
                record(capturing).await;
                attaching.recording.try_set(None);
            });
        }
        wanted
    });
    let recording = Memo::new(move |_| seconds.get().is_some());
    view! {
        <Show when=move || recording.get()>
            <Dialog title="正在录音" on_close=Callback::new(move |()| stop())>
                <div class="saved">
                    <span class="saved-mark"><Icon name=IconName::Microphone /></span>
                    <p><strong class="number" role="timer">{move || clock(seconds.get().unwrap_or_default())}</strong>" / 1:00"</p>
                    <p class="soft">"说完点“停”。录好的会先存在手机里。"</p>
                    <div class="dialog-actions">
                        <button type="button" class="button button-primary" on:click=handler(move |_| stop())>"停"</button>
                    </div>
                </div>
            </Dialog>
        </Show>
    }
    .into_any()
}

fn clock(seconds: u32) -> String {
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let between = if seconds < 10 { ":0" } else { ":" };
    [minutes.to_string().as_str(), between, seconds.to_string().as_str()].concat()
}

/// The browser's recorder, and the microphone that it listens to.
#[derive(Clone)]
struct Recorder {
    recorder: JsValue,
    stream: JsValue,
}

impl Recorder {
    /// Asks for the microphone and begins.
    async fn begin() -> Result<Self, JsValue> {
        let devices = js::get(&window().navigator(), "mediaDevices");
        let wanted = js::object(&[("audio", true.into())]);
        let stream = media::in_time(media::PERMISSION, js::promised(&devices, "getUserMedia", &[wanted])).await?;
        let options = js::object(&[("audioBitsPerSecond", BITS_PER_SECOND.into())]);
        let recorder = js::construct("MediaRecorder", &[stream.clone(), options])?;
        js::call(&recorder, "start", &[])?;
        Ok(Self { recorder, stream })
    }

    /// All that was recorded, once it has ended, by whomever.
    async fn whole(&self) -> Result<Vec<u8>, JsValue> {
        let event = media::first_event(&self.recorder, &["dataavailable"], "error").await?;
        media::bytes_of(&js::get(&event, "data")).await
    }

    /// Ends it, and lets go of the microphone.
    fn stop(&self) {
        if js::text(&self.recorder, "state").as_deref() != Some("inactive") {
            let _ = js::call(&self.recorder, "stop", &[]);
        }
        if let Ok(tracks) = js::call(&self.stream, "getTracks", &[]) {
            for track in web_sys::js_sys::Array::from(&tracks).iter() {
                let _ = js::call(&track, "stop", &[]);
            }
        }
    }

    /// Says how many seconds have passed, about once in each.
    fn every_second(say: impl Fn(u32) + 'static) -> Option<IntervalHandle> {
        let begun = web_sys::js_sys::Date::now();
        let tick = move || {
            // A minute and a little.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "seconds of one recording")]
            say(((web_sys::js_sys::Date::now() - begun) / 1_000.0).max(0.0) as u32);
        };
        set_interval_with_handle(tick, Duration::from_millis(250)).ok()
    }
}
