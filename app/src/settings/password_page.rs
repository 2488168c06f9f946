use leptos::prelude::*;

use super::nav::SettingsNav;
use crate::{
    paths,
    server::actor,
    ui::{DoneNote, NewPassword, Notice, PageTitle, Submit, TextField, Tone, by_reader, loaded, said},
};

/// In the context of the page that is the answer to a password that was not changed.
#[derive(Clone, Copy)]
pub enum PasswordRefusal {
    Wrong,
    Slow,
    Length,
    Same,
    Differ,
    ChangedMeanwhile,
}

/// Where people change their own password.
#[component]
pub fn PasswordPage() -> impl IntoView {
    let page = async {
        let actor = actor().await?;
        Ok(view! {
            <PageTitle title="Your password" lead=LEAD/>
            <SettingsNav actor here="Your password"/>
            <div role="alert" class="error-note" data-said=said()>
                {use_context::<PasswordRefusal>().map(|why| view! { <Notice tone=Tone::Bad>{words(why)}</Notice> })}
            </div>
            <form class="form" action=by_reader(&paths::own_password()) method="post">
                <TextField
                    label="Old password"
                    name="old_password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                />
                <NewPassword label="New password"/>
                <NewPassword label="New password, once more" name="password_again" hint=""/>
                <Submit label="Change my password" tone=Tone::Accent/>
            </form>
        })
    };
    view! {
        <DoneNote/>
        {loaded(page)}
    }
}

const LEAD: &str = "You stay signed in here. Everywhere else you are signed out.";

fn words(why: PasswordRefusal) -> &'static str {
    match why {
        PasswordRefusal::Wrong => "The old password is not right, so nothing was changed.",
        PasswordRefusal::Slow => "Too many attempts, so nothing was changed. Wait ten minutes, then try again.",
        PasswordRefusal::Length => "A password has 12 to 200 characters, so nothing was changed.",
        PasswordRefusal::Same => "The new password is the old one, so nothing was changed.",
        PasswordRefusal::Differ => "The new password is not the same both times, so nothing was changed.",
        PasswordRefusal::ChangedMeanwhile => {
            "Your password was changed by somebody else meanwhile, so it was not changed now."
        }
    }
}
