# SpamAssassin in one warm process, through its documented programming interface (Mail::SpamAssassin,
# Mail::SpamAssassin::PerMsgStatus): no network, no Bayes, rules alone.
#
#   perl spamassassin.pl RULES
#
# Says `ready VERSION`. Then each line it reads is the path of a message, and its answer the number of rules that hit.
use strict;
use warnings;
use Mail::SpamAssassin;

my $engine = Mail::SpamAssassin->new({
    rules_filename      => $ARGV[0],
    userprefs_filename  => '/dev/null',
    local_tests_only    => 1,
    dont_copy_prefs     => 1,
    post_config_text    => "use_bayes 0\nuse_auto_welcomelist 0\nuse_txrep 0\nrazor_timeout 1\n",
});
$engine->compile_now(0, 1);

$| = 1;
print 'ready ', Mail::SpamAssassin::Version(), "\n";
while (my $path = <STDIN>) {
    chomp $path;
    open my $file, '<:raw', $path or die "$path: $!\n";
    my $raw = do { local $/; <$file> };
    close $file;
    my $mail   = $engine->parse($raw, 1);
    my $status = $engine->check($mail);
    my @hits   = split /,/, $status->get_names_of_tests_hit();
    print scalar(@hits), "\n";
    $status->finish();
    $mail->finish();
}
