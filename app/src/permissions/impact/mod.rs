//! What the draft would have changed: the past, judged by what is in force and by the draft.

mod calls;
mod cases;
mod coverage;
mod figures;
mod given;
mod load;
mod page;
mod standing;

pub use calls::CALLS;
pub use given::MOST_GIVEN;
pub use page::ImpactPage;
