# What was learned, and learning from the mail that is there.

learning-title = Learning
learning-loading = One moment…
learning-failed = What was learned cannot be shown: { $why }
learning-none = Nothing has been learned yet
learning-none-text = Mark mail as spam or good, move it to or from Junk in any program, or let Tamis learn from the mail that is there
learning-none-of-source = No lesson came this way
learning-all-sources = All lessons
learning-source = How it was learned
learning-source-file = Files
learning-source-review = Said in Tamis
learning-source-move = Moved
learning-source-keyword = Marked elsewhere
learning-source-server = Filed by the server
learning-source-bootstrap = Mail that was there
learning-source-undo = Change taken back
learning-source-other = Another way
learning-lessons = { $lessons ->
    [one] 1 lesson
   *[other] { $lessons } lessons
}
learning-unknown = A message of which only its words are kept
learning-take-back = Take back
learning-take-back-name = Take back: { $label }, { $what }
learning-is-spam = Spam
learning-is-good = Good
learning-row = { $label }, { $what }, { $how }, { $when }
learning-totals = Learned so far
learning-total-good = Good
learning-total-spam = Spam
learning-outdated = { $lessons ->
    [one] 1 lesson of an older version does not count until its message is learned again
   *[other] { $lessons } lessons of an older version do not count until their messages are learned again
}
learning-word = What a word says
learning-word-about = One word or two, a domain or an address: how often it was in mail that was learned, and how much it says by itself
learning-word-field = Word
learning-word-example = invoice
learning-word-look = Look up
learning-word-none = No lesson has “{ $word }”
learning-word-row = { $place }: { $percent } spam by itself, in { $good } good and { $spam } spam
learning-word-counts = { $good } good · { $spam } spam
learning-from-mail = The mail that is there
learning-files = To a file, from a file
learning-files-about = Without any text: of words only what they are known again by. Without a path it is tamis-lessons.txt in your folder of documents
learning-path = Path of the file of lessons
learning-path-example = ~/Documents/tamis-lessons.txt
learning-export = Export lessons
learning-import = Import lessons
learning-new-start = A new start
learning-reset = Forget everything
learning-reset-about = All lessons are first written to a file beside the database; the note says where. They come back by Undo, or by importing that file. Lists, people and what you said of single messages stay
learning-offer = Tamis can learn from the mail that is there
learning-offer-text = What lies in Junk counts as spam: what the filter of your provider has put there, right or wrong, as well as what you did. What you have read, answered or left for a week elsewhere counts as good, and whom you wrote to is remembered. Nothing is moved or marked, and all of it can be taken back at once
learning-begin = Learn from it
learning-begin-name = Learn from it in { $account }
learning-begin-no-junk = Learn, but not from Junk
learning-begin-no-junk-name = Learn, but not from Junk in { $account }
learning-bar = Learning from the mail of { $account }
learning-pause = Pause
learning-pause-name = Pause learning from the mail of { $account }
learning-resume = Resume
learning-resume-name = Resume learning from the mail of { $account }
learning-stop = Stop
learning-stop-name = Stop learning from the mail of { $account }
learning-moves-nothing = Nothing is moved or marked by this
learning-take-all-back = Take it all back
learning-take-all-back-name = Take back what was learned from the mail of { $account }
learning-again = Learn again…
learning-again-name = Learn again from the mail of { $account }…
learning-again-tip = What was learned before is not learned twice
learning-again-junk = Also from Junk
learning-again-no-junk = Not from Junk
learning-doubts = Which messages may lie in the wrong folder of { $account }
learning-doubt-good = { $folder }: { $from }, { $subject }: looks good
learning-doubt-spam = { $folder }: { $from }, { $subject }: looks like spam
learning-undone = What was learned from the mail that was there is taken back: { $good } good and { $spam } spam
learning-stopped = Stopped learning from the mail that was there: { $good } good and { $spam } spam
learning-ended = Learned from the mail that was there: { $good } good and { $spam } spam
learning-counting = Counting the mail to learn from
learning-counting-paused = Paused before counting the mail
learning-running = Learning from the mail that is there: { $done } of { $total ->
    [one] 1 message
   *[other] { $total } messages
}, { $good } good and { $spam } spam
learning-running-left = Learning from the mail that is there: { $done } of { $total ->
    [one] 1 message
   *[other] { $total } messages
}, { $good } good and { $spam } spam, about { $left } left
learning-paused = Paused learning from the mail that is there: { $done } of { $total ->
    [one] 1 message
   *[other] { $total } messages
}, { $good } good and { $spam } spam
learning-seconds = { $time ->
    [one] 1 second
   *[other] { $time } seconds
}
learning-minutes = { $time ->
    [one] 1 minute
   *[other] { $time } minutes
}
learning-hours = { $time ->
    [one] 1 hour
   *[other] { $time } hours
}
learning-tried = Tried on { $judged ->
    [one] 1 message
   *[other] { $judged } messages
} before each was learned: { $right } % right, { $wrong } good taken for spam, { $missed } spam missed
learning-peers = You write to { $people ->
    [one] 1 person
   *[other] { $people } people
}: their mail is never filed
learning-skipped = Not learned: { $what }
learning-no-junk = Junk was left out, as you wished
learning-good-in-junk = { $messages ->
    [one] 1 message
   *[other] { $messages } messages
} in Junk look good
learning-spam-elsewhere = { $messages ->
    [one] 1 message
   *[other] { $messages } messages
} in other folders look like spam
