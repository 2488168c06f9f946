//! A plain model of a request, its people, and what holds for both.

use domain::state::State;

use super::{DAY, LEADS, PEOPLE};

pub struct Person {
    pub queue: &'static str,
    pub member: bool,
    pub disabled: bool,
    pub auditor: bool,
}

impl Person {
    pub fn decides(&self, queue: &str) -> bool {
        self.queue == queue && self.member && !self.disabled && !self.auditor
    }
}

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
    /// Who said yes, and how long it had run.
    pub yeses: Vec<(usize, i64)>,
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
    pub people: Vec<Person>,
    pub stopped: bool,
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

impl Model {
    pub fn new() -> Self {
        let person = |(_, queue): (&str, &'static str)| Person { queue, member: true, disabled: false, auditor: false };
        let people = PEOPLE.into_iter().map(person).collect();
        Self { people, stopped: false, paused: false, retired: false, request: None }
    }

    pub fn open(&mut self) -> Option<&mut Request> {
        self.request.as_mut().filter(|request| request.ended.is_none())
    }

    /// The times of the yeses that a need has, the first first.
    pub fn said(&self, request: &Request, need: &Need) -> Vec<i64> {
        let of_need = |(who, at): &&(usize, i64)| self.people[*who].queue == need.queue && *at < need.before;
        let mut said: Vec<i64> = request.yeses.iter().filter(of_need).map(|(_, at)| *at).collect();
        said.sort_unstable();
        said
    }

    pub fn stands(&self, request: &Request) -> Stands {
        let unclaimed = request.claim_before.is_some_and(|before| request.ran >= before);
        if self.retired || request.still >= DAY || unclaimed {
            return Stands::Over;
        }
        let missing = |need: &&Need| self.said(request, need).len() < need.count;
        if request.needs.iter().filter(missing).any(|need| request.ran >= need.before) {
            return Stands::Late;
        }
        match (request.needs.iter().any(|need| missing(&need)), request.claim_before) {
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
            (None, _) if self.stopped => State::Frozen,
            (None, Stands::Approved) => State::Approved,
            (None, _) => State::Waiting,
        })
    }

    /// Whether this person may press a button of the request now.
    pub fn may_decide(&self, who: usize) -> bool {
        let Some(request) = self.request.as_ref().filter(|request| request.ended.is_none()) else { return false };
        let asked = request.needs.iter().any(|need| self.people[who].decides(need.queue));
        asked && matches!(self.stands(request), Stands::Waits | Stands::Complete)
    }

    pub fn approve(&mut self, who: usize) -> bool {
        if self.stopped || !self.may_decide(who) {
            return false;
        }
        let queue = self.people[who].queue;
        let Some(request) = &self.request else { return false };
        let in_time = request.needs.iter().any(|need| need.queue == queue && request.ran < need.before);
        let counts = |(by, at): &(usize, i64)| {
            *by == who && request.needs.iter().any(|need| need.queue == queue && *at < need.before)
        };
        let said = request.yeses.iter().any(counts);
        if said && self.stands(request) != Stands::Complete {
            return false;
        }
        if let Some(request) = self.open().filter(|_| !said) {
            request.yeses.retain(|(by, _)| *by != who);
            if in_time {
                request.yeses.push((who, request.ran));
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
        if self.stopped || self.paused || !self.may_decide(who) {
            return false;
        }
        let Some(request) = &self.request else { return false };
        if request.amount.is_none() || request.amount == Some(amount) {
            return false;
        }
        let mut needs = needs_of(amount);
        if !needs.iter().any(|need| self.people[who].decides(need.queue)) {
            return false;
        }
        for need in &mut needs {
            need.before += request.ran;
            if let Some(old) = request.needs.iter().find(|old| old.queue == need.queue) {
                let answered = self.said(request, old).get(old.count - 1).copied();
                let left = answered.map_or(old.before, |at| request.ran + old.before - at);
                need.before = need.before.min(left);
            }
        }
        if let Some(request) = self.open() {
            let ran = request.ran;
            (request.amount, request.needs, request.yeses) = (Some(amount), needs, vec![(who, ran)]);
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
        let (stopped, paused) = (self.stopped, self.paused);
        if let Some(request) = self.open() {
            match stopped || paused && request.runs_on_shopify {
                true => request.still += seconds,
                false => request.ran += seconds,
            }
        }
    }

    pub fn forget(&mut self, who: usize) {
        if let Some(request) = self.open() {
            request.yeses.retain(|(by, _)| *by != who);
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
