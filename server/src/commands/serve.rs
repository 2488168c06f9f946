use std::io::Write;

use tokio::net::TcpListener;

use crate::{
    config::{DatabaseConfig, ServeConfig},
    serve::{Database, Fault, address, house, migrate as bring_up_to_date, serve, site_is_built},
};

pub async fn run(database: &DatabaseConfig, config: ServeConfig) -> Result<(), Fault> {
    let mut database = Database::open(database).await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let house = house(database.governance.clone(), config.clone());
    let address = address(listener.local_addr()?, config.public_url.as_deref());
    if !site_is_built(&house.leptos) {
        eprintln!(
            "reins: no client in `{}`: pages work, but without live updates (set REINS_SITE)",
            house.leptos.site_root
        );
    }
    say(&format!("Reins is at {address}"));
    if !database.governance.has_admin().await? {
        say(&format!("There is no admin yet. Make the first at {address}/setup with the code {}", house.setup_code));
    }
    let served = tokio::select! {
        served = serve(house, listener) => served,
        never = database.keep_running() => match never {},
    };
    database.close().await?;
    served
}

/// Whoever started it may not listen any more, which is no reason to end.
fn say(words: &str) {
    let _ = writeln!(std::io::stdout(), "{words}");
}

pub async fn migrate(config: &DatabaseConfig) -> Result<(), Fault> {
    match (&config.migrate_url, &config.database_url) {
        (Some(owner), Some(server)) => bring_up_to_date(owner, server).await?,
        (None, Some(_)) => return Err("REINS_MIGRATE_URL has to name the owner's role".into()),
        (Some(_), None) => return Err("DATABASE_URL has to name the server's role, which is let in".into()),
        (None, None) => Database::open(config).await?.close().await?,
    }
    println!("The schema is up to date.");
    Ok(())
}
