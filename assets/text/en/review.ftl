# The list of messages.

review-count = { $count ->
    [one] 1 message
   *[other] { $count } messages
}
review-check = Check for new mail now
review-search = Search sender, subject and text
review-search-clear = Clear the search
review-text-running = Still searching the text of mail in { $accounts }
review-text-failed = The text of mail in { $accounts } could not be searched: it is not connected or busy
review-text-unseen = { $count ->
    [one] The text of 1 older message was not searched: the server took too long
   *[other] The text of { $count } older messages was not searched: the server took too long
}
review-late = Putting the list together
review-nothing-found = Nothing found
review-nothing-found-text = Neither a sender nor a subject nor a text contains “{ $search }”
review-nothing-found-yet = No sender and no subject contains “{ $search }”. The text is still being searched
review-nothing-filtered = Nothing here fits
review-nothing-filtered-text = There is mail that this choice leaves out
review-clear = All is clear
review-clear-text = Nothing is waiting for you. What Tamis holds back appears here
review-junk-empty = Junk is empty
review-junk-empty-text = What Tamis or you file as spam appears here
review-all-empty = No mail yet
review-all-empty-text = Every message that Tamis judges appears here
review-starting = Starting
review-starting-text = The agent, which does the filtering, is being started
review-offline = The agent is not connected
review-offline-text = Your mail stays where it is. Nothing is filtered until the agent runs

## How it is filtered, put in order and grouped.

review-filter-clear = Leave nothing out
review-class = Judged as
review-class-all = Every verdict
review-class-spam = Only spam
review-class-unsure = Only doubtful
review-class-ham = Only good
review-account = Account
review-account-all = All accounts
review-span = Arrived
review-span-all = Any time
review-span-today = Today
review-span-week = Last 7 days
review-span-month = Last 30 days
review-order = Order
review-order-newest = Newest first
review-order-doubtful = Most doubtful first
review-group = Groups
review-group-none = No groups
review-group-sender = By sender
review-group-reason = By reason
review-unfold-all = Open all
review-fold-all = Close all
review-group-no-sender = No sender
review-group-rest = Everybody else
review-group-no-reason = No single reason
review-group-name = { $count ->
    [one] { $group }, 1 message
   *[other] { $group }, { $count } messages
}
review-choose-group = Choose all
review-choose-group-of = Choose all of { $group }
review-row-coming = A message that is being fetched

## What can be done with messages.

review-release = Release
review-release-about = Put back in the inbox and never judge again
review-spam = Spam
review-spam-about = File in Junk and learn as spam
review-good = Good
review-good-about = Put back in the inbox and learn as good
review-allow = Accept sender
review-allow-about = Never file mail from these addresses
review-allow-domain = Accept domain
review-allow-domain-about = Never file mail from the domains of these addresses
review-block = Block sender
review-block-about = File all mail from these addresses from now on
review-leave = Leave mailing
review-leave-about = Have your address taken off, where the sender is proved and one word is enough
review-leave-impossible = No single message is open that says how its mailing can be left
review-leave-beside = This mailing cannot be left with one key. What to do stands beside the message
review-more = More…
review-undo = Undo
review-undo-about = Take back: { $what } (Ctrl+Z)
review-chosen = { $count } chosen
review-busy = working…
review-you-spam = You: spam
review-you-good = You: good

## Mail whose filing waits for a word.

review-held = { $count ->
    [one] 1 message in { $account } waits for you
   *[other] { $count } messages in { $account } wait for you
}
review-held-stays = { $count ->
    [one] It is still in the inbox
   *[other] They are still in the inbox
}
review-held-file = { $count ->
    [one] File it
   *[other] File them
}
review-held-leave = { $count ->
    [one] Leave it
   *[other] Leave them
}
review-held-show = { $count ->
    [one] Show it
   *[other] Show them
}
review-held-file-name = File what waits in { $account }
review-held-leave-name = Leave what waits in { $account }
review-held-show-name = Show what waits in { $account }
