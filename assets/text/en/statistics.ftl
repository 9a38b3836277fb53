# The figures.

statistics-title = Statistics
statistics-loading = Counting
statistics-empty = Nothing to count yet
statistics-empty-about = As soon as Tamis has judged mail, you see here how much it was and how often it was wrong.
statistics-week = 7 days
statistics-month = 30 days
statistics-year = A year
statistics-all = All
statistics-all-accounts = All accounts
statistics-account = Account
statistics-said = { $filed ->
    [0] Since { $date } Tamis filed nothing.
    *[other] Since { $date } Tamis filed { $filed }{ $back ->
        [0] , and you put none back.
        *[other] , you put back { $back }.
    }
}
statistics-missed = { $missed ->
    [0] You found no spam that it missed.
    *[other] You found { $missed } that it missed.
}
statistics-judged = Judged
statistics-filed = Filed
statistics-put-back = Put back by you
statistics-put-back-short = Put back
statistics-missed-short = Missed
statistics-caught = Of the spam caught
statistics-unknown = not known
statistics-days = Mail by day
statistics-weeks = Mail by week
statistics-months = Mail by four weeks
statistics-bar = { $date }: { $spam } spam, { $unsure } doubtful, { $ham } wanted
statistics-ham = Wanted
statistics-unsure = Doubtful
statistics-spam = Spam
statistics-save-csv = Save as table
statistics-save-png = Save as picture
statistics-saved = Saved in { $path }
statistics-not-saved = Not saved in { $path }: { $why }
statistics-accounts = By account
statistics-good-relays = Networks that hand in most good mail
statistics-bad-relays = Networks that hand in most spam
statistics-relays-about = Of all accounts together, by whole weeks
statistics-no-relays = None has that many messages
statistics-least = At least { $count } messages
statistics-findings = What was found most
statistics-findings-about = { $count ->
    [one] In the newest message of this time
    *[other] In the newest { $count } messages of this time
}
statistics-column-messages = Messages
statistics-column-network = Network
statistics-column-finding = Finding
