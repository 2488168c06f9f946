use domain::{
    id::{PersonId, RequestId},
    view::approvals::Unclaimed,
};
use sqlx::PgConnection;

use crate::{
    db::entries::link,
    error::{Result, corrupt},
};

/// What was approved in the last 90 days and ended as its agent never came for it, and its reader has not seen yet, the
/// newest first, at most 20; of the reader's approving, or of anybody's.
pub async fn unclaimed(connection: &mut PgConnection, reader: PersonId, own: bool) -> Result<Vec<Unclaimed>> {
    let rows = sqlx::query!(
        r#"
        select e.at,
            r.id,
            shown(r.agent_id, r.permission_version, r.action, r.sentence) as "sentence!",
            a.id as agent_id,
            a.slug,
            a.name,
            array(
                select distinct p.name
                from approvals v
                join people p on p.id = v.person_id
                where v.request_id = r.id and v.digest = r.digest
                order by p.name
            ) as "by!"
        from entries e
        join requests r on r.id = e.request_id
        join agents a on a.id = r.agent_id
        where e.kind = 'expired'
            and e.at > told_now() - interval '90 days'
            and e.detail ->> 'because' = 'unclaimed'
            and (not $2 or exists (
                select from approvals v where v.request_id = r.id and v.person_id = $1 and v.digest = r.digest
            ))
            and not exists (
                select from entries s
                where s.request_id = r.id and s.kind = 'seen_unclaimed' and s.actor_kind = 'person' and s.actor_id = $1
            )
        order by e.at desc, e.id desc
        limit 20
        "#,
        reader.0,
        own,
    );
    let rows = rows.fetch_all(connection).await?.into_iter().map(|row| {
        let agent =
            link(Some(row.agent_id), Some(row.slug), Some(row.name)).ok_or_else(|| corrupt("requests.agent_id"))?;
        Ok(Unclaimed { request: RequestId(row.id), sentence: row.sentence, agent, by: row.by, at: row.at })
    });
    rows.collect()
}
