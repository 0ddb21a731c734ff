//! The connection: opened late, closed by the system at any time, opened again.

use super::{
    failure::Failure,
    schema,
    transaction::{Access, Transaction},
};
use crate::events::{Bell, first_of, listen, within};
use std::{
    cell::{Cell, RefCell},
    pin::Pin,
    rc::Rc,
};
use wasm_bindgen::JsCast;
use web_sys::{IdbDatabase, IdbOpenDbRequest, IdbVersionChangeEvent};

/// Opening takes milliseconds. Longer than this, another tab blocks an upgrade or the browser hangs.
const PATIENCE_MILLIS: u32 = 10_000;

/// What is done in a transaction.
type Deed<'d> = Pin<Box<dyn Future<Output = Result<(), Failure>> + 'd>>;

/// The database of this browser profile.
#[derive(Default)]
pub(crate) struct Database {
    open: Rc<RefCell<Option<IdbDatabase>>>,
    fresh: Rc<Cell<bool>>,
    known: Cell<bool>,
    /// Rings when the system has closed the database, and when one that was there before is empty.
    pub(super) closed: Bell,
}

impl Database {
    /// Whether this page has made the database: nothing was kept here before.
    pub(crate) fn is_fresh(&self) -> bool {
        self.fresh.get()
    }

    /// Does `work` in one transaction over `stores`; `Ok` comes after `complete`. A transaction that failed changed
    /// nothing, and is tried once more on a new connection unless the storage is full.
    ///
    /// # Errors
    /// [`Failure`] of the second try.
    pub(crate) async fn transact<T>(
        &self,
        stores: &[&str],
        access: Access,
        work: impl AsyncFn(&Transaction) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        // Everything but this shell is compiled once, not once for each kind of work.
        let outcome = RefCell::new(None);
        let (work, kept) = (&work, &outcome);
        let deed = |transaction: Rc<Transaction>| -> Deed<'_> {
            Box::pin(async move {
                let value = work(&transaction).await?;
                kept.replace(Some(value));
                Ok(())
            })
        };
        self.do_twice(stores, access, &deed).await?;
        outcome.take().ok_or_else(|| Failure::Broken("not done".to_owned()))
    }

    async fn do_twice<'d>(
        &self,
        stores: &[&str],
        access: Access,
        deed: &dyn Fn(Rc<Transaction>) -> Deed<'d>,
    ) -> Result<(), Failure> {
        let mut again = false;
        loop {
            match self.attempt(stores, access, deed).await {
                Err(Failure::Broken(_)) if !again => {
                    self.hang_up();
                    again = true;
                }
                outcome => return outcome,
            }
        }
    }

    async fn attempt<'d>(
        &self,
        stores: &[&str],
        access: Access,
        deed: &dyn Fn(Rc<Transaction>) -> Deed<'d>,
    ) -> Result<(), Failure> {
        let (transaction, end) = Transaction::begin(&self.connection().await?, stores, access)?;
        let transaction = Rc::new(transaction);
        match deed(Rc::clone(&transaction)).await {
            Ok(()) => transaction.complete(end, access).await,
            Err(failure) => {
                transaction.abort();
                Err(failure)
            }
        }
    }

    fn hang_up(&self) {
        if let Some(old) = self.open.take() {
            old.close();
        }
    }

    async fn connection(&self) -> Result<IdbDatabase, Failure> {
        if let Some(open) = self.open.borrow().as_ref() {
            return Ok(open.clone());
        }
        let gone = || Failure::Broken("no IndexedDB".to_owned());
        let factory = web_sys::window().ok_or_else(gone)?.indexed_db()?.ok_or_else(gone)?;
        match self.opened(factory.open_with_u32(schema::NAME, schema::VERSION)?).await {
            // A newer version of the product was here, in another tab or before it was taken back. It has only added.
            Err(Failure::Broken(name)) if name == "VersionError" => self.opened(factory.open(schema::NAME)?).await,
            outcome => outcome,
        }
    }

    async fn opened(&self, request: IdbOpenDbRequest) -> Result<IdbDatabase, Failure> {
        let (fresh, closed, known) = (Rc::clone(&self.fresh), self.closed.clone(), self.known.replace(true));
        listen(&request, "upgradeneeded", move |event| {
            let Ok(event) = event.dyn_into::<IdbVersionChangeEvent>() else { return };
            let is_new = event.old_version() < 1.0;
            fresh.set(is_new);
            if is_new && known {
                closed.ring();
            }
            // A failed upgrade aborts the opening, which is reported there.
            let _ = schema::upgrade(&event);
        });
        // `blocked` is no end: other tabs close on `versionchange`, and then the opening goes on.
        let opened = within(PATIENCE_MILLIS, first_of(&request, &["success", "error"])).await;
        match opened {
            Some(0) => {
                let database: IdbDatabase = request.result()?.unchecked_into();
                self.watch(&database);
                Ok(self.open.borrow_mut().insert(database).clone())
            }
            Some(_) => Err(request.error().ok().flatten().map_or(wasm_bindgen::JsValue::NULL, Into::into).into()),
            None => {
                // Should it open after all, it must not stand in the way of others.
                listen(&request, "success", |event| {
                    let late = event.target().and_then(|target| target.dyn_into::<web_sys::IdbRequest>().ok());
                    if let Some(database) = late.and_then(|request| request.result().ok()) {
                        database.unchecked_into::<IdbDatabase>().close();
                    }
                });
                Err(Failure::Broken("blocked".to_owned()))
            }
        }
    }

    /// `close` comes from the system. `versionchange` comes from a tab with a newer version: it gets its way, and this
    /// tab opens anew when it next needs something.
    fn watch(&self, database: &IdbDatabase) {
        for name in ["close", "versionchange"] {
            let (open, this, closed) = (Rc::downgrade(&self.open), database.clone(), self.closed.clone());
            listen(database, name, move |_| {
                this.close();
                if name == "close" {
                    closed.ring();
                }
                let Some(open) = open.upgrade() else { return };
                let mut open = open.borrow_mut();
                if open.as_ref() == Some(&this) {
                    *open = None;
                }
            });
        }
    }
}
