//! Sums of requests and money, and the load of a queue.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::money::Money;

/// Requests, and the money in them: a sum a currency.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    pub requests: u64,
    pub money: Vec<Money>,
}

/// What a queue gets, and would get.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Load {
    pub before: Days,
    pub after: Days,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Days {
    pub requests: u64,
    /// On the fullest day.
    pub peak: u64,
    last: Option<NaiveDate>,
    on_last: u64,
}

impl Tally {
    pub(super) fn add(&mut self, amount: Option<Money>) {
        self.requests += 1;
        amount.into_iter().for_each(|amount| self.add_money(amount));
    }

    fn add_money(&mut self, amount: Money) {
        match self.money.iter_mut().find(|sum| sum.currency == amount.currency) {
            Some(sum) => sum.minor = sum.minor.saturating_add(amount.minor),
            None => self.money.push(amount),
        }
    }

    pub(super) fn sum<'a>(tallies: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all = Self::default();
        for tally in tallies {
            all.requests += tally.requests;
            tally.money.iter().for_each(|sum| all.add_money(*sum));
        }
        all
    }
}

impl Days {
    pub(super) fn add(&mut self, day: NaiveDate) {
        self.requests += 1;
        if self.last != Some(day) {
            self.last = Some(day);
            self.on_last = 0;
        }
        self.on_last += 1;
        self.peak = self.peak.max(self.on_last);
    }
}
