//! Requests and transactions as futures.
//!
//! A transaction lives only while one of its requests is under way, so nothing but its own requests may be awaited
//! inside: the browser commits it at the first pause.

use super::failure::Failure;
use crate::events::{FirstOf, first_of};
use app::ui::js;
use js_sys::Array;
use std::future::Future;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbIndex, IdbKeyRange, IdbObjectStore, IdbRequest, IdbTransaction};

/// How a transaction may change things.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Not at all.
    Read,
    /// In the order of the calls, but `complete` may come before the disk has it.
    Write,
    /// `complete` comes when the disk has it.
    WriteStrict,
}

/// A transaction under way. Dropping it lets the browser finish it unobserved.
pub(crate) struct Transaction(IdbTransaction);

/// The end of a transaction, heard from its beginning on.
pub(super) struct End(FirstOf);

impl Transaction {
    pub(super) fn begin(database: &IdbDatabase, stores: &[&str], access: Access) -> Result<(Self, End), Failure> {
        let (mode, durability) = match access {
            Access::Read => ("readonly", "default"),
            Access::Write => ("readwrite", "relaxed"),
            Access::WriteStrict => ("readwrite", "strict"),
        };
        let names: Array = stores.iter().map(|name| JsValue::from_str(name)).collect();
        // Browsers that know no durability write strictly anyway, or cannot.
        let options = js::object(&[("durability", durability.into())]);
        let inner: IdbTransaction =
            js::call(database, "transaction", &[names.into(), mode.into(), options])?.unchecked_into();
        let end = End(first_of(&inner, &["complete", "abort"]));
        Ok((Self(inner), end))
    }

    /// One of the stores that the transaction was begun with.
    pub(crate) fn store(&self, name: &str) -> Result<IdbObjectStore, Failure> {
        Ok(self.0.object_store(name)?)
    }

    /// One of its indexes.
    pub(crate) fn index(&self, store: &str, index: &str) -> Result<IdbIndex, Failure> {
        Ok(self.store(store)?.index(index)?)
    }

    /// Gives up: nothing of it happens.
    pub(super) fn abort(&self) {
        let _ = self.0.abort();
    }

    /// Until everything is kept, or nothing is. What only read has nothing to wait for.
    pub(super) async fn complete(&self, end: End, access: Access) -> Result<(), Failure> {
        if access == Access::Read {
            return Ok(());
        }
        // Asked for at once, so that a page that is closed in this moment still gets it done. Older browsers have no
        // such method and commit by themselves a little later.
        let _ = js::call(&self.0, "commit", &[]);
        match end.0.await {
            0 => Ok(()),
            _ => Err(self.0.error().map_or(JsValue::NULL, JsValue::from).into()),
        }
    }
}

/// The result of a request, heard from the moment of the call: several may be under way at once.
pub(crate) fn answer(request: Result<IdbRequest, JsValue>) -> impl Future<Output = Result<JsValue, Failure>> {
    let heard = request.map(|request| (first_of(&request, &["success", "error"]), request));
    async move {
        let (heard, request) = heard?;
        match heard.await {
            0 => Ok(request.result()?),
            _ => Err(request.error().ok().flatten().map_or(JsValue::NULL, JsValue::from).into()),
        }
    }
}

/// All keys that are lists beginning with `first`.
pub(crate) fn beginning_with(first: &str) -> Result<JsValue, Failure> {
    // An empty list sorts after every text, number and date.
    let (from, until) = (Array::of1(&first.into()), Array::of2(&first.into(), &Array::new()));
    Ok(IdbKeyRange::bound(&from, &until)?.into())
}

/// A key of two texts.
pub(crate) fn pair(first: &str, second: &str) -> JsValue {
    Array::of2(&first.into(), &second.into()).into()
}

/// What a store with keys of two texts holds for a person: the second text of each key, and the value.
pub(crate) type Rows = Vec<(String, JsValue)>;

/// Begins to read a person's rows.
pub(crate) fn rows_of(
    transaction: &Transaction,
    store: &str,
    person: &str,
) -> Result<impl Future<Output = Result<Rows, Failure>> + use<>, Failure> {
    let (store, range) = (transaction.store(store)?, beginning_with(person)?);
    let keys = answer(store.get_all_keys_with_key(&range));
    let values = answer(store.get_all_with_key(&range));
    Ok(async move {
        let (keys, values): (Array, Array) = (keys.await?.unchecked_into(), values.await?.unchecked_into());
        let second = |key: JsValue| key.unchecked_into::<Array>().get(1).as_string();
        let rows = keys.iter().zip(values.iter());
        Ok(rows.filter_map(|(key, value)| Some((second(key)?, value))).collect())
    })
}
