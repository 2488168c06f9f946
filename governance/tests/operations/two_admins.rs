//! Where it takes two admins, one cannot be both: neither by an account of their own making, nor by another's password.

use domain::{
    agent_file::{AgentFile, AgentHead},
    authoring::{
        difference::What,
        meaning::{Change, Thing},
        statement::keys,
    },
    fault::Fault,
    id::PersonId,
    role::Role,
    view::catalog::ProposedChange,
};
use governance::{Actor, Came, Conflict, Error, Result, SignIn};

use super::as_one::shared;
use crate::{
    catalog::{not_accepted, sentences},
    support::{Shop, id_of, refund, support_file},
};

pub const PASSWORD: &str = "correct horse battery";

/// Ada and Ida, of whom it takes both.
pub async fn two() -> (Shop, Actor) {
    let shop = Shop::open().await;
    let ida = shop.person("Ida", Role::Admin).await;
    shop.governance.need_two_to_publish(&shop.admin).await.unwrap();
    (shop, ida)
}

pub async fn person(shop: &Shop, id: PersonId) -> Actor {
    Actor::Person(shop.governance.person(id).await.unwrap().unwrap())
}

async fn only_proposal(shop: &Shop) -> ProposedChange {
    let [proposal] = shop.governance.proposed_changes(&shop.admin).await.unwrap().try_into().unwrap();
    proposal
}

/// Accepts the only proposal.
pub async fn accept(shop: &Shop, who: &Actor) -> Result<()> {
    let ProposedChange { head, meaning, .. } = only_proposal(shop).await;
    shop.governance.accept_change(who, head.id, "agreed", &keys(&meaning.statements)).await.map(drop)
}

async fn signs_in(shop: &Shop, email: &str, password: &str) -> bool {
    matches!(shop.governance.sign_in(email, password, "1.2.3.4", None).await.unwrap(), SignIn::Welcome(_))
}

#[tokio::test]
async fn a_new_admin_is_an_auditor_until_another_admin_accepts_them() {
    let (shop, ida) = two().await;
    let added = shop.governance.add_person(&shop.admin, "eva@example.com", "Eva", Role::Admin, PASSWORD).await;
    let (eva, came) = added.unwrap();
    assert_eq!(came, Came::Proposed);
    assert_eq!(shop.governance.person(eva).await.unwrap().unwrap().role, Role::Auditor);
    assert_eq!(only_proposal(&shop).await.head.title, "`Eva` as an admin");

    let own = accept(&shop, &shop.admin).await;
    assert!(matches!(own, Err(Error::Conflict(Conflict::Draft(_)))), "{own:?}");
    let as_eva = accept(&shop, &person(&shop, eva).await).await;
    assert!(matches!(as_eva, Err(Error::Forbidden)), "{as_eva:?}");
    accept(&shop, &ida).await.unwrap();
    assert_eq!(shop.governance.person(eva).await.unwrap().unwrap().role, Role::Admin);
    let entry = shop.entries("person_changed").await.pop().unwrap();
    assert_eq!(
        (&entry["role"], entry["proposed_by"].as_str()),
        (&"admin".into(), Some(&*id_of(&shop.admin).to_string()))
    );
    assert!(shop.governance.proposed_changes(&ida).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_queue_and_an_integration_are_renamed_as_they_were_seen_by_one_and_another() {
    let (shop, ida) = two().await;
    for (thing, slug, seen, name, kind) in [
        (Thing::Queue, "cs-leads", "CS leads", "Leads", "queue_changed"),
        (Thing::Integration, "shopify", "Shopify", "The shop", "integration_changed"),
    ] {
        let [slug, seen, name] = [slug, seen, name].map(str::to_owned);
        let told = format!("`Support`: the {} `{seen}` is called `{name}` from now on.", thing.name());
        let change = Change::Rename { thing, slug: slug.clone(), seen: seen.clone(), name: name.clone() };
        let put = async |accepted: &[String]| shop.governance.put_change(&shop.admin, &change, "odd", accepted).await;
        let read = not_accepted(put(&[]).await);
        assert_eq!(sentences(&read), [told]);
        let before = shop.entries(kind).await.len();
        assert_eq!(put(&keys(&read)).await.unwrap(), Came::Proposed);
        let proposal = only_proposal(&shop).await;
        assert_eq!(proposal.head.title, format!("The {} `{seen}`", thing.name()));
        assert_eq!(proposal.told, [What::Changed { old: format!("Name: `{seen}`"), new: format!("Name: `{name}`") }]);
        assert_eq!(shop.entries(kind).await.len(), before);
        assert!(accept(&shop, &shop.admin).await.is_err());
        accept(&shop, &ida).await.unwrap();
        assert_eq!(shop.entries(kind).await.pop().unwrap()[thing.name()], slug);
        let beside = shop.beside(kind).await.pop().unwrap();
        assert_eq!(["name", "before"].map(|part| beside[part].as_str().unwrap()), [&name, &seen]);
        assert!(matches!(put(&[]).await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    }
    let like = Change::Rename {
        thing: Thing::Queue,
        slug: "legal".to_owned(),
        seen: "Legal".to_owned(),
        name: "Leаds".to_owned(),
    };
    let alike = shop.governance.put_change(&shop.admin, &like, "odd", &[]).await;
    assert!(matches!(alike, Err(Error::Invalid(Fault::Alike, _))), "{alike:?}");
}

#[tokio::test]
async fn nobody_is_raised_to_admin_by_one() {
    let (shop, ida) = two().await;
    let mia = id_of(&shop.mia);
    let raise = async |seen| shop.governance.change_person(&shop.admin, mia, seen, Role::Admin, 9).await;
    assert!(matches!(raise(Role::Reviewer).await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    assert_eq!(raise(Role::Manager).await.unwrap(), Came::Proposed);
    assert_eq!(shop.governance.person(mia).await.unwrap().unwrap().role, Role::Manager);

    // Of how they were: a proposal about somebody who is something else since is void.
    shop.governance.change_person(&ida, mia, Role::Manager, Role::Reviewer, 9).await.unwrap();
    assert!(shop.governance.proposed_changes(&ida).await.unwrap().is_empty());
    assert_eq!(raise(Role::Reviewer).await.unwrap(), Came::Proposed);
    accept(&shop, &ida).await.unwrap();
    assert_eq!(shop.governance.person(mia).await.unwrap().unwrap().role, Role::Admin);
}

#[tokio::test]
async fn an_admins_password_and_coming_back_take_two() {
    let (shop, ida) = two().await;
    let eva = shop.person("Eva", Role::Admin).await;
    let other = "another long password";
    assert_eq!(shop.governance.set_password(&shop.admin, id_of(&eva), other).await.unwrap(), Came::Proposed);
    assert!(!signs_in(&shop, "eva@example.com", other).await);
    let recorded = shop.beside("change_proposed").await.pop().unwrap().to_string();
    assert!(!recorded.contains("argon2"), "{recorded}");
    accept(&shop, &ida).await.unwrap();
    assert!(signs_in(&shop, "eva@example.com", other).await);
    assert!(!shop.entries("person_changed").await.pop().unwrap().to_string().contains("argon2"));

    shop.governance.disable_person(&shop.admin, id_of(&eva), 9).await.unwrap();
    assert_eq!(shop.enable(id_of(&eva)).await.unwrap(), Came::Proposed);
    assert!(!signs_in(&shop, "eva@example.com", other).await);
    accept(&shop, &ida).await.unwrap();
    assert!(signs_in(&shop, "eva@example.com", other).await);

    // Whoever is neither the second nor decides for a queue is one's own to manage.
    assert_eq!(shop.governance.set_password(&shop.admin, id_of(&shop.auditor), other).await.unwrap(), Came::Done);
}

/// Otherwise one admin decides for it, in that name.
#[tokio::test]
async fn the_password_of_who_decides_for_a_queue_takes_two() {
    let (shop, ida) = two().await;
    let other = "another long password";
    assert_eq!(shop.governance.set_password(&shop.admin, id_of(&shop.lee), other).await.unwrap(), Came::Proposed);
    assert!(!signs_in(&shop, "lee@example.com", other).await);
    let told = only_proposal(&shop).await.meaning.statements;
    assert!(
        matches!(&sentences(&told)[..], [one] if one.starts_with("Whoever proposes this can sign in as them")),
        "{told:?}"
    );
    assert!(accept(&shop, &shop.admin).await.is_err());
    accept(&shop, &ida).await.unwrap();
    assert!(signs_in(&shop, "lee@example.com", other).await);

    // Who comes into another queue with that password says so.
    shop.governance.add_member(&shop.admin, "cs-leads", id_of(&shop.lee)).await.unwrap();
    let told = only_proposal(&shop).await.meaning.statements;
    assert!(sentences(&told).iter().any(|told| told.starts_with("Somebody else may know their password")), "{told:?}");
}

/// Otherwise one admin decides in that name, of whom the other has only said that they may decide.
#[tokio::test]
async fn nobody_accepts_what_somebody_may_do_whose_password_they_may_know() {
    let (shop, ida) = two().await;
    let governance = &shop.governance;
    let sam = id_of(&shop.stranger);
    let other = "another long password";

    // A place in a queue that waits is of somebody who had their own password.
    assert_eq!(governance.add_member(&ida, "legal", sam).await.unwrap(), Came::Proposed);
    let waits = only_proposal(&shop).await.head.id;
    assert_eq!(governance.set_password(&shop.admin, sam, other).await.unwrap(), Came::Done);
    let late = governance.accept_change(&shop.admin, waits, "agreed", &[]).await;
    assert!(matches!(late, Err(Error::Conflict(Conflict::ChangedMeanwhile))), "{late:?}");
    assert!(governance.proposed_changes(&ida).await.unwrap().is_empty());

    // Proposed once more, or to be an admin, it is for an admin who cannot be them.
    for admin in [false, true] {
        match admin {
            false => governance.add_member(&ida, "legal", sam).await.unwrap(),
            true => governance.change_person(&ida, sam, Role::Reviewer, Role::Admin, 9).await.unwrap(),
        };
        assert!(shared(accept(&shop, &shop.admin).await));
        governance.withdraw_change(&ida, only_proposal(&shop).await.head.id).await.unwrap();
    }
    assert_eq!(shop.entries("refused").await.len(), 2);
    governance.add_member(&shop.admin, "legal", sam).await.unwrap();
    let told = only_proposal(&shop).await.meaning.statements;
    assert!(sentences(&told).iter().any(|told| told.starts_with("Somebody else may know their password")), "{told:?}");
    accept(&shop, &ida).await.unwrap();

    // What is one's own may be accepted by oneself.
    governance.add_member(&ida, "legal", id_of(&shop.admin)).await.unwrap();
    accept(&shop, &shop.admin).await.unwrap();
}

#[tokio::test]
async fn who_decides_for_a_queue_is_changed_by_two() {
    let (shop, ida) = two().await;
    let governance = &shop.governance;
    let sam = id_of(&shop.stranger);
    let queues = async || {
        let people = governance.people(&shop.admin).await.unwrap();
        people.into_iter().find(|one| one.id == sam).unwrap().queues
    };
    let add = async |queue: &str, who| governance.add_member(&shop.admin, queue, who).await;
    assert!(matches!(add("legal", id_of(&shop.lee)).await, Err(Error::Conflict(Conflict::ChangedMeanwhile))));
    assert!(matches!(add("legal", id_of(&shop.auditor)).await, Err(Error::Invalid(Fault::Role, _))));
    assert!(matches!(add("nowhere", sam).await, Err(Error::NotFound)));
    assert_eq!(add("legal", sam).await.unwrap(), Came::Proposed);
    assert_eq!(queues().await, [""; 0]);
    let proposed = only_proposal(&shop).await;
    assert_eq!(proposed.head.title, "`Sam` in the queue `Legal`");
    assert_eq!(proposed.told, [What::Added { new: "They decide what waits in `Legal`.".to_owned() }]);
    assert_eq!(proposed.meaning.statements.len(), 1);
    assert!(accept(&shop, &shop.admin).await.is_err());
    accept(&shop, &ida).await.unwrap();
    assert_eq!(queues().await, ["legal"]);
    let entry = shop.entries("queue_changed").await.pop().unwrap();
    assert_eq!(
        (&entry["member"], entry["proposed_by"].as_str()),
        (&true.into(), Some(&*id_of(&shop.admin).to_string()))
    );

    // One alone makes nobody decide there by another way either.
    governance.change_person(&shop.admin, sam, Role::Reviewer, Role::Auditor, 0).await.unwrap();
    governance.change_person(&shop.admin, sam, Role::Auditor, Role::Reviewer, 0).await.unwrap();
    assert_eq!(queues().await, [""; 0]);
    add("legal", sam).await.unwrap();
    accept(&shop, &ida).await.unwrap();
    governance.disable_person(&shop.admin, sam, 0).await.unwrap();
    shop.enable(sam).await.unwrap();
    assert_eq!(queues().await, [""; 0]);
    assert_eq!(shop.entries("person_changed").await.last().unwrap()["left"], serde_json::json!(["legal"]));
    // Going takes one.
    governance.remove_member(&shop.admin, "legal", id_of(&shop.lee), 0).await.unwrap();
}

#[tokio::test]
async fn who_is_left_alone_changes_nothing_that_takes_two_until_the_machine_adds_a_second() {
    let (shop, ida) = two().await;
    let add = async |email: &str| shop.governance.add_admin_on_the_machine(email, "Eva", PASSWORD).await;
    assert!(matches!(add("eva@example.com").await, Err(Error::Conflict(Conflict::Exists))));

    shop.governance.disable_person(&shop.admin, id_of(&ida), 9).await.unwrap();
    let meaning = keys(&shop.governance.meaning(&shop.admin, &Change::OneToPublish).await.unwrap().statements);
    shop.governance.put_change(&shop.admin, &Change::OneToPublish, "alone", &meaning).await.unwrap();
    assert!(accept(&shop, &shop.admin).await.is_err());
    let eva = person(&shop, add("eva@example.com").await.unwrap()).await;
    assert!(add("eve@example.com").await.is_err());
    accept(&shop, &eva).await.unwrap();
}

/// What people who decide read is what they sign.
#[tokio::test]
async fn what_things_in_force_are_called_is_changed_by_two() {
    let (shop, ida) = two().await;
    let governance = &shop.governance;
    let mut action = support_file().actions[0].clone();
    action.sentence = "Send {customer} a thank-you note".to_owned();
    let change = Change::ActionType { action: action.clone(), seen: Some(1) };
    let meaning = keys(&governance.meaning(&shop.admin, &change).await.unwrap().statements);
    let put = governance.put_change(&shop.admin, &change, "nicer", &meaning).await;
    assert_eq!(put.unwrap(), Came::Proposed);
    let id = shop.waiting(refund("250.00")).await;
    assert!(shop.look_at(id).await.row.sentence.contains("250.00"));

    type Renaming = fn(&mut AgentFile);
    let renamings: [Renaming; 5] = [
        |file| file.actions[0].sentence = "Send {customer} a thank-you note".to_owned(),
        |file| file.queues[0].name = "Everybody".to_owned(),
        |file| file.integrations[0].name = "Newsletter".to_owned(),
        |file| file.data_sets[0].label = "Products".to_owned(),
        |file| file.agent.name = "Greeter".to_owned(),
    ];
    for rename in renamings {
        let mut file = support_file();
        rename(&mut file);
        let meaning = governance.apply(&shop.admin, &file, "x", &[], true).await.unwrap_err();
        assert!(
            matches!(&meaning, Error::Conflict(Conflict::Other(words)) if words.contains("It means: `") || words.contains("It means: The agent `")),
            "{meaning:?}"
        );
        assert!(governance.import_agent(&shop.admin, &file, "x", None, &[], false).await.is_err());
    }

    let seen = support_file().agent;
    let describe = async |name: &str, purpose: &str| governance.describe_agent(&shop.admin, &seen, name, purpose).await;
    assert_eq!(describe(&seen.name, "Greets.").await.unwrap(), Came::Done);
    let seen = AgentHead { purpose: "Greets.".to_owned(), ..seen };
    let renamed = governance.describe_agent(&shop.admin, &seen, "Greeter", "Greets.").await;
    assert_eq!(renamed.unwrap(), Came::Proposed);
    let called = async || governance.agent(&ida, "support").await.unwrap().row.link.name;
    assert_eq!(called().await, "Support");
    let proposals = governance.proposed_changes(&ida).await.unwrap();
    let proposal = proposals.into_iter().find(|one| one.head.title == "The agent `Support`").unwrap();
    assert_eq!(sentences(&proposal.meaning.statements), ["The agent `Support` is called `Greeter` from now on."]);
    assert_eq!(proposal.told, [What::Changed { old: "Name: `Support`".to_owned(), new: "Name: `Greeter`".to_owned() }]);
    let own =
        governance.accept_change(&shop.admin, proposal.head.id, "mine", &keys(&proposal.meaning.statements)).await;
    assert!(own.is_err());
    governance.accept_change(&ida, proposal.head.id, "agreed", &keys(&proposal.meaning.statements)).await.unwrap();
    assert_eq!(called().await, "Greeter");
    assert_eq!(
        shop.entries("agent_described").await.last().unwrap()["proposed_by"],
        serde_json::json!(id_of(&shop.admin))
    );
}
