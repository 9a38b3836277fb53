//! The people who write, for windows: read beside the store, which has more urgent things to do.

use tamis_core::{
    api::{PeopleOrder, PersonDetail, RefusedKind, Reply},
    mail::Address,
};
use tokio::task::spawn_blocking;

use super::{Agent, requests::named};
use crate::{
    clock,
    store::{StoreError, glimpse::Glimpse, people::Wanted},
    tongue,
};

/// Looks at the store from beside it, in the language of whoever asked.
pub(super) async fn look<T: Send + 'static>(
    agent: &Agent,
    look: impl FnOnce(&Glimpse) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    let path = agent.shared.home.database();
    let language = tongue::asked();
    let looking = spawn_blocking(move || tongue::on_thread(language, || look(&Glimpse::open(&path)?)));
    looking.await.unwrap_or(Err(StoreError::Panicked))
}

/// The people that are wanted.
pub(super) async fn list(
    agent: &Agent,
    search: String,
    order: PeopleOrder,
    (offset, limit): (u32, u32),
) -> Result<Reply, StoreError> {
    let config = agent.shared.config();
    let own = config.accounts().iter().map(|account| account.address.to_string().to_ascii_lowercase()).collect();
    let wanted = Wanted { search, order, offset, limit, own };
    let (rows, total) = look(agent, move |glimpse| glimpse.people(&wanted, clock::now())).await?;
    Ok(Reply::People { rows, total })
}

/// Everything about one of them.
pub(super) async fn person(agent: &Agent, written: &str) -> Result<Reply, StoreError> {
    // Mail may come from what is no address; the list has it as it was written.
    let address = Address::parse(written).map_or_else(|| written.to_owned(), |address| address.to_string());
    let address = address.to_ascii_lowercase();
    let found = look(agent, move |glimpse| glimpse.person(&address, clock::now())).await?;
    let Some((detail, last)) = found else {
        let text = format!("nobody with the address {written:?} has written, and you have not written there");
        return Ok(Reply::Refused { text, kind: RefusedKind::Person });
    };
    let last = last.into_iter().map(|view| named(view.row)).collect();
    Ok(Reply::Person(Box::new(PersonDetail { last, ..detail })))
}
