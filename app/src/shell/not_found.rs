use leptos::prelude::*;

use super::Framed;
use crate::{error::UiError, ui::LoadError};

/// For an address that leads nowhere.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Framed>
            <LoadError error=UiError::NotFound/>
        </Framed>
    }
}
