//! Peers are measured as they are: a real bogofilter judges and learns the demo mail.

use std::{fs, path::Path};

use xtask::{
    ground::temporary_folder,
    peers::{self, Bogofilter, Corpus, Engine, Online, Programs, Progress, Teaching},
};

#[test]
fn bogofilter_judges_each_message_of_a_shuffle_once_and_learns_from_it() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../assets/demo/demo.index");
    let corpus = Corpus::read(&demo).unwrap();
    let stream = corpus.shuffled(1);
    let filter = Bogofilter::new(Programs::unpacked().unwrap());
    let engines: [Box<dyn Engine>; 2] = [
        Box::new(Online { filter: filter.clone(), teaching: Teaching::Everything }),
        Box::new(Online { filter, teaching: Teaching::Mistakes }),
    ];
    let results = temporary_folder("results").unwrap();

    let measured = peers::judge(&stream, &engines, &results, &mut Progress::of(1, 0, engines.len()).unwrap()).unwrap();

    let said = |stem: &str| fs::read_to_string(results.join(format!("demo.shuffle-1.{stem}.res"))).unwrap();
    for stem in ["bogofilter-everything", "bogofilter-mistakes"] {
        let said = said(stem);
        let names: Vec<&str> = said.lines().map(|line| line.splitn(4, ' ').nth(3).unwrap()).collect();
        let wanted: Vec<_> = stream.mail.iter().map(|line| line.path.to_str().unwrap()).collect();
        assert_eq!(names, wanted, "{stem}");
        // Nothing is learned before the first message, so it must be in doubt.
        let first = said.lines().next().unwrap();
        assert_eq!(first.split(' ').nth(1), Some("unsure"), "{first}");
    }
    assert_ne!(said("bogofilter-everything"), said("bogofilter-mistakes"));
    for (engine, measures) in measured {
        assert_eq!((measures.ham, measures.spam), (49, 33), "{}", engine.name());
        // Half of all pairs are in the wrong order with one that learns nothing.
        assert!(measures.roca < 40.0, "{}: {}", engine.name(), measures.roca);
    }
    fs::remove_dir_all(results).unwrap();
}

#[test]
fn an_index_without_mail_or_with_mail_that_is_gone_is_told_in_a_sentence() {
    let folder = temporary_folder("indexes").unwrap();
    let told = |text: &str| {
        let index = folder.join("mail.index");
        fs::write(&index, text).unwrap();
        let told = Corpus::read(&index).and_then(|corpus| corpus.warm()).unwrap_err();
        format!("{told:#}").replace(&format!("{}/", folder.display()), "")
    };

    assert_eq!(told("\n"), "mail.index lists no mail");
    assert_eq!(told("eggs a.eml\n"), "mail.index, line 1: expected `ham PATH` or `spam PATH`");
    assert_eq!(told("ham a.eml\n"), "cannot read a.eml: No such file or directory (os error 2)");
    fs::remove_dir_all(folder).unwrap();
}
