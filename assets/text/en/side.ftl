# The side bar.

side-history = History
side-lists = Lists
side-route = Route
side-accounts = Accounts
side-palette = Search for anything that can be done
side-teach = Teach: drop messages here
side-look-system = Colours as the system
side-look-light = Light colours
side-look-dark = Dark colours
side-contrast-more = More contrast
side-contrast-usual = Usual contrast
side-scale = Drawn at { $percent } %
side-learned = Learned from { $ham } good and { $spam } spam
side-archive = { $count ->
    [one] Archive: 1 original, { $size }
   *[other] Archive: { $count } originals, { $size }
}
