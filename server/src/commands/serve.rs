use std::io::Write;

use crate::{
    away,
    config::{DatabaseConfig, ServeConfig},
    listen::most_connections,
    room::Room,
    serve::{
        BACKLOG, Database, Fault, address, bind, elsewhere, end, house, migrate as bring_up_to_date, serve,
        site_is_built,
    },
};

pub async fn run(configured: &DatabaseConfig, config: ServeConfig) -> Result<(), Fault> {
    let socket = bind(config.listen)?;
    let most = most_connections();
    let mut socket = Some(socket);
    let mut early = None;
    if let Some(governance) = elsewhere(configured)?
        && !governance.is_there().await
    {
        let listener = socket.take().ok_or("no socket")?.listen(BACKLOG)?;
        let address = address(listener.local_addr()?, config.public_url.as_deref());
        say(&format!("Reins is at {address}"));
        tracing::error!("the database does not answer: nothing is allowed until it does");
        tokio::select! {
            () = away::until_there(&listener, most, &governance) => {}
            () = end() => return Ok(()),
        }
        early = Some(listener);
    }
    let mut database = Database::open(configured).await?;
    if !config.allow_data_loss && !database.governance.is_durable().await? {
        return Err("PostgreSQL may lose what it has confirmed: switch its fsync and full_page_writes on, \
                    or allow it by --allow-data-loss"
            .into());
    }
    let told = early.is_some();
    let listener = match (early, socket) {
        (Some(listener), _) => listener,
        (None, Some(socket)) => socket.listen(BACKLOG)?,
        (None, None) => return Err("no socket".into()),
    };
    let house = house(database.governance.clone(), config.clone());
    let address = address(listener.local_addr()?, config.public_url.as_deref());
    if !site_is_built(&house.leptos) {
        let _ = writeln!(
            std::io::stderr(),
            "reins: no client in `{}`: pages work, but without live updates (set REINS_SITE)",
            house.leptos.site_root
        );
    }
    if !told {
        say(&format!("Reins is at {address}"));
    }
    if !database.governance.has_admin().await? {
        say(&format!("There is no admin yet. Make the first at {address}/setup with the code {}", house.setup_code));
    }
    let room = configured.database_url.is_none().then(|| Room::of(&configured.data_dir()));
    let served = tokio::select! {
        served = serve(house, listener, most, room) => served,
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
