//! What waits for people, for the list and for all that counts it. Which of it waits, and whether its reader has said all
//! that they can, `waiting` in the migrations says alone.
//!
//! It is read by kinds, which an index leads to: what is alike for whoever looks is asked of each kind once, by the control
//! state, and of each no more is read than is shown or counted, what is approved and not claimed yet, and what the reader has
//! said yes to themselves, which no index leaves out. What they have said all that they can to is read from their own yeses.

mod kinds;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use domain::{
    able::why_short,
    decision::Need,
    id::{AgentId, RequestId},
    view::{MOST_WAITING, RequestRow, approvals::Place},
};
use sqlx::PgConnection;
use uuid::Uuid;

use self::kinds::Kind;
use super::request_rows;
use crate::{control::Control, error::Result};

/// To how much that is open somebody's own yeses are read, the oldest first: what they have said beyond that is neither listed
/// nor counted among it until some of it is over.
const MOST_SAID: i64 = 10_000;

/// All that waits, as one person sees it, or nobody.
pub struct Waiting<'a> {
    control: &'a Control,
    kinds: Vec<Kind>,
    reader: Reader,
    /// The agents of which not every kind is in here.
    pub cut: BTreeSet<AgentId>,
}

/// A kind, whole or as far as the reader has, or has not, said all that they can.
#[derive(Clone, Copy)]
struct Share<'a> {
    kind: &'a Kind,
    said: Option<bool>,
}

/// What the reader has said all that they can to.
struct Said {
    kind: Uuid,
    id: Uuid,
    asked_at: DateTime<Utc>,
    due: DateTime<Utc>,
}

/// Who reads, and since when they may decide for their queues.
struct Reader {
    id: Uuid,
    queues: Vec<String>,
    since: Vec<DateTime<Utc>>,
}

/// A part of what waits. All that is set must fit.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    /// For any of these.
    pub queues: Option<&'a [String]>,
    pub agent: Option<AgentId>,
    /// What the reader could decide now, or what they could not: its agent is stopped or could not carry it out, or they
    /// have said all that they can.
    pub now: bool,
}

/// How much there is, counted up to [`MOST_WAITING`]; and since when the oldest has waited, where all is counted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count {
    pub count: u32,
    pub oldest: Option<DateTime<Utc>>,
}

/// What several requests that wait need alike.
pub struct Needed {
    pub needs: Vec<Need>,
    /// Counted up to [`MOST_WAITING`].
    pub count: u32,
}

impl<'a> Waiting<'a> {
    fn shares(&self, part: Part<'_>) -> impl Iterator<Item = Share<'_>> {
        let fits = move |kind: &&Kind| {
            let of_queue = |queues: &[String]| kind.needs.iter().any(|need| queues.contains(&need.queue));
            part.agent.is_none_or(|agent| agent == kind.agent) && part.queues.is_none_or(of_queue)
        };
        self.kinds.iter().filter(fits).filter_map(move |kind| {
            let held = kind.in_vain || self.control.stopped(kind.agent).is_some();
            match part.now {
                now if held => (!now).then_some(Share { kind, said: None }),
                // Who is in none of its queues has nothing to say, and has not said it.
                now if kind.mine == 0 => now.then_some(Share { kind, said: None }),
                now => Some(Share { kind, said: Some(!now) }),
            }
        })
    }

    /// The agents of what waits for any of these queues.
    pub fn agents(&self, queues: &[String]) -> BTreeSet<AgentId> {
        let of_these = self.kinds.iter().filter(|kind| kind.needs.iter().any(|need| queues.contains(&need.queue)));
        of_these.map(|kind| kind.agent).collect()
    }

    /// How much each part holds.
    pub async fn count(&self, connection: &mut PgConnection, parts: &[Part<'_>]) -> Result<Vec<Count>> {
        let parts = parts.iter().map(|part| self.shares(*part).collect());
        self.count_shares(connection, parts.collect()).await
    }

    /// How much the reader could decide now, for all their queues.
    pub async fn count_mine(&self, connection: &mut PgConnection) -> Result<Count> {
        if self.reader.queues.is_empty() {
            return Ok(Count::default());
        }
        let mine = Part { queues: Some(&self.reader.queues), agent: None, now: true };
        Ok(self.count(connection, &[mine]).await?.into_iter().next().unwrap_or_default())
    }

    /// What is needed of people, by what it is.
    pub async fn needed(&self, connection: &mut PgConnection) -> Result<Vec<Needed>> {
        let same = |one: &Need, other: &Need| {
            (&one.queue, one.needed, one.same_person) == (&other.queue, other.needed, other.same_person)
        };
        let mut alike: Vec<(&[Need], Vec<Share<'_>>)> = Vec::new();
        for kind in &self.kinds {
            let known = alike.iter_mut().find(|(needs, _)| {
                needs.len() == kind.needs.len() && needs.iter().zip(&kind.needs).all(|(one, other)| same(one, other))
            });
            let share = Share { kind, said: None };
            match known {
                Some((_, shares)) => shares.push(share),
                None => alike.push((&kind.needs, vec![share])),
            }
        }
        let (needs, shares): (Vec<_>, _) = alike.into_iter().unzip();
        let counts = self.count_shares(connection, shares).await?;
        let needed = needs.into_iter().zip(counts).filter(|(_, count)| count.count > 0);
        Ok(needed.map(|(needs, count)| Needed { needs: needs.to_vec(), count: count.count }).collect())
    }

    /// How much there is whose needs are such, counted up to [`MOST_WAITING`].
    pub async fn count_needing(&self, connection: &mut PgConnection, is_such: impl Fn(&[Need]) -> bool) -> Result<u32> {
        let such = self.kinds.iter().filter(|kind| is_such(&kind.needs)).map(|kind| Share { kind, said: None });
        let such: Vec<Share<'_>> = such.collect();
        if such.is_empty() {
            return Ok(0);
        }
        Ok(self.count_shares(connection, vec![such]).await?.iter().map(|count| count.count).sum())
    }

    /// What the reader has said all that they can to, of these shares.
    async fn said(&self, connection: &mut PgConnection, shares: impl Iterator<Item = Share<'_>>) -> Result<Vec<Said>> {
        let kinds: HashMap<Uuid, &Kind> =
            shares.filter(|share| share.said == Some(true)).map(|share| (share.kind.id, share.kind)).collect();
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let said = sqlx::query_as!(
            Said,
            r#"
            with mine as materialized (
                select v.request_id, r.kind
                from (
                    select distinct request_id
                    from (
                        select request_id from approvals where person_id = $4 and open order by request_id limit $7
                    ) o
                ) v
                cross join lateral (
                    select kind_of(agent_id, action, revision, pending) as kind
                    from requests
                    where id = v.request_id
                    limit 1
                ) r
            )
            select k.kind as "kind!",
                w.id as "id!",
                w.asked_at as "asked_at!",
                w.falls_due as "due!"
            from mine m
            join unnest($1::uuid[], $2::bigint[], $3::integer[]) as k (kind, epoch, mine) on k.kind = m.kind
            cross join lateral (
                select w.id, w.asked_at, w.falls_due
                from waiting(k.kind, k.epoch, k.mine, $4, $5, $6) w
                where w.id = m.request_id and w.said
                limit 1
            ) w
            "#,
            &kinds.keys().copied().collect::<Vec<_>>(),
            &kinds.values().map(|kind| self.control.epoch(kind.agent)).collect::<Vec<_>>(),
            &kinds.values().map(|kind| kind.mine).collect::<Vec<_>>(),
            self.reader.id,
            &self.reader.queues,
            &self.reader.since,
            MOST_SAID,
        );
        Ok(said.fetch_all(connection).await?)
    }

    async fn count_shares(&self, connection: &mut PgConnection, parts: Vec<Vec<Share<'_>>>) -> Result<Vec<Count>> {
        let said = self.said(connection, parts.iter().flatten().copied()).await?;
        let length = i32::try_from(parts.len()).unwrap_or(i32::MAX);
        let numbered = (0..length).zip(&parts).flat_map(|(part, of)| of.iter().map(move |share| (part, share)));
        let shares: Vec<(i32, &Share<'_>)> = numbered.filter(|(_, share)| share.said != Some(true)).collect();
        let counts = sqlx::query!(
            r#"
            select c.count as "count!",
                c.oldest
            from generate_series(0, $1::integer - 1) as p (part)
            cross join lateral (
                select count(*), min(n.asked_at) as oldest
                from (
                    select w.asked_at
                    from unnest($2::integer[], $3::uuid[], $4::bigint[], $5::integer[], $6::boolean[])
                        as k (part, kind, epoch, mine, whole)
                    cross join lateral (
                        select w.asked_at
                        from waiting(k.kind, k.epoch, k.mine, $7, $8, $9) w
                        where k.whole or not w.said
                        order by w.falls_due, w.id
                        limit $10
                    ) w
                    where k.part = p.part
                    limit $10
                ) n
            ) c
            order by p.part
            "#,
            length,
            &shares.iter().map(|(part, _)| *part).collect::<Vec<_>>(),
            &shares.iter().map(|(_, share)| share.kind.id).collect::<Vec<_>>(),
            &shares.iter().map(|(_, share)| self.control.epoch(share.kind.agent)).collect::<Vec<_>>(),
            &shares.iter().map(|(_, share)| share.kind.mine).collect::<Vec<_>>(),
            &shares.iter().map(|(_, share)| share.said.is_none()).collect::<Vec<_>>(),
            self.reader.id,
            &self.reader.queues,
            &self.reader.since,
            i64::from(MOST_WAITING),
        );
        let counts = counts.fetch_all(connection).await?.into_iter().zip(&parts).map(|(row, part)| {
            let own: BTreeSet<Uuid> =
                part.iter().filter(|share| share.said == Some(true)).map(|share| share.kind.id).collect();
            let own = said.iter().filter(|said| own.contains(&said.kind)).map(|said| said.asked_at);
            let oldest = own.clone().chain(row.oldest).min();
            let all = row.count.saturating_add(i64::try_from(own.count()).unwrap_or(i64::MAX));
            let count = u32::try_from(all).unwrap_or(MOST_WAITING).min(MOST_WAITING);
            Count { count, oldest: oldest.filter(|_| count < MOST_WAITING) }
        });
        Ok(counts.collect())
    }

    /// At most `most` of a part from a place on, and where it goes on: what somebody could approve comes first, by when it is
    /// due, then what nobody could.
    pub async fn page(
        &self,
        connection: &mut PgConnection,
        part: Part<'_>,
        after: Option<&Place>,
        most: u32,
        now: DateTime<Utc>,
    ) -> Result<(Vec<RequestRow>, Option<Place>)> {
        let able = self.control.able();
        let said = self.said(connection, self.shares(part)).await?;
        let nobody = |kind: &Kind| kind.in_vain || why_short(&kind.needs, &able).is_some();
        let kinds = self.shares(part).filter(|share| share.said != Some(true)).filter_map(|Share { kind, said }| {
            let nobody = nobody(kind);
            let start = (DateTime::UNIX_EPOCH, Uuid::nil());
            let from = match after {
                Some(after) if after.nobody && !nobody => return None,
                Some(after) if after.nobody == nobody => (after.due, after.id.0),
                _ => start,
            };
            Some((kind, said.is_none(), nobody, from))
        });
        let kinds: Vec<_> = kinds.collect();
        let places = sqlx::query!(
            r#"
            select w.id as "id!",
                w.falls_due as "due!",
                k.nobody as "nobody!"
            from unnest($1::uuid[], $2::bigint[], $3::integer[], $4::boolean[], $5::boolean[], $6::timestamptz[], $7::uuid[])
                as k (kind, epoch, mine, whole, nobody, due, id)
            cross join lateral (
                select w.id, w.falls_due
                from waiting(k.kind, k.epoch, k.mine, $8, $9, $10) w
                where (w.falls_due, w.id) > (k.due, k.id) and (k.whole or not w.said)
                order by w.falls_due, w.id
                limit $11
            ) w
            order by k.nobody, w.falls_due, w.id
            limit $11
            "#,
            &kinds.iter().map(|(kind, ..)| kind.id).collect::<Vec<_>>(),
            &kinds.iter().map(|(kind, ..)| self.control.epoch(kind.agent)).collect::<Vec<_>>(),
            &kinds.iter().map(|(kind, ..)| kind.mine).collect::<Vec<_>>(),
            &kinds.iter().map(|(_, whole, ..)| *whole).collect::<Vec<_>>(),
            &kinds.iter().map(|(_, _, nobody, _)| *nobody).collect::<Vec<_>>(),
            &kinds.iter().map(|(.., (due, _))| *due).collect::<Vec<_>>(),
            &kinds.iter().map(|(.., (_, id))| *id).collect::<Vec<_>>(),
            self.reader.id,
            &self.reader.queues,
            &self.reader.since,
            i64::from(most) + 1,
        );
        let places = places.fetch_all(&mut *connection).await?;
        let read = places.into_iter().map(|row| Place { nobody: row.nobody, due: row.due, id: RequestId(row.id) });
        let nobody: HashMap<Uuid, bool> = self.kinds.iter().map(|kind| (kind.id, nobody(kind))).collect();
        let said = said.into_iter().filter_map(|said| {
            let nobody = *nobody.get(&said.kind)?;
            let place = Place { nobody, due: said.due, id: RequestId(said.id) };
            Some(place).filter(|place| after.is_none_or(|after| in_order(place) > in_order(after)))
        });
        let mut places: Vec<Place> = read.chain(said).collect();
        places.sort_by_key(in_order);
        let more = places.len() > most as usize;
        places.truncate(most as usize);
        let ids = Vec::from_iter(places.iter().map(|place| place.id));
        let rows = request_rows(connection, self.control, &ids, now).await?;
        Ok((rows, places.pop().filter(|_| more)))
    }
}

fn in_order(place: &Place) -> (bool, DateTime<Utc>, Uuid) {
    (place.nobody, place.due, place.id.0)
}

/// When somebody decided last, or nobody did in time.
pub async fn last_decided(connection: &mut PgConnection) -> Result<Option<DateTime<Utc>>> {
    let last = sqlx::query_scalar!(
        r#"
        select greatest(
            (select at from entries where kind = 'approved' order by at desc limit 1),
            (select at from entries where kind = 'rejected' order by at desc limit 1),
            (select at from entries where kind = 'expired' order by at desc limit 1)
        )
        "#
    );
    Ok(last.fetch_one(connection).await?)
}
