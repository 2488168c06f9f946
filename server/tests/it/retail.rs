//! The retail example against a server: every figure as worked out without Reins, and the record equal to the shop's ledger.

use std::{
    path::{Path, PathBuf},
    process::Output,
    time::Duration,
};

use domain::{
    agent_file::AgentFile,
    view::{KeyKind, WaitingFilter},
};
use governance::{Actor, Error, Governance};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tokio::{process::Command, time::sleep};

use crate::{
    front::{secret, usd},
    process::Process,
    support::{Shop, measured},
};

/// A run takes half a minute.
const MOST: Duration = Duration::from_secs(240);

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/retail")
}

/// The shop's data, which is not part of this repository.
fn data() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/tau-retail");
    let data = std::env::var_os("TAU_RETAIL").map_or_else(beside, PathBuf::from);
    data.join("tasks.jsonl").exists().then_some(data)
}

/// Approves whatever waits for the queue, as the page does, for ever.
async fn review(governance: &Governance, lead: &Actor) {
    loop {
        // On a machine that is too busy a call may be in vain; a person would press again.
        match approve_all(governance, lead).await {
            Ok(()) | Err(Error::Unavailable | Error::Conflict(_)) => sleep(Duration::from_millis(30)).await,
            Err(error) => panic!("the reviewer cannot go on: {error}"),
        }
    }
}

async fn approve_all(governance: &Governance, lead: &Actor) -> Result<(), Error> {
    for row in governance.approvals(lead, &WaitingFilter::default()).await?.waiting {
        let seen = governance.request(lead, row.id).await?;
        governance.approve(lead, row.id, &seen.digest, "as the policy says").await?;
    }
    Ok(())
}

async fn python(data: &Path, server: &Process, key: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new("python3");
    command.current_dir(example()).args(arguments).kill_on_drop(true);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("TAU_RETAIL", data);
    command.env("REINS_URL", format!("http://{}", server.address)).env("REINS_KEY", key);
    command.output().await.unwrap()
}

/// What the shop paid back, by the record: for each action how many refunds that succeeded, and their sum.
async fn paid(shop: &Shop, run: &str) -> Value {
    let sums = format!(
        "select jsonb_object_agg(action, paid) from (
             select action, jsonb_build_object('count', count(*), 'minor', sum(amount_minor)) as paid
             from requests where state = 'succeeded' and amount_minor is not null and currency = 'USD'
                 and idempotency_key like '{run}-%'
                 -- It charges what it gives back.
                 and action <> 'order.modify_payment'
             group by action
         ) of_action"
    );
    sqlx::query_scalar(AssertSqlSafe(sums)).fetch_one(&shop.database.owner).await.unwrap()
}

/// The ledger of a run in the same form.
fn ledger(run: &Value) -> Value {
    let of = run["refunds"]["of"].as_object().unwrap().iter().map(|(action, paid)| {
        let minor: i64 = paid["sum"]["amount"].as_str().unwrap().replace('.', "").parse().unwrap();
        (action.clone(), json!({ "count": paid["count"], "minor": minor }))
    });
    Value::Object(of.collect())
}

fn failures(run: &Value) -> i64 {
    let decisions = run["counts"].as_object().unwrap().values().flat_map(|of| of.as_object().unwrap().values());
    decisions.filter_map(|outcomes| outcomes["failed"].as_i64()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_retail_example_comes_to_what_was_worked_out_without_reins() {
    let Some(data) = data() else {
        println!("skipped: the data of the retail example is not there; TAU_RETAIL names its folder");
        return;
    };
    let shop = Shop::open().await;
    let file: AgentFile = toml::from_str(&std::fs::read_to_string(example().join("agent.toml")).unwrap()).unwrap();
    shop.take_in(&file, "the example").await.unwrap();
    let key = secret(&shop.governance, &shop.admin, "support", KeyKind::Agent).await;
    let server = Process::serve(&shop.database.server_url()).await;
    let reviewed_run = async |arguments: &[&str]| {
        tokio::select! {
            output = measured(python(&data, &server, &key, arguments)) => output,
            () = review(&shop.governance, &shop.ana) => unreachable!(),
            () = sleep(MOST) => panic!("{arguments:?} takes longer than {MOST:?}"),
        }
    };

    let result = std::env::temp_dir().join(format!("reins retail {}.json", std::process::id()));
    let result_path = result.to_str().unwrap();
    let read = || serde_json::from_slice::<Value>(&std::fs::read(&result).unwrap()).unwrap();

    let arguments = ["agent.py", "--workers", "16", "--quiet", "--run", "fresh", "--json", result_path];
    let (output, time) = reviewed_run(&arguments).await;
    assert!(output.status.success(), "{output:?}");
    println!("500 tasks took {time:?}");
    let compared = python(&data, &server, &key, &["expected.py", "--against", result_path]).await;
    assert!(compared.status.success(), "{}", String::from_utf8_lossy(&compared.stdout));
    let fresh = read();

    let of_record = paid(&shop, "fresh").await;
    assert_eq!(of_record, ledger(&fresh));
    let both =
        |member: &str| ["order.return", "order.cancel"].map(|action| of_record[action][member].as_i64().unwrap());
    assert_eq!(both("count").iter().sum::<i64>(), 323);
    assert_eq!(both("minor").iter().sum::<i64>(), 44_233_555);
    let decided = |actions: &str| {
        format!("select count(*) from requests where decision = 'needs_approval' and action in ({actions})")
    };
    assert_eq!(shop.database.count(decided("'order.return', 'order.cancel'")).await, 314);
    assert_eq!(shop.database.count(decided("'order.exchange', 'order.modify_items'")).await, 46);
    assert_eq!(fresh["refunds"]["sum"], usd("451413.15"));

    // Every refund over 50.00 that went out has a person's yes.
    let without = "select count(*) from requests r
        where r.state = 'succeeded' and r.amount_minor > 5000 and r.action <> 'order.modify_payment'
            and not exists (select from approvals a where a.request_id = r.id)";
    assert_eq!(shop.database.count(without).await, 0);
    assert_eq!(shop.database.count("select count(*) from approvals").await, 360);
    assert_eq!(shop.database.count("select count(*) from breaches").await, 0);
    let open = "select count(*) from requests where state in ('waiting', 'approved', 'granted', 'unknown')";
    assert_eq!(shop.database.count(open).await, 0);

    let arguments =
        ["agent.py", "--workers", "16", "--quiet", "--run", "shared", "--shared-shop", "--json", result_path];
    let (output, time) = reviewed_run(&arguments).await;
    assert!(output.status.success(), "{output:?}");
    println!("500 tasks on one shop took {time:?}");
    let shared = read();
    assert_eq!(paid(&shop, "shared").await, ledger(&shared));
    assert!(failures(&shared) > failures(&fresh), "{shared}");
    let failed = "select count(*) from requests where state = 'failed' and idempotency_key like 'shared-%'";
    assert_eq!(shop.database.count(failed).await, failures(&shared));
    std::fs::remove_file(&result).unwrap();
}
