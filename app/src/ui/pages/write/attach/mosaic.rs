//! 打码: a finger over a face or a number plate, and nobody can tell whose it is. What is kept is drawn anew with it; the
//! photo from before goes from the device, at once where nothing else names it, and is not uploaded any more.

use super::Attaching;
use crate::ui::components::{Dialog, FieldNote, Icon, IconName};
use crate::ui::reactive::{Effect, RwSignal, Signal, handler, live};
use crate::ui::{NotCaptured, js, media};
use domain::kernel::{Attachment, AttachmentKind};
use leptos::{ev, html, prelude::*};
use web_sys::wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// Squares along the longest side: a face across a tenth of the picture is four of them.
const SQUARES: f64 = 40.0;
/// The width of a finger, as a part of the longest side.
const FINGER: f64 = 0.045;

type Point = (f64, f64);

/// The photo on the page, the same in squares, and where the finger was.
#[derive(Clone)]
struct Canvas {
    page: JsValue,
    photo: JsValue,
    squares: JsValue,
    strokes: Vec<Vec<Point>>,
    /// A finger is on it.
    down: bool,
}

#[component]
pub fn Mosaic(attaching: Attaching, photo: Attachment, on_close: Callback<()>) -> impl IntoView {
    let page = NodeRef::<html::Canvas>::new();
    let canvas = StoredValue::new_local(None::<Canvas>);
    let strokes = RwSignal::new(0_usize);
    // `None` until the photo is there: before that no finger can be meant for it.
    let opened = RwSignal::new(None::<bool>);
    let edited = photo.clone();
    Effect::new(move |_| {
        let (Some(page), photo) = (page.get(), photo.clone()) else { return };
        leptos::task::spawn_local(async move {
            let drawn = Canvas::of(attaching, page.unchecked_into(), &photo).await;
            if canvas.try_with_value(|_| ()).is_some() {
                opened.set(Some(drawn.is_some()));
                canvas.set_value(drawn);
            }
        });
    });
    let touch = move |kind: Touch| {
        move |event: ev::PointerEvent| {
            event.prevent_default();
            canvas.try_update_value(|canvas| {
                let Some(canvas) = canvas else { return };
                canvas.touched(kind, &event);
                strokes.set(canvas.strokes.len());
            });
        }
    };
    let undo = move |_| {
        canvas.try_update_value(|canvas| {
            let Some(canvas) = canvas else { return };
            canvas.strokes.pop();
            canvas.draw();
            strokes.set(canvas.strokes.len());
        });
    };
    let save = move |_| {
        let photo = edited.clone();
        let Some(canvas) = canvas.get_value().filter(|canvas| !canvas.strokes.is_empty()) else {
            return on_close.run(());
        };
        let Some(capturing) = attaching.writing.capture() else { return on_close.run(()) };
        leptos::task::spawn_local(async move {
            let drawn = async { media::shrink(&canvas.as_blob().await?).await };
            match drawn.await {
                Ok(bytes) => {
                    attaching.take(&capturing, AttachmentKind::Photo, &bytes, Some(&photo)).await;
                }
                Err(_) => capturing.failed(NotCaptured::Unreadable),
            }
        });
        on_close.run(());
    };
    let trouble = Signal::derive(move || {
        (opened.get() == Some(false)).then(|| "这张照片现在打不开。关掉，再试一次。".to_owned())
    });
    let nothing = move || strokes.get() == 0;
    view! {
        <Dialog title="打码" on_close=on_close>
            <div class="stack-tight">
                <p>"用手指在人脸、车牌上来回抹一抹。"</p>
                <p class="soft" role="status">{move || opened.get().is_none().then_some("正在打开照片……")}</p>
                <canvas
                    class="mosaic" node_ref=page role="img" aria-label="要打码的照片" hidden=live(move || opened.get() != Some(true))
                    on:pointerdown=handler(touch(Touch::Down)) on:pointermove=handler(touch(Touch::Move))
                    on:pointerup=handler(touch(Touch::Up)) on:pointercancel=handler(touch(Touch::Up))
                ></canvas>
                <FieldNote id="mosaic-note" words=trouble />
                <div class="dialog-actions">
                    <button type="button" class="button" aria-disabled=live(move || nothing().then_some("true")) on:click=handler(undo)>
                        <Icon name=IconName::Undo />"退一步"
                    </button>
                    <button type="button" class="button button-primary" on:click=handler(save)>"好了"</button>
                </div>
            </div>
        </Dialog>
    }
    .into_any()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Touch {
    Down,
    Move,
    Up,
}

impl Canvas {
    async fn of(attaching: Attaching, page: JsValue, photo: &Attachment) -> Option<Self> {
        let bytes = attaching.writing.client.blob(&photo.sha256).await.ok()??;
        let address = media::address_of(&bytes, "image/jpeg")?;
        let image = js::construct("Image", &[]).ok()?;
        js::set(&image, "src", &address.as_str().into());
        let decoded = js::promised(&image, "decode", &[]).await;
        media::let_go(&address);
        decoded.ok()?;
        let (width, height) = (number(&image, "naturalWidth"), number(&image, "naturalHeight"));
        let small = SQUARES / width.max(height);
        let few = sized((width * small).max(1.0), (height * small).max(1.0))?;
        draw_into(&few, &image, true);
        let squares = sized(width, height)?;
        draw_into(&squares, &few, false);
        js::set(&page, "width", &width.into());
        js::set(&page, "height", &height.into());
        let canvas = Self { page, photo: image, squares, strokes: Vec::new(), down: false };
        canvas.draw();
        Some(canvas)
    }

    /// Everything anew.
    fn draw(&self) {
        draw_into(&self.page, &self.photo, true);
        for stroke in &self.strokes {
            let first = stroke.first().copied();
            stroke.iter().fold(first, |from, to| {
                self.cover(from.unwrap_or(*to), *to);
                Some(*to)
            });
        }
    }

    fn touched(&mut self, kind: Touch, event: &ev::PointerEvent) {
        let scale = number(&self.page, "width") / number(&self.page, "clientWidth").max(1.0);
        let at = (number(event, "offsetX") * scale, number(event, "offsetY") * scale);
        match kind {
            Touch::Down => {
                // The finger may leave the picture and come back.
                let _ = js::call(&self.page, "setPointerCapture", &[js::get(event, "pointerId")]);
                self.down = true;
                self.strokes.push(vec![at]);
                self.cover(at, at);
            }
            Touch::Move if self.down => {
                if let Some(stroke) = self.strokes.last_mut() {
                    let from = stroke.last().copied().unwrap_or(at);
                    stroke.push(at);
                    self.cover(from, at);
                }
            }
            Touch::Move => {}
            Touch::Up => self.down = false,
        }
    }

    /// Squares wherever the finger was between two points.
    fn cover(&self, from: Point, to: Point) {
        let context = context_of(&self.page);
        let radius = FINGER * number(&self.page, "width").max(number(&self.page, "height"));
        let (across, down) = (to.0 - from.0, to.1 - from.1);
        let steps = (across.hypot(down) / (radius / 2.0)).ceil().clamp(1.0, 200.0);
        let mut step = 0.0;
        while step <= steps {
            let (x, y) = (from.0 + across * step / steps, from.1 + down * step / steps);
            let _ = js::call(&context, "save", &[]);
            let _ = js::call(&context, "beginPath", &[]);
            let circle = [x, y, radius, 0.0, std::f64::consts::TAU].map(JsValue::from);
            let _ = js::call(&context, "arc", &circle);
            let _ = js::call(&context, "clip", &[]);
            let _ = js::call(&context, "drawImage", &[self.squares.clone(), 0.into(), 0.into()]);
            let _ = js::call(&context, "restore", &[]);
            step += 1.0;
        }
    }

    /// As it is on the page, without loss: what is kept is made of it.
    async fn as_blob(&self) -> Result<JsValue, JsValue> {
        let promise = web_sys::js_sys::Promise::new(&mut |done, _| {
            let drawn = Closure::once_into_js(move |blob: JsValue| drop(done.call1(&JsValue::NULL, &blob)));
            let _ = js::call(&self.page, "toBlob", &[drawn]);
        });
        let blob = wasm_bindgen_futures::JsFuture::from(promise).await?;
        if blob.is_null() { Err(blob) } else { Ok(blob) }
    }
}

fn number(target: &JsValue, name: &str) -> f64 {
    js::get(target, name).as_f64().unwrap_or_default()
}

fn sized(width: f64, height: f64) -> Option<JsValue> {
    let canvas: JsValue = document().create_element("canvas").ok()?.into();
    js::set(&canvas, "width", &width.round().into());
    js::set(&canvas, "height", &height.round().into());
    Some(canvas)
}

fn context_of(canvas: &JsValue) -> JsValue {
    js::call(canvas, "getContext", &["2d".into()]).unwrap_or_default()
}

/// Fills a canvas with a picture.
fn draw_into(canvas: &JsValue, picture: &JsValue, smooth: bool) {
    let context = context_of(canvas);
    js::set(&context, "imageSmoothingEnabled", &smooth.into());
    let (width, height) = (js::get(canvas, "width"), js::get(canvas, "height"));
    let _ = js::call(&context, "drawImage", &[picture.clone(), 0.into(), 0.into(), width, height]);
}
