//! Random lives of a request against a plain model of them, which knows seconds and nothing of Reins.

mod model;

use std::collections::BTreeMap;

use domain::{agent::Mode, id::RequestId, role::Role, state::State};
use governance::Actor;
use proptest::{
    prelude::*,
    sample::select,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use self::model::{Model, Stands};
use crate::support::{Shop, gift, id_of, refund};

const LEADS: &str = "cs-leads";
const DAY: i64 = 86_400;
const PEOPLE: [&str; 6] = ["Ana", "Ben", "Kim", "Lee", "Mia", "Pat"];
/// Who may sit in which queue: Pat in each.
const SEATS: [(usize, &str); 8] =
    [(0, LEADS), (1, LEADS), (2, LEADS), (3, "legal"), (4, "managers"), (5, LEADS), (5, "legal"), (5, "managers")];

#[derive(Clone, Copy, Debug)]
enum Step {
    AskRefund(u32),
    AskGift,
    Approve(usize),
    Change(usize, u32),
    Reject(usize),
    Pass(i64),
    Job,
    Stop,
    StopAll,
    Release,
    ReleaseAll,
    Pause,
    Resume,
    Leave(usize),
    Join(usize),
    Disable(usize),
    Enable(usize),
    Demote(usize),
    Promote(usize),
    Retire,
    Claim,
}

fn step() -> impl Strategy<Value = Step> {
    let who = || 0..PEOPLE.len();
    let seat = || 0..SEATS.len();
    let amount = || select(vec![80_u32, 90, 250, 260, 350, 360]);
    prop_oneof![
        4 => amount().prop_map(Step::AskRefund),
        2 => Just(Step::AskGift),
        14 => who().prop_map(Step::Approve),
        3 => (who(), amount()).prop_map(|(who, amount)| Step::Change(who, amount)),
        1 => who().prop_map(Step::Reject),
        8 => select(vec![300, 900, 1800, 2700, 4000]).prop_map(Step::Pass),
        1 => Just(Step::Pass(DAY + 100)),
        5 => Just(Step::Job),
        1 => Just(Step::Stop),
        1 => Just(Step::StopAll),
        3 => Just(Step::Release),
        3 => Just(Step::ReleaseAll),
        1 => Just(Step::Pause),
        3 => Just(Step::Resume),
        1 => seat().prop_map(Step::Leave),
        2 => seat().prop_map(Step::Join),
        1 => who().prop_map(Step::Disable),
        2 => who().prop_map(Step::Enable),
        1 => who().prop_map(Step::Demote),
        2 => who().prop_map(Step::Promote),
        1 => prop_oneof![9 => Just(Step::Job), 1 => Just(Step::Retire)],
        4 => Just(Step::Claim),
    ]
}

/// A shop, the model of it, and the request that both follow.
struct Run {
    shop: Shop,
    people: Vec<Actor>,
    roles: Vec<Role>,
    model: Model,
    id: Option<RequestId>,
}

impl Run {
    async fn begin() -> Self {
        let shop = Shop::open().await;
        let kim = shop.person("Kim", Role::Reviewer).await;
        let pat = shop.person("Pat", Role::Reviewer).await;
        let people = vec![shop.ana.clone(), shop.ben.clone(), kim, shop.lee.clone(), shop.mia.clone(), pat];
        for (who, queue) in SEATS.into_iter().filter(|(who, _)| matches!(PEOPLE[*who], "Kim" | "Pat")) {
            shop.governance.add_member(&shop.admin, queue, id_of(&people[who])).await.unwrap();
        }
        let roles = people.iter().map(|who| who.person().unwrap().role).collect();
        Self { shop, people, roles, model: Model::new(), id: None }
    }

    /// Takes a step in both; what each said of it.
    async fn take(&mut self, step: Step) -> (bool, bool) {
        let Self { shop, people, roles, model, id } = self;
        let (governance, admin, operator) = (&shop.governance, &shop.admin, &shop.operator);
        let member = |who: usize| id_of(&people[who]);
        match step {
            Step::AskRefund(_) | Step::AskGift => {
                if model.open().is_some() || model.is_frozen() || model.paused || model.retired {
                    return (true, true);
                }
                let amount = if let Step::AskRefund(amount) = step { Some(amount) } else { None };
                let ask = amount.map_or_else(gift, |amount| refund(&format!("{amount}.00")));
                *id = Some(shop.waiting(ask).await);
                model.ask(amount);
            }
            Step::Approve(who) => {
                let Some(id) = *id else { return (true, true) };
                return (shop.approve(&people[who], id).await.is_ok(), model.approve(who));
            }
            Step::Change(who, amount) => {
                let Some(id) = id.filter(|_| model.request.as_ref().is_some_and(|r| r.amount.is_some())) else {
                    return (true, true);
                };
                let changed = shop.change_amount(&people[who], id, &format!("{amount}.00")).await;
                return (changed.is_ok(), model.change(who, amount));
            }
            Step::Reject(who) => {
                let Some(id) = *id else { return (true, true) };
                let may = model.may_decide(who);
                if let Some(request) = model.open().filter(|_| may) {
                    request.ended = Some(State::Rejected);
                }
                return (shop.reject(&people[who], id, "no").await.is_ok(), may);
            }
            Step::Pass(seconds) => {
                if id.is_some() {
                    shop.pass_time(seconds).await;
                    model.pass(seconds);
                }
            }
            Step::Job => {
                governance.pass_deadlines().await.unwrap();
                model.job();
            }
            Step::Stop if !model.stopped => {
                governance.stop(operator, Some("support"), "").await.unwrap();
                model.stopped = true;
                model.forget(|_, _| true);
            }
            Step::StopAll if !model.all_stopped => {
                governance.stop(operator, None, "").await.unwrap();
                model.all_stopped = true;
                model.forget(|_, _| true);
            }
            Step::Release if model.stopped => {
                shop.release(Some("support"), "looked into").await;
                model.stopped = false;
            }
            Step::ReleaseAll if model.all_stopped => {
                shop.release(None, "looked into").await;
                model.all_stopped = false;
            }
            Step::Pause if !model.paused => {
                governance.open_breaker(operator, "shopify", "errors").await.unwrap();
                model.paused = true;
            }
            Step::Resume if model.paused => {
                shop.close_breaker("shopify", "well again").await.unwrap();
                model.paused = false;
            }
            Step::Leave(seat) if model.seats[seat] => {
                let (who, queue) = SEATS[seat];
                governance.remove_member(admin, queue, member(who), 9).await.unwrap();
                model.seats[seat] = false;
                model.forget(|by, of| (by, of) == (who, queue));
            }
            Step::Join(seat) if !model.people[SEATS[seat].0].auditor && !model.seats[seat] => {
                let (who, queue) = SEATS[seat];
                governance.add_member(admin, queue, member(who)).await.unwrap();
                model.seats[seat] = true;
            }
            Step::Disable(who) if !model.people[who].disabled => {
                governance.disable_person(admin, member(who), 9).await.unwrap();
                model.people[who].disabled = true;
                model.forget(|by, _| by == who);
            }
            Step::Enable(who) if model.people[who].disabled => {
                shop.enable(member(who)).await.unwrap();
                model.people[who].disabled = false;
            }
            Step::Demote(who) if !model.people[who].auditor => {
                let seen = std::mem::replace(&mut roles[who], Role::Auditor);
                governance.change_person(admin, member(who), seen, Role::Auditor, 9).await.unwrap();
                model.people[who].auditor = true;
                model.forget(|by, _| by == who);
            }
            Step::Promote(who) if model.people[who].auditor => {
                roles[who] = Role::Reviewer;
                governance.change_person(admin, member(who), Role::Auditor, Role::Reviewer, 9).await.unwrap();
                model.people[who].auditor = false;
            }
            Step::Retire if !model.retired => {
                governance.set_mode(admin, "support", Mode::Retired, "replaced").await.unwrap();
                model.retired = true;
            }
            Step::Claim => {
                let Some(id) = id.filter(|_| model.open().is_some()) else { return (true, true) };
                let approved = model.request.as_ref().is_some_and(|r| model.stands(r) == Stands::Approved);
                let grants = approved && !model.is_frozen() && !(model.paused && model.runs_on_shopify());
                if let Some(request) = model.open().filter(|_| grants) {
                    request.ended = Some(State::Granted);
                }
                return (shop.claim(id).await.is_ok(), grants);
            }
            _ => {}
        }
        (true, true)
    }
}

async fn live(steps: &[Step]) -> Result<(), TestCaseError> {
    let mut run = Run::begin().await;
    let mut seen: BTreeMap<RequestId, State> = BTreeMap::new();
    for (place, step) in steps.iter().enumerate() {
        let (happened, expected) = run.take(*step).await;
        let told = || format!("step {place}, {step:?}, of {steps:?}");
        prop_assert_eq!(happened, expected, "{}", told());
        let Some(id) = run.id else { continue };
        let mut state = run.shop.state(id).await;
        // An outcome that stays away is another story.
        state = if state == State::Unknown { State::Granted } else { state };
        prop_assert_eq!(Some(state), run.model.shows(), "{}", told());
        let before = seen.insert(id, state);
        let ended = before.filter(|before| matches!(before, State::Rejected | State::Expired | State::Granted));
        prop_assert!(ended.is_none_or(|ended| ended == state), "{} after {ended:?}", told());
    }
    Ok(())
}

/// The same lives each time; `PROPTEST_CASES` makes more of them.
#[test]
fn a_request_lives_as_the_model_says() {
    let config = Config { failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let cases = std::env::var("PROPTEST_CASES").map_or(10, |_| config.cases);
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config { cases, ..config }, rng);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let lives = proptest::collection::vec(step(), 20..50);
    runner.run(&lives, |steps| runtime.block_on(live(&steps))).unwrap();
}
