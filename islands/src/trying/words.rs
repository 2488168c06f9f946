//! A decision in words.

use domain::{
    decision::{Layer, Need, Reason, Verdict},
    permission::Otherwise,
    sentence::{Names, duration, value},
};

/// The tone of its badge, its icon, and its word.
pub(super) fn badge(verdict: &Verdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        Verdict::Allowed => ("good", "check", "Allowed"),
        Verdict::NeedsApproval { .. } => ("waiting", "person", "Asks a person"),
        Verdict::Denied => ("neutral", "deny", "Denied"),
        Verdict::Paused => ("waiting", "pause", "Paused"),
        Verdict::Stopped => ("bad", "stop", "Stopped"),
        Verdict::Shadowed { .. } => ("neutral", "shadow", "Shadow only"),
    }
}

/// What would happen, in sentences.
pub(super) fn happens(verdict: &Verdict, names: &Names) -> Vec<String> {
    match verdict {
        Verdict::Allowed => vec!["It is carried out, and nobody is asked.".to_owned()],
        Verdict::NeedsApproval { needs } => {
            let mut all: Vec<String> = needs.iter().map(|need| asked(need, names)).collect();
            if needs.iter().filter(|need| !need.same_person).count() > 1 {
                all.push("Different people decide for each queue.".to_owned());
            }
            all
        }
        Verdict::Denied => vec!["It is not carried out, and nobody is asked.".to_owned()],
        Verdict::Paused => vec!["It is not carried out as long as the circuit breaker is open.".to_owned()],
        Verdict::Stopped => vec!["It is not carried out.".to_owned()],
        Verdict::Shadowed { would } => {
            let mut all = vec![format!(
                "It is judged and recorded, and never carried out. Otherwise: {}.",
                badge(would).2.to_lowercase()
            )];
            all.extend(happens(would, names).into_iter().filter(|_| matches!(**would, Verdict::NeedsApproval { .. })));
            all
        }
    }
}

fn asked(need: &Need, names: &Names) -> String {
    let called = |slug: &String| value(names.queues.get(slug).unwrap_or(slug));
    let (who, decide) = match need.needed {
        0 | 1 => ("One person".to_owned(), "decides"),
        n => (format!("{n} different people"), "decide"),
    };
    let late = match &need.otherwise {
        Otherwise::Reject => "it is rejected".to_owned(),
        Otherwise::Escalate { queue, within_s } => {
            format!("it goes to {}, who have {}", called(queue), duration(*within_s))
        }
    };
    format!("{who} from {} {decide} within {}; otherwise {late}.", called(&need.queue), duration(need.within_s))
}

/// "What it may do: Beyond the hard limit."
pub(super) fn reason(reason: &Reason) -> String {
    let layer = match reason.layer {
        Layer::Stop => "The stop",
        Layer::Agent => "The agent",
        Layer::Integration => "The integration",
        Layer::DataAccess => "What it may read",
        Layer::ActionScope => "What it may do",
        Layer::ApprovalThresholds => "When a person decides",
        Layer::AuditLogging => "What is recorded",
        Layer::Tightening => "A tightening",
    };
    format!("{layer}: {}", reason.text)
}
