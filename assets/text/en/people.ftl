# The people who write.

people-title = People
people-loading = One moment…
people-failed = The people cannot be shown: { $why }
people-none = Nobody has written yet
people-none-text = Whoever writes to you or is written to by you appears here, with how they stand and why
people-none-found = Nobody has that in the name or the address
people-search = Search people
people-order = Order
people-order-newest = Newest first
people-order-mail = Most mail
people-order-spam = Most spam
people-order-standing = Best standing
people-total = { $total ->
    [one] 1 person
   *[other] { $total } people
}
people-choose = Choose somebody
people-choose-text = Here you see why they stand as they do, and what to do about it
people-grade-accepted = Always accepted
people-grade-blocked = Always blocked
people-grade-peer = You write to them
people-grade-read = You read them
people-grade-good = Good
people-grade-fair = Rather good
people-grade-open = Undecided
people-grade-doubted = Rather spam
people-grade-bad = Spam
people-row = { $name }, { $grade }, { $mail ->
    [one] 1 message
   *[other] { $mail } messages
}, { $spam } spam, { $written } from you, { $last }
people-mail = { $mail } in
people-spam = { $spam } spam
people-written = { $written } out
people-sparkline = Mail of the last 12 weeks: { $good } not spam, { $spam } spam
people-meter = Standing { $percent }
people-why-accepted = An entry of your lists always accepts this address.
people-why-accepted-wide = An entry of your lists always accepts mail from there.
people-why-blocked = An entry of your lists always blocks this address.
people-why-blocked-wide = An entry of your lists always blocks mail from there.
people-why-answered = You wrote { $written ->
    [one] once
   *[other] { $written } times
} and answered { $answered ->
    [one] one message
   *[other] { $answered } messages
}: what is proven to come from them is never filed.
people-why-written = You wrote { $written ->
    [one] once
   *[other] { $written } times
}: what is proven to come from them is never filed.
people-why-listed = They are in your address book: what is proven to come from them is never filed.
people-why-read = You read what they send, week after week, and never called any of it spam.
people-why-said = You called { $good } good and { $spam } spam, and read { $read } more.
people-why-untold = You have said nothing about them yet, so they stand neither well nor badly.
people-why-domain-good = Others at { $domain } stand well.
people-why-domain-bad = Others at { $domain } send spam.
people-why-unproven = Nothing proves their mail; it is known again by the way it always comes.
people-allow = Accept
people-allow-name = Always accept { $who }
people-block = Block
people-block-name = Always block { $who }
people-allow-domain = Accept { $domain }
people-allow-domain-name = Always accept all of { $domain }
people-block-domain = Block { $domain }
people-block-domain-name = Always block all of { $domain }
people-off-list = Take off the list
people-off-list-name = Take { $who } off the list
people-see-list = Show in the lists
people-forget = Forget that you write there
people-forget-name = Forget that you write to { $who }, until you write there again
people-facts = History
people-fact-mail = Messages from them
people-fact-spam = Of these, spam
people-fact-doubtful = Of these, doubtful
people-fact-written = Messages from you
people-fact-answered = Answered by you
people-fact-said = You called good / spam
people-fact-read = Read and kept
people-fact-first = First message
people-fact-last = Last message
people-fact-wrote = You wrote last
people-weeks = The last 12 weeks
people-weeks-good = not spam
people-weeks-spam = spam
people-last = Last messages
people-last-none = No message from them is known
people-open-name = Open { $subject }, { $class }, { $when }
people-class-ham = good
people-class-unsure = doubtful
people-class-spam = spam
