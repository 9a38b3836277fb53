# The window as a whole: keys, search for commands, notes.

keys-title = All keys
keys-pages = Pages
keys-window = Everywhere
keys-messages = The chosen messages
keys-list = In the list

key-release = Release: back to the inbox
key-spam = Spam: to Junk
key-good = Good: learn as wanted
key-delete = Delete: the original is kept in the archive
key-allow-domain = Always accept the domains of the senders
key-allow = Always accept the senders
key-block = Always block the senders
key-leave = Leave the mailing
key-next = Next message
key-previous = Previous message
key-page-down = Ten messages down
key-page-up = Ten messages up
key-first = First message
key-last = Last message
key-choose-down = Choose one more below
key-choose-up = Choose one more above
key-choose-page-down = Choose ten more below
key-choose-page-up = Choose ten more above
key-choose-first = Choose up to the first
key-choose-last = Choose down to the last
key-choose-all = Choose all
key-search = Search the list
key-review = Show what is to review
key-junk = Show what is in Junk
key-all = Show all mail
key-history = Show the history
key-people = Show people
key-lists = Show the lists
key-learning = Show what was learned
key-statistics = Show the statistics
key-accounts = Show the accounts
key-route = Show the route of mail
key-settings = Show the settings
key-palette = Search for anything that can be done
key-keys = Show all keys
key-undo = Undo the newest change
key-check = Check for new mail
key-larger = Draw everything larger
key-smaller = Draw everything smaller
key-usual-size = Draw everything in the usual size
key-close = Close what is open

key-name-ctrl = Ctrl
key-name-command = Cmd
key-name-shift = Shift
key-name-page-down = Page Down
key-name-page-up = Page Up
key-name-home = Home
key-name-end = End
key-name-escape = Esc
key-name-delete = Delete

palette-name = Search for anything that can be done
palette-hint = What would you like to do?
palette-nothing = Nothing of that name can be done here
palette-connect = Connect to the agent now
palette-login-on = Start Tamis when I log in
palette-login-off = No longer start Tamis when I log in
palette-route = Show the route of mail to { $account }
palette-held = Show what waits for your word in { $account }
palette-waiting = Judge now what waits in { $account }
palette-digest = Put a digest into the inbox of { $account }
palette-remove = Remove the account { $account }…

pause-resume = Go on filtering
pause-hour = Pause filtering for an hour
pause-tomorrow = Pause filtering until tomorrow
pause-told = Pause filtering until I say so
pause-until-told = Paused: nothing is filtered
pause-until = Paused until { $time }

shell-close = Close
shell-add-account = Add account…
shell-online = Agent { $version } connected
shell-connecting = Connecting to the agent
shell-starting = Starting the agent
shell-offline = Agent not connected
shell-mismatch = Agent of another version
shell-pending = { $count ->
    [one] 1 change on its way
   *[other] { $count } changes on their way
}
shell-no-accounts = No accounts yet
shell-needing = { $count } of { $all } accounts need you
shell-retrying = { $count } of { $all } accounts cannot be reached
shell-no-network = No network for { $count } of { $all } accounts
shell-reading = { $count ->
    [one] 1 account, reading
   *[other] { $count } accounts, reading
}
shell-watched = { $count ->
    [one] 1 account watched
   *[other] { $count } accounts watched
}
shell-metered = metered network
shell-hint-release = release
shell-hint-spam = spam
shell-hint-good = good
shell-hint-undo = undo
shell-hint-palette = anything
shell-start-agent = Start the agent
shell-try-again = Try again
shell-offline-means = Your mail stays where it is; nothing is filtered until the agent runs. Tamis also tries by itself
shell-more-problems = { $count ->
    [one] and 1 more: see the accounts
   *[other] and { $count } more: see the accounts
}
shell-undo-this = Undo this
shell-close-note = Close this note
