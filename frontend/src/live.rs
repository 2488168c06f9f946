//! Follows what changes: a stream of events says that something did, and the page is loaded again.
//!
//! Browsers open few streams to one server at a time, for all windows together. So one window holds the stream, and tells
//! the others over a channel that all of them hear; each second it says that it still does. Where that stays away, another
//! takes over; where two hold one, the one with the greater number gives way. A window that nobody sees takes no part.
//! Locks between windows would do the same, but need https.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use js_sys::{Date, Math};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{BroadcastChannel, EventSource, MessageEvent};

use crate::{
    dom::{document, every, on, pause, window},
    notes::Note,
    page::{Loaded, Page},
};

/// A page is loaded again this often at the most, in milliseconds.
const PAUSE: i32 = 400;

/// What could not be loaded is tried again after this.
const AGAIN: i32 = 5_000;

/// How often whoever holds the stream says so, in milliseconds, and after how long without it another takes over.
const BEAT: i32 = 1_000;
const SILENCE: f64 = 2_600.0;

/// How long an answer of another window is waited for at the beginning.
const ANSWER: i32 = 250;

const CHANNEL: &str = "reins live";

pub struct Live {
    page: Rc<Page>,
    /// Where the stream is.
    address: String,
    stream: RefCell<Option<EventSource>>,
    channel: Option<BroadcastChannel>,
    /// Among the windows; any will do.
    number: f64,
    /// When another window was last heard to hold the stream, in the browser's milliseconds.
    heard: Cell<f64>,
    stands: Cell<Stands>,
    pace: Cell<Pace>,
}

#[derive(Clone, Copy, PartialEq)]
enum Stands {
    /// Nobody looks, a form is on its way, or there is no session.
    Away,
    /// It may have missed something.
    Coming,
    Following,
}

/// Much may change at once, and the page is not loaded for each.
#[derive(Clone, Copy, PartialEq)]
enum Pace {
    Quiet,
    Busy,
    MoreToCome,
}

/// What windows say to each other.
#[derive(Clone, Copy)]
enum Word {
    WhoHoldsIt,
    IHoldIt,
    /// The one who holds it has lost the connection, and tries again.
    Lost,
    Changed,
    IGiveItUp,
}

impl Word {
    const ALL: [Self; 5] = [Self::WhoHoldsIt, Self::IHoldIt, Self::Lost, Self::Changed, Self::IGiveItUp];
}

impl Live {
    pub fn start(page: Rc<Page>, address: String) -> Rc<Self> {
        let live = Rc::new(Self {
            page,
            address,
            stream: RefCell::new(None),
            channel: BroadcastChannel::new(CHANNEL).ok(),
            number: Math::random(),
            heard: Cell::new(0.0),
            stands: Cell::new(Stands::Away),
            pace: Cell::new(Pace::Quiet),
        });
        if let Some(channel) = &live.channel {
            let hearing = live.clone();
            on(channel, "message", move |event| {
                hearing.hear(&event.unchecked_into::<MessageEvent>().data());
            });
        }
        live.clone().come();

        let beating = live.clone();
        every(BEAT, move || beating.clone().beat());
        let seen = live.clone();
        on(&document(), "visibilitychange", move |_| match document().hidden() {
            true => seen.leave(),
            false => seen.clone().come(),
        });
        let left = live.clone();
        on(&window(), "pagehide", move |_| left.leave());
        let back = live.clone();
        on(&window(), "pageshow", move |_| back.clone().come());
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
                Loaded::SignedOut => self.leave(),
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

    /// Gives its stream up; for a form, too, whose way may be taken by streams otherwise.
    pub fn leave(&self) {
        self.stands.set(Stands::Away);
        if self.close() {
            self.say(Word::IGiveItUp);
        }
    }

    /// Begins to follow, by the stream of another window or by one of its own.
    pub fn come(self: Rc<Self>) {
        if document().hidden() || self.stands.get() != Stands::Away {
            return;
        }
        self.stands.set(Stands::Coming);
        self.heard.set(0.0);
        self.say(Word::WhoHoldsIt);
        self.take_over_after(if self.channel.is_some() { ANSWER } else { 0 });
    }

    fn close(&self) -> bool {
        let stream = self.stream.take();
        if let Some(stream) = &stream {
            stream.close();
        }
        stream.is_some()
    }

    fn say(&self, word: Word) {
        if let Some(channel) = &self.channel {
            let message = js_sys::Array::of2(&(word as u8).into(), &self.number.into());
            // Fails only for what cannot be copied.
            _ = channel.post_message(&message);
        }
    }

    fn hear(self: &Rc<Self>, message: &JsValue) -> Option<()> {
        let message: &js_sys::Array = message.dyn_ref()?;
        let (word, number) = (message.get(0).as_f64()?, message.get(1).as_f64()?);
        let word = Word::ALL.into_iter().find(|known| f64::from(*known as u8) == word)?;
        if self.stands.get() == Stands::Away {
            return None;
        }
        let holds = self.stream.borrow().is_some();
        match word {
            Word::WhoHoldsIt if holds => self.clone().beat(),
            Word::IHoldIt | Word::Lost if holds && number < self.number => _ = self.close(),
            Word::IHoldIt if !holds => {
                self.heard.set(Date::now());
                if self.stands.get() == Stands::Coming {
                    self.follows();
                }
            }
            Word::Lost if !holds => {
                self.heard.set(Date::now());
                self.lost();
            }
            Word::Changed if !holds => self.changed(),
            Word::IGiveItUp if !holds => {
                self.stands.set(Stands::Coming);
                self.heard.set(0.0);
                // Not all at once.
                self.take_over_after((Math::random() * 200.0) as i32);
            }
            _ => {}
        }
        Some(())
    }

    /// Says that it holds the stream, or looks whether anybody does.
    fn beat(self: Rc<Self>) {
        let state = self.stream.borrow().as_ref().map(EventSource::ready_state);
        match state {
            Some(EventSource::OPEN) => self.say(Word::IHoldIt),
            Some(_) => self.say(Word::Lost),
            None => self.take_over(),
        }
    }

    fn take_over_after(self: &Rc<Self>, milliseconds: i32) {
        let live = self.clone();
        spawn_local(async move {
            _ = pause(milliseconds).await;
            live.take_over();
        });
    }

    fn take_over(self: Rc<Self>) {
        let silent = Date::now() - self.heard.get() > SILENCE;
        if self.stands.get() != Stands::Away && silent && self.stream.borrow().is_none() {
            self.open();
        }
    }

    fn open(self: Rc<Self>) {
        let Ok(stream) = EventSource::new(&self.address) else { return };
        let live = self.clone();
        on(&stream, "changed", move |_| {
            live.say(Word::Changed);
            live.changed();
        });
        let live = self.clone();
        on(&stream, "open", move |_| {
            live.say(Word::IHoldIt);
            live.follows();
        });
        let (live, broken) = (self.clone(), stream.clone());
        on(&stream, "error", move |_| {
            live.lost();
            live.say(Word::Lost);
            if broken.ready_state() == EventSource::CLOSED && live.close() {
                live.clone().open_again();
            }
        });
        self.stream.replace(Some(stream));
    }

    /// From now on it hears of everything; what changed before is told by no event.
    fn follows(self: &Rc<Self>) {
        self.stands.set(Stands::Following);
        Note::Lost.hide();
        // For whoever drives a browser, and waits until a page is alive.
        if let Some(html) = document().document_element() {
            _ = html.set_attribute("data-follows", "");
        }
        self.changed();
    }

    fn lost(&self) {
        self.stands.set(Stands::Coming);
        Note::Lost.show();
    }

    /// For a stream that the browser does not open again by itself.
    fn open_again(self: Rc<Self>) {
        self.stands.set(Stands::Away);
        spawn_local(async move {
            _ = pause(AGAIN).await;
            if document().hidden() {
                return;
            }
            match self.page.load_again().await {
                Loaded::Failed => self.open_again(),
                Loaded::SignedOut => {}
                Loaded::Taken | Loaded::TooLate => self.come(),
            }
        });
    }
}
