//! Answers what windows and commands ask.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use tamis_core::api::{BatchId, Event, MailId, MailRow, RefusedKind, Reply, Request, Status};
use tokio::sync::{broadcast, oneshot};

use super::{
    Agent, account::Order, accounts, backfill, backup, bootstrap, digest, doubts, figures, held, learned, lessons,
    lists, message, pause, peers, people, report, review, settings, sign_in, unsubscribe, waiting,
};
use crate::{
    autostart::Autostart,
    clock, german,
    mailbox::FolderName,
    network::NetworkState,
    route,
    store::{
        self, AccountId, StoreError, batch,
        bootstrap::Wish,
        history,
        journal::Kind,
        mail, original,
        progress::{self, Progress},
        undo, views,
    },
    tongue,
    words::count,
};

/// How long a command waits for the server before it says that the change will be made later.
const PATIENCE: Duration = Duration::from_secs(15);

/// The same, if the change also concerns an account that nobody watches.
const UNWATCHED_PATIENCE: Duration = Duration::from_secs(2);

/// How long the window waits for the text of a message.
const PREVIEW_PATIENCE: Duration = Duration::from_secs(20);

/// What fits into one answer.
const MOST_CHANGES: u32 = 10_000;

/// Answers one request, in the language of whoever asks.
#[expect(clippy::too_many_lines, reason = "a table, one arm for each request")]
pub(super) async fn answer(agent: &Agent, request: Request) -> Reply {
    let answered = match request {
        Request::Hello { .. } => {
            Ok(Reply::Refused { text: "one greeting is enough".to_owned(), kind: RefusedKind::Person })
        }
        Request::Status => status(agent).await,
        Request::List { query, offset, limit } => review::list(agent, query, offset, limit).await,
        Request::Mail(id) => message::detail(agent, id).await,
        Request::Unsubscribe { id, by_message } => unsubscribe::leave(agent, id, by_message).await,
        Request::Release(ids) => change(agent, Kind::Release, ids).await,
        Request::MarkSpam(ids) => change(agent, Kind::Spam, ids).await,
        Request::MarkHam(ids) => change(agent, Kind::Ham, ids).await,
        Request::Undo(batch) => take_back(agent, batch).await,
        Request::Train { label, paths } => Ok(lessons::train(agent, &label, paths).await),
        Request::Untrain { paths } => Ok(lessons::untrain(agent, paths).await),
        Request::ImportLessons { path } => Ok(lessons::import(agent, path).await),
        Request::RenewLessons => Ok(lessons::renew(agent).await),
        Request::TestAccount(form) => Ok(accounts::test(agent, &form).await),
        Request::AddAccount(form) => Ok(accounts::add(agent, &form).await),
        Request::Autostart { is_on } => Ok(accounts::autostart(agent, is_on).await),
        Request::FindServers { address } => Ok(accounts::find_servers(agent, &address).await),
        Request::RemoveAccount { name } => accounts::remove(agent, &name).await,
        Request::CheckNow => Ok(check_now(agent)),
        Request::History { limit } => history(agent, limit).await,
        Request::Held { account, file } => held::answer(agent, &account, file).await,
        Request::Entries { after } => lists::entries(agent, after).await,
        Request::AddEntries { entries, is_import } => lists::add(agent, entries, is_import).await,
        Request::RemoveEntry(id) => lists::remove(agent, id).await,
        Request::SwitchEntry { id, is_on } => lists::switch(agent, id, is_on).await,
        Request::SendDigest { account } => Ok(digest::ask(agent, &account).await),
        Request::Open { link } => digest::open(agent, &link).await,
        Request::Backfill { account, days } => backfill::begin(agent, &account, days).await,
        Request::AddPeers(addresses) => peers::add(agent, addresses).await,
        Request::ForgetPeer(address) => peers::forget(agent, &address).await,
        Request::SteerBackfill { account, steer } => backfill::steer(agent, &account, steer).await,
        Request::JudgeWaiting { account } => waiting::hurry(agent, &account).await,
        Request::Learn { account, junk, is_rehearsal } => {
            let wish = Wish { has_junk: junk, is_rehearsal, most: agent.shared.config().learn_most() };
            bootstrap::begin(agent, &account, wish).await
        }
        Request::SteerLearning { account, steer } => bootstrap::steer(agent, &account, steer).await,
        Request::Route { account, selectors } => Ok(route_of(agent, &account, &selectors).await),
        Request::ReportSpam(id) => report::report(agent, id).await,
        Request::Delete(ids) => message::delete(agent, ids).await,
        Request::Source(id) => message::source(agent, id).await,
        Request::People { search, order, offset, limit } => people::list(agent, search, order, (offset, limit)).await,
        Request::Person(address) => people::person(agent, &address).await,
        Request::ImportLists { path } => lists::import(agent, &path).await,
        Request::ExportLists { path, is_forced } => lists::export(agent, &path, is_forced).await,
        Request::Lessons { source, offset, limit } => learned::page(agent, source, offset, limit).await,
        Request::Unlearn(keys) => learned::unlearn(agent, &keys).await,
        Request::ResetLearning => learned::reset(agent).await,
        Request::ExportLessons { path } => Ok(learned::export(agent, &path).await),
        Request::Word(word) => learned::look_up(agent, word).await,
        Request::Outline(query) => review::outline(agent, query).await,
        Request::Rows(ids) => review::rows(agent, ids).await,
        Request::FindText { query, account } => review::find_text(agent, query, &account).await,
        Request::UnsubscribeAll(ids) => unsubscribe::leave_all(agent, ids).await,
        Request::ListSenders { ids, side, has_domain } => review::list_senders(agent, ids, &side, has_domain).await,
        Request::Settings => Ok(settings::view(agent).await),
        Request::SetSetting { key, value } => settings::set(agent, key, value).await,
        Request::Histogram { days } => figures::histogram(agent, days).await,
        Request::Statistics { days, account, least } => figures::statistics(agent, days, account, least).await,
        Request::Pause(time) => pause::begin(agent, time).await,
        Request::Resume => pause::end(agent).await,
        Request::Looks(is_looking) => Ok(doubts::looks(agent, is_looking).await),
        Request::SignIn(request) => Ok(sign_in::answer(agent, request).await),
        Request::LookAtAccount { account } => Ok(accounts::look_at(agent, &account).await),
        Request::Arrange { account, arrangement } => Ok(accounts::arrange(agent, account, arrangement).await),
        Request::Backup { path, passphrase, is_forced } => Ok(backup::make(agent, &path, passphrase, is_forced).await),
        Request::Restore { path, passphrase, has_secrets, is_forced } => {
            Ok(backup::restore(agent, &path, passphrase, (has_secrets, is_forced)).await)
        }
    };
    german::answered(answered.unwrap_or_else(|error| refused(&error)))
}

/// What the store's failure means to the person.
fn refused(error: &StoreError) -> Reply {
    let kind = match error {
        StoreError::UnknownMail(_)
        | StoreError::UnknownBatch(_)
        | StoreError::AlreadyUndone(_)
        | StoreError::EmptyBatch => RefusedKind::Person,
        StoreError::InUse { .. }
        | StoreError::Prepare { .. }
        | StoreError::Open { .. }
        | StoreError::Migrate(_)
        | StoreError::Database { .. }
        | StoreError::UnknownIntent(_)
        | StoreError::Unread(_)
        | StoreError::Panicked
        | StoreError::Closed => RefusedKind::Outside,
    };
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}")).unwrap_or_default();
    Reply::Refused { text: format!("{error}{cause}"), kind }
}

async fn status(agent: &Agent) -> Result<Reply, StoreError> {
    let shared = &agent.shared;
    let (counts, pending, undoable, (archived, archive_bytes)) = shared
        .store
        .run(|db| Ok((views::counts(db)?, progress::pending_count(db)?, undo::undoable(db)?, original::totals(db)?)))
        .await?;
    let accounts = held::accounts(agent).await?;
    let trained = shared.teacher.trained();
    let settings = shared.settings_problem.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    Ok(Reply::Status(Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        accounts,
        trained_ham: trained.ham,
        trained_spam: trained.spam,
        judged: counts.judged,
        filed: counts.filed,
        to_review: counts.to_review,
        pending,
        problems: settings
            .into_iter()
            .chain(shared.rule_problems())
            .chain(shared.lists_problem())
            .chain(shared.archive.problem())
            .chain(shared.world().troubles())
            .chain(shared.board.problems())
            .collect(),
        undoable,
        archived: u32::try_from(archived).unwrap_or(u32::MAX),
        archive_bytes,
        network: network_word(shared.network.state()).to_owned(),
        paused_until: shared.paused_until(),
        starts_at_login: Autostart::of(&shared.home).is_ok_and(|autostart| autostart.is_on()),
    }))
}

/// How mail comes to an account.
async fn route_of(agent: &Agent, name: &str, selectors: &[String]) -> Reply {
    let config = agent.shared.config();
    let found = config.accounts().iter().find(|account| name.is_empty() || account.name == name);
    match found {
        Some(account) => Reply::Route(Box::new(route::look(&agent.shared.world(), account, selectors).await)),
        None => Reply::Refused { text: format!("there is no account `{name}`"), kind: RefusedKind::Person },
    }
}

async fn history(agent: &Agent, limit: u32) -> Result<Reply, StoreError> {
    let changes = agent.shared.store.run(move |db| history::newest(db, limit.min(MOST_CHANGES))).await?;
    Ok(Reply::History(changes))
}

/// How the network is, for people.
fn network_word(state: NetworkState) -> &'static str {
    match state {
        NetworkState { is_online: false, .. } => "offline",
        NetworkState { is_metered: Some(true), .. } => "metered",
        NetworkState { .. } => "online",
    }
}

/// The row with its folder's name as people write it.
pub(super) fn named(mut row: MailRow) -> MailRow {
    row.folder = match row.folder.as_str() {
        "INBOX" => tongue::inbox().to_owned(),
        wire => FolderName::from_wire(wire).shown().into_owned(),
    };
    row
}

/// A message, fetched from the server: nothing of it is kept on this machine.
pub(super) async fn whole(agent: &Agent, account: AccountId, id: MailId) -> Result<Vec<u8>, String> {
    let Some((name, orders)) = agent.shared.orders_of(account) else {
        return Err("The account of this message is no longer watched".to_owned());
    };
    let away = || format!("The message cannot be shown while {name} is not connected");
    let (reply, fetched) = oneshot::channel();
    orders.try_send(Order::Show { mail: id, reply }).map_err(|_full| away())?;
    match tokio::time::timeout(PREVIEW_PATIENCE, fetched).await {
        Ok(Ok(Some(raw))) => Ok(raw),
        Ok(Ok(None)) => Err("The message is no longer on the server".to_owned()),
        Ok(Err(_)) | Err(_) => Err(away()),
    }
}

/// Does something to a selection as one change: first written down, then done, as soon as the server can be reached.
pub(super) async fn change(agent: &Agent, kind: Kind, ids: Vec<MailId>) -> Result<Reply, StoreError> {
    let ids: BTreeSet<MailId> = ids.into_iter().collect();
    let messages = count(ids.len(), "message");
    let text = match kind {
        Kind::Release => format!("release of {messages}"),
        Kind::Spam => format!("{messages} marked as spam"),
        Kind::Ham | Kind::File | Kind::Undo | Kind::Hold | Kind::Free | Kind::Delete => {
            format!("{messages} marked as good")
        }
    };
    // The person's word counts as from now, also for what is pending: so it is written down in one step.
    let (batch, accounts) = agent
        .shared
        .store
        .run(move |db| {
            let mut items = Vec::new();
            let mut accounts = Vec::new();
            for id in ids {
                let found = mail::mail(db, id)?.ok_or(StoreError::UnknownMail(id))?;
                items.push(batch::item_for(db, kind, &found)?);
                accounts.push(found.judged.account);
            }
            Ok((batch::begin_batch(db, kind, &text, &items, clock::now())?, accounts))
        })
        .await?;
    let done = match kind {
        Kind::Release => format!("{messages} released and learned as good"),
        Kind::Spam => format!("{messages} learned as spam and filed"),
        Kind::Ham | Kind::File | Kind::Undo | Kind::Hold | Kind::Free | Kind::Delete => {
            format!("{messages} learned as good")
        }
    };
    carry_out(agent, batch, accounts, done, Some(batch)).await
}

async fn take_back(agent: &Agent, batch: Option<BatchId>) -> Result<Reply, StoreError> {
    if let Some(change) = agent.shared.store.run(move |db| store::settings::change(db, batch)).await? {
        return settings::take_back(agent, change, batch.is_none()).await;
    }
    let shared = std::sync::Arc::clone(&agent.shared);
    let begun = agent.shared.store.run(move |db| {
        let undo = undo::begin_undo(db, batch, clock::now())?;
        shared.follow_lists(db);
        if undo.as_ref().is_some_and(|undo| 0 < undo.lessons) {
            shared.teacher.outdate();
        }
        Ok(undo)
    });
    let undo = begun.await?;
    // In a task of its own: whoever asked may go away meanwhile.
    tokio::spawn(std::sync::Arc::clone(&agent.shared).follow_lessons()).await.ok();
    let Some(undo) = undo else {
        return Ok(Reply::Refused { text: "there is nothing to undo".to_owned(), kind: RefusedKind::Person });
    };
    let done = format!("undone: {}", undo.text);
    carry_out(agent, undo.batch, undo.accounts.into_iter().collect(), done, None).await
}

/// Lets the accounts work, and waits for them, but not for ever.
pub(super) async fn carry_out(
    agent: &Agent,
    batch: BatchId,
    mut accounts: Vec<AccountId>,
    done: String,
    undo: Option<BatchId>,
) -> Result<Reply, StoreError> {
    let mut events = agent.shared.events.subscribe();
    accounts.sort_unstable();
    accounts.dedup();
    let watched: Vec<_> = accounts.iter().filter_map(|account| agent.shared.orders_of(*account)).collect();
    for (_, orders) in &watched {
        // A full queue means that the account is about to look anyway.
        orders.try_send(Order::Perform).ok();
    }
    agent.shared.announce(Event::MailChanged);
    // An account that was taken out of the settings is nothing to wait for.
    let (patience, when) = if watched.len() == accounts.len() {
        (PATIENCE, "once the server can be reached")
    } else {
        (UNWATCHED_PATIENCE, "once every account concerned is watched again")
    };
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        let progress = agent.shared.store.run(move |db| progress::of_batch(db, batch)).await?;
        if progress.open == 0 {
            return Ok(outcome(&progress, done, undo));
        }
        if progress.open == progress.delayed {
            let why = progress.delay.as_deref().unwrap_or("no reason given");
            let messages = count(progress.open, "message");
            let text = format!("not done yet for {messages}: {why}. Tamis goes on trying");
            return Ok(Reply::Done { text, undo });
        }
        match tokio::time::timeout_at(deadline, events.recv()).await {
            Ok(Ok(_) | Err(broadcast::error::RecvError::Lagged(_))) => {}
            Ok(Err(broadcast::error::RecvError::Closed)) | Err(_) => {
                let text = format!("written down; {} will follow {when}", count(progress.open, "message"));
                return Ok(Reply::Done { text, undo });
            }
        }
    }
}

fn outcome(progress: &Progress, done: String, undo: Option<BatchId>) -> Reply {
    let mut faults = BTreeMap::new();
    if 0 < progress.gone {
        faults.insert(
            "gone",
            format!("{} not found any more: moved or deleted by another program", count(progress.gone, "message")),
        );
    }
    if 0 < progress.refused {
        let why = progress.error.as_deref().unwrap_or("no reason given");
        faults.insert("refused", format!("the server refused {}: {why}", count(progress.refused, "message")));
    }
    if faults.is_empty() {
        return Reply::Done { text: done, undo };
    }
    let faults = faults.into_values().collect::<Vec<_>>().join("; ");
    if progress.done == 0 {
        return Reply::Refused { text: faults, kind: RefusedKind::Outside };
    }
    Reply::Done { text: format!("{done}, but {faults}"), undo }
}

pub(super) fn check_now(agent: &Agent) -> Reply {
    if agent.shared.paused_until().is_some() {
        let text = "filtering is paused; go on with it to look for new mail".to_owned();
        return Reply::Refused { text, kind: RefusedKind::Person };
    }
    for orders in agent.shared.all_orders() {
        orders.try_send(Order::Look).ok();
    }
    Reply::Done { text: "looking for new mail".to_owned(), undo: None }
}
