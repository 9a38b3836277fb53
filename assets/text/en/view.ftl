# What the agent says, in words: rows, days, sizes, states.

view-no-sender = (no sender)
view-no-subject = (no subject)
view-row-name = { $sender }, { $subject }, { $class }, score { $score }, { $arrived }
view-waits-until = waits { $time }
view-until = until { $time }
view-waits-for-you = waits for you

view-class-spam = Spam
view-class-unsure = Doubtful
view-class-ham = Not spam
view-taught-spam = taught as spam
view-taught-good = taught as good

view-list-review = To review
view-list-junk = Junk
view-list-all = All mail

# Names with blanks between them, from January on and from Monday on.
view-months = January February March April May June July August September October November December
view-months-short = Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec
view-weekdays = Monday Tuesday Wednesday Thursday Friday Saturday Sunday
view-weekdays-short = Mon Tue Wed Thu Fri Sat Sun
view-yesterday = Yesterday
view-day = { $day } { $month }
view-day-year = { $day } { $month } { $year }

view-bytes = { $count ->
    [one] { $count } byte
   *[other] { $count } bytes
}
view-kilobytes = { $size } kB
view-megabytes = { $size } MB
view-gigabytes = { $size } GB

# What was done with a message, in a word; a screen reader says it in small letters.
view-deed-tagged = Tagged
view-deed-stripped = Stripped
view-deed-quarantined = Quarantined
view-deed-forwarded = Forwarded
view-deed-deleted = Deleted
view-in-archive = In the archive
view-said-in-archive = in the archive

# The same behind its folder.
view-full-held = waits for you before it is filed
view-full-waits = doubtful and from a new sender: it is judged again later
view-full-tagged = tagged in its subject
view-full-stripped = stripped of what is dangerous
view-full-quarantined = put into quarantine
view-full-forwarded = forwarded
view-full-deleted = deleted from the server
view-full-archive = from the archive: Release puts the original back in the inbox
view-full-gone = no longer on the server

view-backfill-done = Looked at the last { $days ->
    [one] { $days } day
   *[other] { $days } days
}: { $total ->
    [one] { $total } message
   *[other] { $total } messages
}, { $found } spam found
view-backfill-stopped = Stopped looking at the last { $days ->
    [one] { $days } day
   *[other] { $days } days
}: { $done } of { $total ->
    [one] { $total } message
   *[other] { $total } messages
}, { $found } spam found
view-backfill-paused = Paused looking at the last { $days ->
    [one] { $days } day
   *[other] { $days } days
}: { $done } of { $total ->
    [one] { $total } message
   *[other] { $total } messages
}, { $found } spam found
view-backfill-runs = Looking at the last { $days ->
    [one] { $days } day
   *[other] { $days } days
}: { $done } of { $total ->
    [one] { $total } message
   *[other] { $total } messages
}, { $found } spam found

view-servers-told = About where a message comes from, the servers of { $told } are believed
view-servers-learned = About where a message comes from, the servers of { $learned } are believed, as your mail shows
view-servers-both = About where a message comes from, the servers of { $told } are believed, and of { $learned }, as your mail shows

view-state-connecting = Connecting
view-state-watching = Watching
view-state-working = Reading new mail
view-state-retrying = Trying again
view-state-offline = No network
view-state-needs-you = Needs you

# What would have changed a verdict.
view-settled = Not decided by the { $points } points: one reason settled it
view-more-spam = { $points } more points would file it as spam.
view-more-doubtful = { $points } more points would make it doubtful
view-without-one-inbox = Without “{ $reason }” it would have stayed in the inbox
view-without-one-unmarked = Without “{ $reason }” it would have passed unmarked
view-without-some-inbox = Without its { $count } heaviest reasons it would have stayed in the inbox
view-without-some-unmarked = Without its { $count } heaviest reasons it would have passed unmarked
view-without-lesson = It takes a lesson from you to change that
