//! Disks that are full, or take nothing any more: the agent says so, loses nothing, and goes on when it can.

#![expect(
    clippy::print_stdout,
    reason = "whoever runs it is told what was skipped, and in which words the agent complains"
)]

use std::{
    fs::{self, File},
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;
use tamis_tests::{
    faults::ledger::{Copy, Entry, Findings, Ledger, POLICY, Sort, Words, inventory},
    wait_until,
    world::{PATIENCE, USER, World, account, seconds_now},
};
use xtask::dovecot::Options;

/// Room for the store and some originals.
const MEGABYTES: u32 = 4;

/// After a disk that was full for a few tries the next one is at most so far away: 5 and 10 seconds, a quarter more each.
const NEXT_TRY: Duration = Duration::from_secs(40);

#[test]
fn with_a_full_disk_all_mail_stays_and_with_room_again_everything_is_done() -> Result<()> {
    let Some((mut world, disk)) = on_a_small_disk()? else { return Ok(()) };
    world.agent.start()?;
    disk.fill()?;
    let entries = entries()?;
    for entry in &entries {
        world.server.place(USER, &entry.letter.raw, seconds_now()?)?;
    }

    let text = world.agent.wait_for("say that the disk is full", PATIENCE, |status| {
        let account = account(status)?;
        let text = account.get("text")?.as_str()?.to_owned();
        (account.get("state")? == "Retrying" && says_full(&text)).then_some(text)
    })?;
    println!("{text}");
    all_as_delivered(&inventory(&mut world.eye)?, &entries)?;
    disk.make_room()?;

    world.agent.wait_for("go on by itself", NEXT_TRY, |status| {
        let number = |name: &str| status.get(name)?.as_u64();
        (number("judged")? == u64::try_from(entries.len()).ok()? && number("pending")? == 0).then_some(())
    })?;
    let mut words = Words::new();
    compare(&mut world, &entries, &words)?;
    // And the archive has what the policy took away.
    for entry in entries.iter().filter(|entry| [Sort::Tag, Sort::Strip, Sort::Delete].contains(&entry.sort)) {
        world.teach("release", &entry.letter)?;
        words.insert(entry.letter.subject.clone(), "INBOX");
    }
    compare(&mut world, &entries, &words)
}

#[test]
fn originals_that_find_no_room_are_waited_for_and_all_else_goes_on() -> Result<()> {
    let Some((mut world, _home)) = on_a_small_disk()? else { return Ok(()) };
    // The archive is begun.
    let first = Entry::new(Sort::Delete, 1)?;
    world.agent.start()?;
    world.server.place(USER, &first.letter.raw, seconds_now()?)?;
    world.wait_judged(1)?;
    world.agent.stop()?;
    let Some(disk) = Disk::on(&world.agent.home().join("archive"), "size=128k")? else { return Ok(()) };
    disk.fill()?;
    world.agent.start()?;
    let entries = entries()?;
    for entry in &entries {
        world.server.place(USER, &entry.letter.raw, seconds_now()?)?;
    }

    let text = world.agent.wait_for("say that there is no room", PATIENCE, |status| {
        let problems = status.get("problems")?.as_array()?;
        let mut texts = problems.iter().filter_map(|problem| problem.as_str());
        texts.find(|text| text.contains("archive") && says_full(text)).map(str::to_owned)
    })?;
    println!("{text}");
    for entry in entries.iter().filter(|entry| entry.sort == Sort::Junk) {
        world.wait_for_place(&entry.letter, "Junk")?;
    }
    // More looks than after which anything else is given up.
    let looks = || world.proxy.count("SELECT \"INBOX\"");
    let before = looks();
    wait_until("some looks", PATIENCE, || Ok((before + 8 <= looks()).then_some(())))?;
    all_as_delivered(&inventory(&mut world.eye)?, &entries)?;
    disk.make_room()?;

    world.wait_judged(u64::try_from(entries.len())? + 1)?;
    compare(&mut world, &[vec![first], entries].concat(), &Words::new())
}

#[test]
fn a_wish_on_a_full_disk_is_refused_in_plain_words_and_changes_nothing() -> Result<()> {
    let Some((mut world, disk)) = on_a_small_disk()? else { return Ok(()) };
    world.agent.start()?;
    let entry = Entry::new(Sort::Junk, 0)?;
    world.server.place(USER, &entry.letter.raw, seconds_now()?)?;
    world.wait_for_place(&entry.letter, "Junk")?;
    world.wait_judged(1)?;
    let row = world.row(&entry.letter)?;
    disk.fill()?;

    // What is there of the database may have room for a few words more.
    let why = wait_until("a wish that is refused", PATIENCE, || {
        let said = ["spam", "ham"].map(|word| world.agent.say(&[word, &row.id.to_string()]));
        Ok(said.into_iter().find_map(Result::err).map(|error| error.to_string()))
    })?;

    println!("{why}");
    ensure!(says_full(&why), "{why}");
    disk.make_room()?;
    wait_until("the last word to be carried out", NEXT_TRY, || {
        Ok(world.agent.say(&["release", &row.id.to_string()]).is_ok().then_some(()))
    })?;
    world.agent.wait_for("finish", NEXT_TRY, |status| (status.get("pending")? == 0).then_some(()))?;
    world.only_copy(&entry.letter, "INBOX")?;
    ensure!(world.status_number("trained_ham")? == 1 && world.status_number("trained_spam")? == 0);
    Ok(())
}

#[test]
fn an_agent_whose_disk_cannot_be_written_does_not_start_and_says_why() -> Result<()> {
    let Some((mut world, disk)) = on_a_small_disk()? else { return Ok(()) };
    world.agent.start()?;
    let first = Entry::new(Sort::Delete, 1)?;
    world.server.place(USER, &first.letter.raw, seconds_now()?)?;
    world.wait_judged(1)?;
    world.agent.stop()?;
    disk.remount("ro")?;
    let entries = entries()?;
    for entry in &entries {
        world.server.place(USER, &entry.letter.raw, seconds_now()?)?;
    }

    let before = world.agent.log().len();
    world.agent.spawn()?;
    let agent = &mut world.agent;
    wait_until("the agent to give up", PATIENCE, || Ok(agent.has_ended().then_some(())))?;
    world.agent.kill()?;
    let said = world.agent.log().split_off(before);
    println!("{said}");
    ensure!(said.contains("Read-only file system"), "{said}");
    all_as_delivered(&inventory(&mut world.eye)?, &entries)?;

    disk.remount("rw")?;
    world.agent.start()?;
    world.wait_judged(u64::try_from(entries.len())? + 1)?;
    compare(&mut world, &[vec![first], entries].concat(), &Words::new())
}

/// A mount of its own, gone with this value.
struct Disk(PathBuf);

impl Disk {
    /// Lays a small disk over a folder. `None` where that cannot be done, and then it says why.
    fn on(folder: &Path, options: &str) -> Result<Option<Self>> {
        let aside = folder.with_extension("aside");
        fs::rename(folder, &aside)?;
        fs::create_dir(folder)?;
        let options = format!("{options},mode=0700");
        if let Err(why) = run(Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tamis-test"]).arg(folder)) {
            println!("skipped: no disk can be made here ({why:#})");
            return Ok(None);
        }
        let disk = Self(folder.to_path_buf());
        run(Command::new("cp").arg("-a").arg(aside.join(".")).arg(folder))?;
        Ok(Some(disk))
    }

    fn fill(&self) -> Result<()> {
        let mut filler = File::create(self.0.join("filler"))?;
        for size in [64 << 10, 1 << 10, 1] {
            while match filler.write(&vec![b'x'; size]) {
                Ok(written) => written == size,
                Err(error) if error.kind() == io::ErrorKind::StorageFull => false,
                Err(error) => return Err(error.into()),
            } {}
        }
        Ok(())
    }

    fn make_room(&self) -> Result<()> {
        Ok(fs::remove_file(self.0.join("filler"))?)
    }

    fn remount(&self, how: &str) -> Result<()> {
        run(Command::new("mount").args(["-o", &format!("remount,{how}")]).arg(&self.0))
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // It may still be in use, and goes when that ends.
        Command::new("umount").arg("--lazy").arg(&self.0).status().ok();
    }
}

/// An agent whose home is on a disk of its own, where one can be made.
fn on_a_small_disk() -> Result<Option<(World, Disk)>> {
    let world = World::new(Options::default())?;
    world.agent.append_settings(POLICY)?;
    world.agent.set("[watch]", "poll", &json!("1 second"))?;
    let disk = Disk::on(world.agent.home(), &format!("size={MEGABYTES}m"))?;
    Ok(disk.map(|disk| (world, disk)))
}

fn run(command: &mut Command) -> Result<()> {
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {command:?}"))?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

fn entries() -> Result<Vec<Entry>> {
    let sorts = [Sort::Junk, Sort::Delete, Sort::Tag, Sort::Ham, Sort::Strip, Sort::Junk, Sort::Delete, Sort::Tag];
    sorts.into_iter().enumerate().map(|(number, sort)| Entry::new(sort, number + 10)).collect()
}

fn says_full(text: &str) -> bool {
    text.contains("full") || text.contains("No space left")
}

/// Every letter is there once as it came, in the inbox or in Junk: a move needs no room here.
fn all_as_delivered(copies: &[Copy], entries: &[Entry]) -> Result<()> {
    for Entry { letter, .. } in entries {
        let mine: Vec<&Copy> = copies.iter().filter(|copy| copy.raw == letter.raw).collect();
        let is_alone = matches!(&mine[..], [copy] if !copy.is_marked());
        ensure!(is_alone, "{}: {mine:?}", letter.subject);
    }
    Ok(())
}

fn compare(world: &mut World, entries: &[Entry], words: &Words) -> Result<()> {
    let mut findings = Findings::default();
    let (copies, rows) = (inventory(&mut world.eye)?, world.agent.rows()?);
    Ledger { entries, words, is_corrupt: false, is_one_passed: false }.check(&copies, &rows, &mut findings);
    ensure!(findings.is_empty(), "{findings}\n{}", world.agent.log());
    Ok(())
}
