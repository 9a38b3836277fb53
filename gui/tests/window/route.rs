//! The page that shows the way of mail, and the way of one message on its page.

use std::sync::Arc;

use egui_kittest::kittest::Queryable as _;
use tamis::client::{Routed, Wish};
use tamis_core::api::{Advice, AdviceState, MailDetail, MailServer, RouteReport, ServerAddress, WayHop};

use super::bench::{Window, check_names, detail, rows, window};

fn press(window: &mut Window, label: &str) {
    window.harness.get_by_label(label).click();
    window.harness.run();
}

fn show(window: &mut Window, route: Routed) {
    window.remote.update(|snapshot| {
        snapshot.route = route;
        true
    });
    window.harness.run();
}

fn report() -> RouteReport {
    let address = ServerAddress { address: "192.0.2.1".to_owned(), name: "mx1.example.org".to_owned() };
    let first =
        MailServer { preference: 10, host: "mx1.example.org".to_owned(), is_backup: false, addresses: vec![address] };
    let backup = MailServer { preference: 20, host: "mx2.example.net".to_owned(), is_backup: true, addresses: vec![] };
    let advice =
        Advice { topic: "SPF".to_owned(), state: AdviceState::Bad, text: "There is no record.\u{202e}".to_owned() };
    RouteReport {
        account: "Home".to_owned(),
        domain: "example.org".to_owned(),
        why_not: String::new(),
        servers: vec![first, backup],
        advice: vec![advice],
    }
}

#[test]
fn the_way_of_mail_is_looked_up_when_it_is_wanted_and_shows_servers_and_advice() {
    let mut window = window(rows(1));
    press(&mut window, "Route");
    let wishes = window.wishes();
    let [Wish::Route(account)] = &wishes[..] else { panic!("{wishes:?}") };
    let account = account.clone();
    assert!(!account.is_empty());
    show(&mut window, Routed::Loading);
    window.harness.get_by_label_contains("Asking the domain name system");
    show(&mut window, Routed::Report(Arc::new(RouteReport { account: account.clone(), ..report() })));
    check_names(&window);
    window.harness.get_by_label("mx1.example.org");
    window.harness.get_by_label("192.0.2.1, named mx1.example.org");
    window.harness.get_by_label("stands in");
    window.harness.get_by_label("no address is known");
    window.harness.get_by_label_contains("There is no record.");
    press(&mut window, "Look again");
    assert_eq!(window.wishes(), [Wish::Route(account)]);
    show(&mut window, Routed::Failed("there is no such account".to_owned()));
    window.harness.get_by_label("there is no such account");
    let why_not = "It belongs to a provider.".to_owned();
    show(&mut window, Routed::Report(Arc::new(RouteReport { why_not, ..report() })));
    window.harness.get_by_label("It belongs to a provider.");
    assert!(window.harness.query_by_label("mx1.example.org").is_none(), "nothing was looked up");
}

#[test]
fn the_page_of_a_message_shows_its_way_and_where_it_can_be_believed() {
    let mut window = window(rows(1));
    let hop = |from: &str, by: &str, is_boundary, is_believed| WayHop {
        from: from.to_owned(),
        by: by.to_owned(),
        delay: Some(2),
        is_encrypted: Some(is_believed),
        is_boundary,
        is_believed,
        ..WayHop::default()
    };
    let way = vec![hop("liar.example", "b.example", false, false), hop("b.example", "mx1.example.org", true, true)];
    window.harness.set_size(egui::vec2(1280.0, 2000.0));
    window.key(egui::Key::ArrowDown);
    window.open(MailDetail { way, ..detail() });
    window.harness.run();
    window.harness.get_by_label("The way it took");
    window.harness.get_by_label("liar.example");
    window.harness.get_by_label("to b.example, not encrypted, 2 s later");
    window.harness.get_by_label("to mx1.example.org, encrypted, 2 s later");
    window.harness.get_by_label_contains("Here your provider took it from outside");
    window.open(detail());
    window.harness.run();
    assert!(window.harness.query_by_label("The way it took").is_none());
}
