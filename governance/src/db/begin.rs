//! How a transaction begins.

use sqlx::{Executor, PgConnection};

use crate::error::Result;

/// Begins every transaction but those that decide.
///
/// What was answered must outlive a crash and each statement see what was committed before it, whatever the database or a
/// pooler makes of the session. A stronger setting stays.
pub const BEGIN: &str = "begin isolation level read committed; \
    select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') in ('off', 'local')";

/// Begins a transaction that decides, with the control lock shared: in one round trip.
pub const BEGIN_DECISION: &str = "begin isolation level read committed; \
    select set_config('synchronous_commit', 'on', true) where current_setting('synchronous_commit') in ('off', 'local'); \
    select pg_advisory_xact_lock_shared(90457536090880)";

/// Has what this session does planned anew, once for all values that come.
pub async fn plan_anew(session: &mut PgConnection) -> Result<()> {
    session.execute("set plan_cache_mode to force_generic_plan; discard plans").await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::{AssertSqlSafe, Connection};

    use super::*;
    use crate::db::control::CONTROL_LOCK;

    #[test]
    fn decisions_share_the_lock_that_control_changes_take() {
        assert!(BEGIN_DECISION.ends_with(&format!("_shared({CONTROL_LOCK})")));
        assert!(BEGIN_DECISION.starts_with(BEGIN));
    }

    #[tokio::test]
    async fn what_decides_is_planned_once_for_all_values_until_it_is_told_to_plan_anew() {
        let mut session = PgConnection::connect(&std::env::var("DATABASE_URL").unwrap()).await.unwrap();
        sqlx::raw_sql("set plan_cache_mode to force_custom_plan; create temporary table t as select 1 as n")
            .execute(&mut session)
            .await
            .unwrap();
        for told in 1..=2 {
            plan_anew(&mut session).await.unwrap();
            for n in 1..=3 {
                sqlx::query("select n from t where n = $1").bind(n).fetch_all(&mut session).await.unwrap();
            }
            let plans =
                "select generic_plans, custom_plans from pg_prepared_statements where statement like '%from t %'";
            let plans: (i64, i64) = sqlx::query_as(plans).fetch_one(&mut session).await.unwrap();
            assert_eq!(plans, (3 * told, 0));
        }
    }

    /// A pooler may drop what a session was opened with.
    #[tokio::test]
    async fn whatever_its_session_says_a_transaction_is_durable_and_each_statement_sees_what_is_committed() {
        let mut session = PgConnection::connect(&std::env::var("DATABASE_URL").unwrap()).await.unwrap();
        for begin in [BEGIN, BEGIN_DECISION] {
            for (isolation, commits, then) in [
                ("serializable", "off", "on"),
                ("repeatable read", "local", "on"),
                ("serializable", "remote_apply", "remote_apply"),
            ] {
                let set =
                    format!("set default_transaction_isolation = '{isolation}'; set synchronous_commit = {commits}");
                sqlx::raw_sql(AssertSqlSafe(set)).execute(&mut session).await.unwrap();
                let mut tx = session.begin_with(begin).await.unwrap();
                let shown = "select current_setting('transaction_isolation'), current_setting('synchronous_commit')";
                let shown: (String, String) = sqlx::query_as(shown).fetch_one(&mut *tx).await.unwrap();
                assert_eq!((shown.0.as_str(), shown.1.as_str()), ("read committed", then), "{begin}");
                tx.rollback().await.unwrap();
            }
        }
    }
}
