use domain::{
    agent::Mode,
    view::{MOST_WAITING, Pile, Today},
    words::up_to,
};

use crate::ui::words::{count, grouped};

/// What needs the reader; if nothing does, how the agents are.
pub fn first_line(today: &Today, may_settle: bool) -> String {
    let number = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
    let to_settle = if may_settle { total(&today.breaches).saturating_add(total(&today.unknown)) } else { 0 };
    let unreadable = today.agents.iter().filter(|row| row.unreadable).count();
    match today
        .waiting_for_me
        .saturating_add(to_settle)
        .saturating_add(number(today.proposals.len() + today.changes.len() + today.short.len()))
        .saturating_add(number(today.unclaimed.len() + today.late.len() + unreadable))
    {
        0 if today.more_waits => "Something may need you: not all that waits is counted.".to_owned(),
        0 => format!("Nothing needs you. {}", agents(today)),
        things if today.more_waits => format!("{}+ things need you.", grouped(things)),
        1 => "1 thing needs you.".to_owned(),
        // Of what waits, not all may have been counted.
        things if today.waiting_for_me < MOST_WAITING => format!("{} need you.", count(things, "thing", "things")),
        things => format!("{} things need you.", up_to(things, things)),
    }
}

fn total<T>(piles: &[Pile<T>]) -> u32 {
    piles.iter().fold(0, |all, pile| all.saturating_add(pile.total))
}

fn agents(today: &Today) -> String {
    let working = || today.agents.iter().filter(|row| matches!(row.mode, Mode::Live | Mode::Shadow));
    let stopped = working().filter(|row| row.stop.is_some() || row.unreadable).count();
    let running = u32::try_from(working().count() - stopped).unwrap_or(u32::MAX);
    match stopped {
        0 => format!("{} running.", count(running, "agent", "agents")),
        _ => format!("{} running, {stopped} stopped.", count(running, "agent", "agents")),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        id::{AgentId, EntryId, RequestId},
        state::Outcome,
        view::{AgentLink, BreachView},
    };

    use super::*;

    fn today(waiting: u32, breaches: u32) -> Today {
        let agent = AgentLink { id: AgentId(Default::default()), slug: "support".into(), name: "Support agent".into() };
        let breach = BreachView {
            entry: EntryId(Default::default()),
            request: RequestId(Default::default()),
            agent: agent.clone(),
            sentence: String::new(),
            outcome: Outcome::Succeeded,
            granted: false,
            at: Default::default(),
        };
        Today {
            waiting_for_me: waiting,
            more_waits: false,
            oldest_waiting: None,
            agents: Vec::new(),
            breaches: vec![Pile { agent, total: breaches, until: Default::default(), first: vec![breach] }],
            unknown: Vec::new(),
            proposals: Vec::new(),
            changes: Vec::new(),
            short: Vec::new(),
            unclaimed: Vec::new(),
            late: Vec::new(),
            now: Default::default(),
        }
    }

    #[test]
    fn the_first_line_counts_what_the_reader_can_do() {
        assert_eq!(first_line(&today(2, 1), true), "3 things need you.");
        assert_eq!(first_line(&today(0, 1), true), "1 thing needs you.");
        assert_eq!(first_line(&today(MOST_WAITING - 1, 0), true), "999 things need you.");
        assert_eq!(first_line(&today(MOST_WAITING, 5), true), "1,004+ things need you.");
        assert_eq!(first_line(&today(2, 960), true), "962 things need you.");
        assert_eq!(first_line(&today(0, 1), false), "Nothing needs you. 0 agents running.");
        let more = |waiting| Today { more_waits: true, ..today(waiting, 0) };
        assert_eq!(first_line(&more(1), true), "1+ things need you.");
        assert_eq!(first_line(&more(0), true), "Something may need you: not all that waits is counted.");
    }
}
