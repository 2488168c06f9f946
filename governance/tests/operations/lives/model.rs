//! A plain model of a request, its people, and what holds for both.

use domain::state::State;

use super::{DAY, LEADS, PEOPLE, SEATS};

#[derive(Clone, Copy, Default)]
pub struct Person {
    pub disabled: bool,
    pub auditor: bool,
}

/// A yes: of whom, for which queue, and how long the request had run.
type Yes = (usize, &'static str, i64);

/// So many of a queue, before the request has run for so long.
#[derive(Clone)]
pub struct Need {
    pub queue: &'static str,
    pub count: usize,
    pub before: i64,
    pub escalates: bool,
}

pub struct Request {
    pub amount: Option<u32>,
    pub needs: Vec<Need>,
    /// How long it ran, and how long it stood still.
    pub ran: i64,
    pub still: i64,
    pub yeses: Vec<Yes>,
    pub claim_before: Option<i64>,
    pub ended: Option<State>,
    pub runs_on_shopify: bool,
}

#[derive(PartialEq)]
pub enum Stands {
    Waits,
    /// Somebody did not decide in time.
    Late,
    /// It was approved, and all that it needs is still there.
    Approved,
    /// All that it needs is there, and nobody has pressed since.
    Complete,
    Over,
}

pub struct Model {
    pub people: [Person; PEOPLE.len()],
    /// Whether each of `SEATS` is taken.
    pub seats: [bool; SEATS.len()],
    pub stopped: bool,
    pub all_stopped: bool,
    pub paused: bool,
    pub retired: bool,
    pub request: Option<Request>,
}

pub fn needs_of(amount: u32) -> Vec<Need> {
    let count = if amount > 200 { 2 } else { 1 };
    let mut needs = vec![Need { queue: LEADS, count, before: 3600, escalates: false }];
    if amount > 300 {
        needs.push(Need { queue: "legal", count: 1, before: 7200, escalates: false });
    }
    needs
}

impl Request {
    /// Who has said yes to a need in its time.
    pub fn said(&self, need: &Need) -> Vec<usize> {
        let of_need = |(_, queue, at): &&Yes| *queue == need.queue && *at < need.before;
        self.yeses.iter().filter(of_need).map(|(who, ..)| *who).collect()
    }

    /// When that was said, the first first.
    fn times(&self, need: &Need) -> Vec<i64> {
        let of_need = |(_, queue, at): &&Yes| *queue == need.queue && *at < need.before;
        let mut times: Vec<i64> = self.yeses.iter().filter(of_need).map(|(.., at)| *at).collect();
        times.sort_unstable();
        times
    }

    /// The needs that are short of people, where nobody counts for two: what is due first gets its people first.
    pub fn missing(&self) -> Vec<&Need> {
        let mut needs = Vec::from_iter(&self.needs);
        needs.sort_by_key(|need| need.before);
        let mut places = Vec::new();
        let mut filled = 0;
        needs.retain(|need| {
            places.extend(std::iter::repeat_n(self.said(need), need.count));
            let before = std::mem::replace(&mut filled, most(&places, &mut Vec::new()));
            filled - before < need.count
        });
        needs
    }
}

/// How many of these places can be filled, each by one of those who said yes to it: all ways are tried.
fn most(places: &[Vec<usize>], taken: &mut Vec<usize>) -> usize {
    let Some((place, rest)) = places.split_first() else { return 0 };
    let mut best = most(rest, taken);
    for who in place {
        if !taken.contains(who) {
            taken.push(*who);
            best = best.max(1 + most(rest, taken));
            taken.pop();
        }
    }
    best
}

impl Model {
    pub fn new() -> Self {
        Self {
            people: Default::default(),
            seats: [true; SEATS.len()],
            stopped: false,
            all_stopped: false,
            paused: false,
            retired: false,
            request: None,
        }
    }

    pub fn is_frozen(&self) -> bool {
        self.stopped || self.all_stopped
    }

    pub fn decides(&self, who: usize, queue: &str) -> bool {
        let sits = SEATS.iter().zip(self.seats).any(|(seat, taken)| taken && *seat == (who, queue));
        sits && !self.people[who].disabled && !self.people[who].auditor
    }

    pub fn open(&mut self) -> Option<&mut Request> {
        self.request.as_mut().filter(|request| request.ended.is_none())
    }

    pub fn stands(&self, request: &Request) -> Stands {
        let unclaimed = request.claim_before.is_some_and(|before| request.ran >= before);
        if self.retired || request.still >= DAY || unclaimed {
            return Stands::Over;
        }
        let missing = request.missing();
        if missing.iter().any(|need| request.ran >= need.before) {
            return Stands::Late;
        }
        match (!missing.is_empty(), request.claim_before) {
            (true, _) => Stands::Waits,
            (false, None) => Stands::Complete,
            (false, Some(_)) => Stands::Approved,
        }
    }

    pub fn shows(&self) -> Option<State> {
        let request = self.request.as_ref()?;
        Some(match (request.ended, self.stands(request)) {
            (Some(ended), _) => ended,
            (None, Stands::Over) => State::Expired,
            (None, Stands::Late) if request.needs.iter().all(|need| !need.escalates) => State::Expired,
            (None, _) if self.is_frozen() => State::Frozen,
            (None, Stands::Approved) => State::Approved,
            (None, _) => State::Waiting,
        })
    }

    /// Whether this person may press a button of the request now.
    pub fn may_decide(&self, who: usize) -> bool {
        let Some(request) = self.request.as_ref().filter(|request| request.ended.is_none()) else { return false };
        let asked = request.needs.iter().any(|need| self.decides(who, need.queue));
        asked && matches!(self.stands(request), Stands::Waits | Stands::Complete)
    }

    pub fn approve(&mut self, who: usize) -> bool {
        if self.is_frozen() || !self.may_decide(who) {
            return false;
        }
        let Some(request) = &self.request else { return false };
        let mine = request.needs.iter().filter(|need| self.decides(who, need.queue));
        let new: Vec<Need> = mine.filter(|need| !request.said(need).contains(&who)).cloned().collect();
        if new.is_empty() && self.stands(request) != Stands::Complete {
            return false;
        }
        if let Some(request) = self.open() {
            for need in new {
                request.yeses.retain(|(by, queue, _)| (*by, *queue) != (who, need.queue));
                request.yeses.push((who, need.queue, request.ran));
            }
        }
        self.settle();
        true
    }

    /// After a press: it is approved where all is there, and waits otherwise.
    pub fn settle(&mut self) {
        let Some(mut request) = self.request.take() else { return };
        request.claim_before = None;
        if self.stands(&request) == Stands::Complete {
            request.claim_before = Some(request.ran + 900);
        }
        self.request = Some(request);
    }

    pub fn change(&mut self, who: usize, amount: u32) -> bool {
        if self.is_frozen() || self.paused || !self.may_decide(who) {
            return false;
        }
        let Some(request) = &self.request else { return false };
        if request.amount.is_none() || request.amount == Some(amount) {
            return false;
        }
        let mut needs = needs_of(amount);
        let mine: Vec<_> = needs.iter().map(|need| need.queue).filter(|queue| self.decides(who, queue)).collect();
        if mine.is_empty() {
            return false;
        }
        let missing = request.missing();
        for need in &mut needs {
            need.before += request.ran;
            if let Some(old) = request.needs.iter().find(|old| old.queue == need.queue) {
                let is_met = !missing.iter().any(|need| need.queue == old.queue);
                let answered = request.times(old).get(old.count - 1).copied().filter(|_| is_met);
                let left = answered.map_or(old.before, |at| request.ran + old.before - at);
                need.before = need.before.min(left);
            }
        }
        if let Some(request) = self.open() {
            let yeses = mine.into_iter().map(|queue| (who, queue, request.ran)).collect();
            (request.amount, request.needs, request.yeses) = (Some(amount), needs, yeses);
        }
        self.settle();
        true
    }

    pub fn job(&mut self) {
        let Some(mut request) = self.request.take() else { return };
        if request.ended.is_none() {
            match self.stands(&request) {
                Stands::Over => request.ended = Some(State::Expired),
                Stands::Late if request.needs.iter().all(|need| need.escalates) => {
                    let before = request.ran + 7200;
                    request.needs = vec![Need { queue: "managers", count: 1, before, escalates: false }];
                    request.claim_before = None;
                }
                Stands::Late => request.ended = Some(State::Expired),
                Stands::Waits => request.claim_before = None,
                Stands::Approved | Stands::Complete => {}
            }
        }
        self.request = Some(request);
    }

    pub fn pass(&mut self, seconds: i64) {
        let (frozen, paused) = (self.is_frozen(), self.paused);
        if let Some(request) = self.open() {
            match frozen || paused && request.runs_on_shopify {
                true => request.still += seconds,
                false => request.ran += seconds,
            }
        }
    }

    /// No yes of these counts any more, in whichever way they come back.
    pub fn forget(&mut self, of: impl Fn(usize, &str) -> bool) {
        if let Some(request) = self.open() {
            request.yeses.retain(|(by, queue, _)| !of(*by, queue));
        }
    }

    pub fn ask(&mut self, amount: Option<u32>) {
        let gift = || vec![Need { queue: LEADS, count: 1, before: 3600, escalates: true }];
        self.request = Some(Request {
            amount,
            needs: amount.map_or_else(gift, needs_of),
            ran: 0,
            still: 0,
            yeses: Vec::new(),
            claim_before: None,
            ended: None,
            runs_on_shopify: amount.is_some(),
        });
    }

    pub fn runs_on_shopify(&self) -> bool {
        self.request.as_ref().is_some_and(|request| request.runs_on_shopify)
    }
}
