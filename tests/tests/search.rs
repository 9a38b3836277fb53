//! Lists and searches over the socket, against a real server: the text of mail is searched where it is, and what is done with
//! the senders of a selection is taken back in one step.

#![expect(clippy::wildcard_enum_match_arm, reason = "any other answer fails the test")]

use anyhow::{Context as _, Result, bail, ensure};
use tamis_agent::{client::Client, paths::Home};
use tamis_core::api::{FoundText, ListOrder, ListQuery, MailId, MailRow, Outline, Reply, Request, Show, Span};
use tamis_tests::{letter::Letter, world::World};
use xtask::dovecot::Options;

#[test]
fn the_text_of_mail_is_searched_on_the_server_in_any_case_and_language() -> Result<()> {
    let mut world = World::started(Options::default())?;
    let wanted =
        Letter::write("plain", "Dana <dana@example.org>", "Hello Robin,\r\nthe zephyr blows on Thursday.\r\n")?;
    let spam = Letter::spam("zephyr-offers")?;
    let accents = Letter::write("accents", "Dana <dana@example.org>", "Die Überziehung kostet 5 € am Tag.\r\n")?;
    let packed = in_base64("packed", "Die Überziehung ist bezahlt.\r\n")?;
    for letter in [&wanted, &spam, &accents, &packed] {
        world.deliver(letter)?;
    }
    world.wait_judged(4)?;
    let junk = world.junk.clone();
    world.wait_for_place(&spam, &junk)?;

    let mut client = client(&world)?;
    let id = |letter: &Letter| anyhow::Ok(MailId(i64::try_from(world.row(letter)?.id)?));
    let all = |search: &str| ListQuery { show: Show::All, search: search.to_owned(), ..ListQuery::default() };
    for (query, want) in [
        (all("zephyr"), vec![id(&wanted)?, id(&spam)?]),
        (all("ZEPHYR blows on"), vec![id(&wanted)?]),
        (all("überziehung"), vec![id(&accents)?, id(&packed)?]),
        (all("ÜBERZIEHUNG kostet"), vec![id(&accents)?]),
        (all("5 €"), vec![id(&accents)?]),
        (all("no such thing"), vec![]),
        (all("say \"hi\" \\"), vec![]),
        (ListQuery { class: "spam".to_owned(), ..all("zephyr") }, vec![id(&spam)?]),
    ] {
        let found = find(&mut client, &query)?;
        assert_eq!((sorted(found.ids.clone()), found.unseen), (sorted(want), 0), "{query:?}");
        // What is found in the text alone joins the list.
        let listed = outline(&mut client, ListQuery { also: found.ids.clone(), ..query.clone() })?;
        ensure!(found.ids.iter().all(|id| listed.ids.contains(id)), "{query:?}: {listed:?}");
    }
    assert_eq!(outline(&mut client, all("blows"))?.ids, [], "the text is not in the database");
    let shown = world.agent.say(&["junk", "--all", "--json", "--search", "blows on"])?;
    assert_eq!(shown.lines().filter(|line| line.starts_with('{')).count(), 1, "{shown}");

    let unknown = client.call(Request::FindText { query: all("zephyr"), account: "nobody".to_owned() })?;
    ensure!(matches!(unknown, Reply::Refused { .. }), "{unknown:?}");
    world.proxy.refuse("UID SEARCH CHARSET", "NO [BADCHARSET (US-ASCII)] no");
    assert_eq!(find(&mut client, &all("überziehung"))?.unseen, 4, "a server that knows no other charset is said");
    // The account goes on with its work.
    world.wait_for_all("afterwards")
}

#[test]
fn a_list_is_filtered_ordered_and_paged() -> Result<()> {
    let world = World::started(Options::default())?;
    let letters = [Letter::ham("one")?, Letter::spam("two")?, Letter::ham("three")?, Letter::spam("four")?];
    for (number, letter) in letters.iter().enumerate() {
        world.deliver(letter)?;
        world.wait_judged(u64::try_from(number)? + 1)?;
    }
    let mut client = client(&world)?;
    let all = || ListQuery { show: Show::All, ..ListQuery::default() };
    let subjects = |rows: &[MailRow]| rows.iter().map(|row| row.subject.clone()).collect::<Vec<_>>();
    let (rows, total) = page(&mut client, all(), 0, 10)?;
    let in_order = subjects(&rows);
    assert_eq!((in_order.len(), total), (4, 4));
    let (middle, total) = page(&mut client, all(), 1, 2)?;
    assert_eq!((subjects(&middle), total), (in_order[1..3].to_vec(), 4));
    let (spam, total) = page(&mut client, ListQuery { class: "spam".to_owned(), ..all() }, 0, 10)?;
    assert_eq!(total, 2);
    ensure!(spam.iter().all(|row| row.class == "spam"), "{spam:?}");
    let today = ListQuery { span: Span::Today, account: rows[0].account.clone(), ..all() };
    assert_eq!(page(&mut client, today.clone(), 0, 10)?.1, 4);
    assert_eq!(page(&mut client, ListQuery { account: "nobody".to_owned(), ..today }, 0, 10)?.1, 0);

    let doubtful = ListQuery { order: ListOrder::MostDoubtful, ..all() };
    let (rows, _) = page(&mut client, doubtful.clone(), 0, 10)?;
    let Reply::Mail(mail) = client.call(Request::Mail(rows[0].id))? else { bail!("no message") };
    let far: Vec<f64> = rows.iter().map(|row| (row.score - mail.junk_threshold).abs()).collect();
    ensure!(far.is_sorted(), "{far:?}");
    let listed = outline(&mut client, doubtful)?;
    assert_eq!(listed.ids, rows.iter().map(|row| row.id).collect::<Vec<_>>());
    let Reply::Rows(some) = client.call(Request::Rows(vec![listed.ids[3], MailId(999)]))? else { bail!("no rows") };
    assert_eq!(subjects(&some), [rows[3].subject.clone()]);
    Ok(())
}

#[test]
fn the_senders_of_a_selection_are_accepted_as_one_change_that_is_taken_back() -> Result<()> {
    let world = World::started(Options::default())?;
    let from = |name: &str, from: &str| Letter::write(name, from, "See you on Thursday.\r\n");
    let letters = [
        from("first", "Ann <ann@shop.example>")?,
        from("second", "Ann again <ANN@shop.example>")?,
        from("third", "Bob <bob@bank.example>")?,
        from("own", "Robin <robin@example.org>")?,
    ];
    for letter in &letters {
        world.deliver(letter)?;
    }
    world.wait_judged(4)?;
    let mut client = client(&world)?;
    let ids = outline(&mut client, ListQuery { show: Show::All, ..ListQuery::default() })?.ids;
    let mut list = |ids: &[MailId], side: &str, has_domain| {
        client.call(Request::ListSenders { ids: ids.to_vec(), side: side.to_owned(), has_domain })
    };
    let entries = || world.agent.say(&["list", "show"]);
    let Reply::Done { text, undo: Some(batch) } = list(&ids, "accept", false)? else { bail!("not done") };
    assert_eq!(text, "mail from 3 senders is always accepted from now on");
    for value in ["ann@shop.example", "bob@bank.example"] {
        ensure!(entries()?.contains(value), "{}", entries()?);
    }
    let Reply::Done { text, undo: None } = list(&ids, "accept", false)? else { bail!("done again") };
    assert_eq!(text, "mail from 3 senders is always accepted already");
    let Reply::Done { .. } = list(&ids, "block", true)? else { bail!("not done") };
    ensure!(entries()?.contains("shop.example"), "{}", entries()?);
    world.agent.say(&["undo"])?;
    world.agent.say(&["undo", &batch.0.to_string()])?;
    ensure!(!entries()?.contains(".example"), "{}", entries()?);
    let refused = list(&[], "accept", false)?;
    ensure!(matches!(refused, Reply::Refused { .. }), "{refused:?}");
    Ok(())
}

fn client(world: &World) -> Result<Client> {
    Ok(Client::connect(&Home::below(world.agent.home())?)?)
}

fn find(client: &mut Client, query: &ListQuery) -> Result<FoundText> {
    let Reply::Status(status) = client.call(Request::Status)? else { bail!("no status") };
    let account = status.accounts.first().context("there is no account")?.name.clone();
    match client.call(Request::FindText { query: query.clone(), account })? {
        Reply::FoundText(found) => Ok(found),
        other => bail!("{other:?}"),
    }
}

fn outline(client: &mut Client, query: ListQuery) -> Result<Outline> {
    match client.call(Request::Outline(query))? {
        Reply::Outline(outline) => Ok(outline),
        other => bail!("{other:?}"),
    }
}

fn page(client: &mut Client, query: ListQuery, offset: u32, limit: u32) -> Result<(Vec<MailRow>, u32)> {
    match client.call(Request::List { query, offset, limit })? {
        Reply::List { rows, total } => Ok((rows, total)),
        other => bail!("{other:?}"),
    }
}

fn sorted(mut ids: Vec<MailId>) -> Vec<MailId> {
    ids.sort_unstable();
    ids
}

/// A letter of which the text is packed for its way.
fn in_base64(name: &str, text: &str) -> Result<Letter> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut packed = String::new();
    for three in text.as_bytes().chunks(3) {
        let bits = (0..3).fold(0_u32, |bits, at| bits << 8 | u32::from(three.get(at).copied().unwrap_or(0)));
        for at in 0..4 {
            let letter = *ALPHABET.get(usize::try_from(bits >> (18 - 6 * at) & 63)?).context("six bits")?;
            packed.push(if at <= three.len() { letter.into() } else { '=' });
        }
    }
    let letter = Letter::write(name, "Dana <dana@example.org>", &format!("{packed}\r\n"))?;
    let raw = String::from_utf8(letter.raw)?;
    let raw = raw.replace("charset=utf-8\r\n", "charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n");
    Ok(Letter { raw: raw.into_bytes(), ..letter })
}
