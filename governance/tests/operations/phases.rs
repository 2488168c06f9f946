//! The phases of an agent, and the mode that follows from them.

use domain::{
    agent::Mode,
    agent_file::AgentHead,
    phase::{Move, Phase},
    state::State,
};
use governance::{Conflict, Error};

use crate::support::{Shop, note};

#[tokio::test]
async fn each_move_ends_a_phase_and_begins_one_with_who_and_why() {
    let shop = Shop::open().await;
    let governance = &shop.governance;
    for (to, why) in [
        (Move::Begin(Phase::Shadow), "its refunds went wrong"),
        (Move::Begin(Phase::Rescue), "the policy is mended"),
        (Move::Begin(Phase::Expansion), "gifts, too"),
        (Move::Retire, "replaced"),
    ] {
        governance.move_agent(&shop.admin, "support", to, why).await.unwrap();
    }
    let agent = governance.agent(&shop.auditor, "support").await.unwrap();
    let told: Vec<_> = agent.phases.iter().rev().map(|one| (one.phase, one.by.as_str(), one.why.as_str())).collect();
    let expected = [
        (Phase::Live, "Ada", "opening"),
        (Phase::Shadow, "Ada", "its refunds went wrong"),
        (Phase::Rescue, "Ada", "the policy is mended"),
        (Phase::Expansion, "Ada", "gifts, too"),
    ];
    assert_eq!(told, expected);
    assert!(agent.phases.windows(2).all(|two| two[1].ended_at == Some(two[0].began_at)), "one after the other");
    assert!(agent.phases[0].ended_at.is_some());
    assert_eq!((agent.row.mode, agent.row.phase), (Mode::Retired, None));
}

#[tokio::test]
async fn a_rescue_and_an_expansion_decide_like_live() {
    let shop = Shop::open().await;
    for (phase, state) in [
        (Phase::Shadow, State::Shadowed),
        (Phase::Rescue, State::Granted),
        (Phase::Expansion, State::Granted),
        (Phase::Live, State::Granted),
    ] {
        shop.governance.move_agent(&shop.admin, "support", Move::Begin(phase), "a trial").await.unwrap();
        assert_eq!(shop.ask(note("hello")).await.state, state, "{phase:?}");
        let row = shop.governance.agent(&shop.auditor, "support").await.unwrap().row;
        assert_eq!((row.mode, row.phase.map(|(phase, _)| phase)), (phase.mode(), Some(phase)));
    }
}

#[tokio::test]
async fn what_was_never_live_has_no_rescue_and_no_phase_begins_twice() {
    let shop = Shop::open().await;
    let begin = async |phase| shop.governance.move_agent(&shop.admin, "returns", Move::Begin(phase), "a trial").await;
    let head = AgentHead { slug: "returns".to_owned(), name: "Returns".to_owned(), purpose: String::new() };
    shop.governance.create_agent(&shop.admin, &head, None).await.unwrap();
    for phase in [Phase::Rescue, Phase::Expansion] {
        assert!(matches!(begin(phase).await, Err(Error::Conflict(Conflict::Other(_)))), "{phase:?}");
    }
    begin(Phase::Shadow).await.unwrap();
    for phase in [Phase::Shadow, Phase::Rescue, Phase::Expansion] {
        assert!(matches!(begin(phase).await, Err(Error::Conflict(Conflict::Other(_)))), "{phase:?}");
    }
    assert_eq!(shop.governance.agent(&shop.auditor, "returns").await.unwrap().phases.len(), 1);
}

#[tokio::test]
async fn an_agent_is_in_one_phase_at_most() {
    let shop = Shop::open().await;
    let second = "insert into agent_phases (id, agent_id, kind, began_at, began_by, why) \
                  select gen_random_uuid(), agent_id, 'shadow', told_now(), began_by, 'too' from agent_phases";
    let refused = sqlx::query(second).execute(&mut shop.database.server_session().await).await;
    assert!(refused.unwrap_err().to_string().contains("agent_phases_open"));
}
