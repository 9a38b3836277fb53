# What SpamAssassin itself says of messages, through its documented programming interface (Mail::SpamAssassin,
# Mail::SpamAssassin::PerMsgStatus): no network, no Bayes.
#
#   perl oracle.pl [--render] [--rules FILE-OR-FOLDER] < LIST
#   perl oracle.pl --list [--rules FILE-OR-FOLDER]
#
# LIST holds one path a line. Each gives one line of JSON whose strings are bytes as Latin-1. With `--render` the line
# also holds what the rules were matched against. `--list` gives one line: the rules that are run, and their points.
use strict;
use warnings;
use JSON::PP;
use Mail::SpamAssassin;
use POSIX ();

my ($list, $render, $rules) = (0, 0, '/usr/share/spamassassin');
while (@ARGV) {
    my $word = shift @ARGV;
    if    ($word eq '--render') { $render = 1 }
    elsif ($word eq '--list')   { $list = 1 }
    elsif ($word eq '--rules')  { $rules = shift @ARGV }
    else                        { die "unknown: $word\n" }
}

my $engine = Mail::SpamAssassin->new({
    rules_filename      => $rules,
    userprefs_filename  => '/dev/null',
    local_tests_only    => 1,
    dont_copy_prefs     => 1,
    post_config_text    => "use_bayes 0\nuse_auto_welcomelist 0\nuse_txrep 0\nrazor_timeout 1\n",
});
$engine->compile_now(0, 1);

my $json = JSON::PP->new->ascii->canonical->allow_nonref;
$| = 1;
if ($list) {
    print $json->encode({ version => Mail::SpamAssassin::Version(), rules => run_here($engine->{conf}) }), "\n";
    exit;
}
my @paths = <STDIN>;
chomp @paths;
for my $path (@paths) {
    my $child = fork // die "fork: $!\n";
    if (!$child) {
        judge($path);
        POSIX::_exit(0);
    }
    waitpid $child, 0;
    die "$path: $?\n" if $?;
}

# One message, by an engine that has seen no other: some rules keep what they captured from the first.
sub judge {
    my ($path) = @_;
    open my $file, '<:raw', $path or do { warn "$path: $!\n"; return };
    my $raw = do { local $/; <$file> };
    my $mail   = $engine->parse($raw, 1);
    my $status = $engine->check($mail);
    my %hits   = %{ $status->{tests_already_hit} };
    my %said = (
        path  => $path,
        score => $status->get_score() + 0,
        hits  => { map { $_ => $hits{$_} + 0 } grep { $hits{$_} } keys %hits },
        scores => { map { $_ => ($status->{conf}{scores}{$_} // 0) + 0 } grep { $hits{$_} && !/^__/ } keys %hits },
    );
    if ($render) {
        $said{body}    = [ map { "$_" } @{ $status->get_decoded_stripped_body_text_array() } ];
        $said{rawbody} = [ map { "$_" } @{ $status->get_decoded_body_text_array() } ];
        $said{uris}    = [ sort map { "$_" } $status->get_uri_list() ];
        $said{uri_detail} = detail($status->get_uri_detail_list());
        $said{headers} = {
            map { my $value = $status->get($_, undef); defined $value ? ($_ => "$value") : () }
                qw(ALL ToCc MESSAGEID EnvelopeFrom X-Spam-Relays-Trusted X-Spam-Relays-Untrusted X-Spam-Relays-Internal
                X-Spam-Relays-External Subject Subject:raw From From:addr From:name From:raw To To:addr To:name Reply-To
                Reply-To:addr Message-ID Received Date Content-Type ALL:raw)
        };
    }
    print $json->encode(\%said), "\n";
    $status->finish();
    $mail->finish();
}

# The rules that are run here: neither switched off by a score of 0, nor asking the network or the learner. A meta rule is
# run whatever its flags say.
sub run_here {
    my ($conf) = @_;
    my %run;
    for my $name (keys %{ $conf->{test_types} }) {
        my $points = $conf->{scores}{$name} // 0;
        next if $name =~ /^_[^_]/;    # made by a plugin for itself
        next if $points == 0 && $name !~ /^__/;
        my $is_meta = $conf->{test_types}{$name} == $Mail::SpamAssassin::Conf::TYPE_META_TESTS;
        next if !$is_meta && ($conf->{tflags}{$name} // '') =~ /\b(?:net|learn)\b/;
        next if $conf->{askdns}{$name} || $conf->{rbl_evals}{$name};
        $run{$name} = $points + 0;
    }
    return \%run;
}

sub detail {
    my ($list) = @_;
    my %all;
    for my $uri (keys %{ $list || {} }) {
        my $of = $list->{$uri};
        $all{$uri} = {
            types    => [ sort keys %{ $of->{types} || {} } ],
            cleaned  => [ @{ $of->{cleaned} || [] } ],
            anchor   => [ map { defined $_ ? "$_" : '' } @{ $of->{anchor_text} || [] } ],
            domains  => [ sort keys %{ $of->{domains} || {} } ],
            hosts    => $of->{hosts} || {},
        };
    }
    return \%all;
}
