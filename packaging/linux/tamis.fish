# What fish completes after `tamis`.
complete -c tamis -l home -r -a '(__fish_complete_directories)' -d 'Keep everything under this folder'
complete -c tamis -s h -l help -d 'Print a short help'
complete -c tamis -s V -l version -d 'Print the version'
