//! Follows what changes: one stream of events says that something did, and the page is loaded again.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use wasm_bindgen_futures::spawn_local;
use web_sys::EventSource;

use crate::{
    dom::{document, on, pause},
    notes::Note,
    page::{Loaded, Page},
};

/// A page is loaded again this often at the most, in milliseconds.
const PAUSE: i32 = 400;

/// What could not be loaded is tried again after this.
const AGAIN: i32 = 5_000;

pub struct Live {
    page: Rc<Page>,
    /// Where the stream is.
    address: String,
    stream: RefCell<Option<EventSource>>,
    pace: Cell<Pace>,
}

/// Much may change at once, and the page is not loaded for each.
#[derive(Clone, Copy, PartialEq)]
enum Pace {
    Quiet,
    Busy,
    MoreToCome,
}

impl Live {
    pub fn start(page: Rc<Page>, address: String) -> Rc<Self> {
        let live = Rc::new(Self { page, address, stream: RefCell::new(None), pace: Cell::new(Pace::Quiet) });
        live.clone().open();

        // Browsers open few streams to one server at a time: a page that nobody sees gives its own up.
        let follow = live.clone();
        on(&document(), "visibilitychange", move |_| match document().hidden() {
            true => follow.close(),
            false => follow.clone().open(),
        });
        live
    }

    /// Loads the page at once, and once more after a pause if more has changed by then.
    pub fn changed(self: &Rc<Self>) {
        if self.pace.replace(Pace::MoreToCome) == Pace::Quiet {
            spawn_local(self.clone().follow());
        }
    }

    async fn follow(self: Rc<Self>) {
        while self.pace.replace(Pace::Busy) == Pace::MoreToCome {
            let rest = pause(PAUSE);
            match self.page.load_again().await {
                Loaded::Taken => {}
                Loaded::TooLate => self.pace.set(Pace::MoreToCome),
                // A session comes from another tab: the page is loaded when somebody comes back to it.
                Loaded::SignedOut => self.close(),
                Loaded::Failed => self.clone().try_again(),
            }
            _ = rest.await;
        }
        self.pace.set(Pace::Quiet);
    }

    fn try_again(self: Rc<Self>) {
        spawn_local(async move {
            _ = pause(AGAIN).await;
            if !document().hidden() {
                self.changed();
            }
        });
    }

    fn close(&self) {
        if let Some(stream) = self.stream.take() {
            stream.close();
        }
    }

    fn open(self: Rc<Self>) {
        self.close();
        let Ok(stream) = EventSource::new(&self.address) else { return };
        let live = self.clone();
        on(&stream, "changed", move |_| live.changed());
        // What changed while nobody listened is told by no event.
        let live = self.clone();
        on(&stream, "open", move |_| {
            Note::Lost.hide();
            live.changed();
        });
        let (live, broken) = (self.clone(), stream.clone());
        on(&stream, "error", move |_| {
            Note::Lost.show();
            if broken.ready_state() == EventSource::CLOSED {
                live.clone().open_again();
            }
        });
        self.stream.replace(Some(stream));
    }

    /// For a stream that the browser does not open again by itself.
    fn open_again(self: Rc<Self>) {
        spawn_local(async move {
            _ = pause(AGAIN).await;
            if document().hidden() {
                return;
            }
            match self.page.load_again().await {
                Loaded::Failed => self.open_again(),
                Loaded::SignedOut => {}
                Loaded::Taken | Loaded::TooLate => self.open(),
            }
        });
    }
}
