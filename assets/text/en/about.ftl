# What this program is, and whose work is in it.

about-title = Tamis { $version }
about-what = A spam filter that lives on your own computer. Your mail stays on it and on your server.
about-licence = Licence of Tamis: { $licence }, as you like. It comes without any warranty.
about-folder = What it knows is kept in { $path }
about-others = The work of others in it, with its licences
about-search = Search parts and licences
about-found = { $count ->
    [one] 1 part
   *[other] { $count } parts
}
about-none = No part has that in its name or licence
about-choose = Choose a part to read its licence
about-copy = Copy the address
about-open = About Tamis and the licences
