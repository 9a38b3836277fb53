# One message.

message-none = No message chosen
message-none-hint = Choose a message to see what it is and why
message-not-shown = This message cannot be shown
message-to = to { $to }
message-tab-message = Message
message-tab-headers = Headers
message-tab-source = Source
message-text = Message
message-no-text = It has no text
message-whole-text = Show the whole text
message-less-text = Show less of the text
message-cut = There is more. The rest is in the source.
message-plain = Plain text only
message-plain-hint = The message without headings, lists and links
message-marks = Mark words that were learned
message-marks-hint = Red words speak for spam, green words against it
message-hidden =
    { $count ->
        [one] 1 character of this message cannot be seen in a mail program
       *[other] { $count } characters of this message cannot be seen in a mail program
    }
message-show-hidden = Show the hidden text
message-hide-hidden = Hide it again

# Links and files.
message-links = Links and where they really go
message-link-name = { $text }, link to { $host }
message-link-pretends = says { $said } but goes to { $host }
message-link-lies = It says { $said } but goes to { $host }
message-copy-link = Copy link to { $host }
message-whole-link = Whole address of the link to { $host }
message-copy = Copy
message-open = Open in the browser
message-files = Files
message-file-program = a program
message-file-archive = an archive
message-file-document = a document
message-file-pdf = a PDF document
message-file-page = a web page
message-file-picture = a picture
message-file-drawing = a drawing (SVG)
message-file-shortcut = a shortcut
message-file-disk-image = a disk image
message-file-help = a help file, which can run programs
message-file-notebook = a OneNote notebook
message-file-signature = a signature
message-file-calendar = a calendar entry
message-file-card = an address card
message-file-message = a message
message-file-text = text

# Headers and source.
message-headers-raw = As they are written
message-source-loading = Fetching the source…
message-copy-source = Copy the source
message-source-size = { $size }
message-source-cut = the first 256 KiB of { $size }

# What can be done.
message-delete = Delete
message-delete-hint = Removes it from the server. The original is in the archive: undo puts it back
message-accept = Always accept sender
message-block = Always block sender
message-list-hint = From now on, all mail from { $address } in every account
message-leave = Unsubscribe
message-leave-hint = Asks { $whom } to take you off its list
message-leave-by-letter = Unsubscribe…
message-leave-on-page = You can unsubscribe on a page of { $host }
message-copy-page = Copy the address of the page at { $host }
message-letter-hint = Shows the message that would be sent
message-letter-question = Send this message to leave the list? Nothing proves that the sender wrote the address.
message-letter-to = To
message-letter-subject = Subject
message-letter-send = Send message
message-cancel = Cancel
message-tell = Tell others
message-report = Report as spam…
message-report-hint = Shows what would be told, and to whom
message-report-question = Report this message as spam? Nothing but this is told:
message-report-send = Send report

# Why.
message-why = Why
message-points = { $points } points
message-learner = Learned: { $share } spam
message-doubtful-from = doubtful from { $points }
message-spam-from = spam from { $points }
message-scale = Score { $score }, doubtful from { $tag }, spam from { $junk }
message-no-reasons = Nothing spoke for or against this message
message-bar-good = good
message-bar-spam = spam
message-all-reasons = Show all { $count } reasons
message-fewer-reasons = Show fewer reasons
message-reason = { $points } points, { $about }
message-words = Words that Tamis has learned
message-word = { $word }: { $share } spam
message-asked = Asked of others
message-show-questions =
    { $count ->
        [one] Show the only question, answered in { $millis } ms
       *[other] Show all { $count } questions, answered in { $millis } ms
    }
message-hide-questions = Hide the questions

# Who sent it.
message-badges = Is it from whom it says?
message-badge-provider = Your provider says:
message-badge-own = Tamis found when it came:
message-badge-domain = the sender’s domain
message-spf-pass = { $domain } lets this server send its mail
message-spf-fail = { $domain } does not let this server send its mail
message-spf-none = The sender’s domain does not say which servers may send its mail
message-spf-unknown = Nobody has looked at which servers may send its mail
message-dkim-pass = It is signed by { $domain }, and nothing was changed since
message-dkim-fail = The signature of { $domain } does not fit the message
message-dkim-none = It is not signed
message-dkim-unknown = Nobody has looked at a signature
message-dmarc-pass = { $domain } vouches for it
message-dmarc-fail = { $domain } does not vouch for it
message-dmarc-none = The sender’s domain vouches for nothing
message-dmarc-unknown = Nobody has asked whether the sender’s domain vouches for it
message-arc-pass = Those who handed it on vouch for what they found
message-arc-fail = What those who handed it on vouch for does not hold
message-arc-none = Nobody says that it was handed on
message-arc-unknown = Nobody has looked at who handed it on

# Teaching by drag.
message-well-spam = Spam
message-well-spam-hint = Learn, file in Junk
message-well-good = Good
message-well-good-hint = Learn, back to inbox
message-well-teach = Drop here to teach: { $label }
message-well-accept = Accept
message-well-accept-hint = Always accept the sender
message-well-block = Block
message-well-block-hint = Always block the sender
message-well-list = Drop here: { $label }
message-folder-inbox = { $account }: Inbox
message-folder-junk = { $account }: { $folder }
message-folder-name = Drop here to move to { $folder }
message-dragged =
    { $count ->
        [one] 1 message
       *[other] { $count } messages
    }
message-drop-here = Drop to teach Tamis
message-drop-question =
    { $count ->
        [one] What is { $name }?
       *[other] What are these { $count } files?
    }
message-drop-hint = Tamis learns from the messages in them. Undo takes it back.
message-drop-nothing = Learn nothing
message-drop-spam = They are spam
message-drop-good = They are good
message-opened = Opened in the browser
message-drop-missing = Not found, and so not asked about: { $files }
message-no-paths = Only files on this computer can be dropped here
message-asked-answer = { $answer } ({ $millis } ms)
