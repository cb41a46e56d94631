# SPDX-License-Identifier: LGPL-2.1-or-later
# The verdicts of perl's harness on TAP streams: one line "NAME good|bad" for each file given.
#
# Usage: perl prove-verdicts.pl FILE...
#
# Like prove, it uses TAP::Parser. prove itself is slower, and gives up after the first "Bail out!".
# For a parser that does not know TAP 14 (up to 3.44), the version lines say 13: TAP 14 asks its
# readers to do so.
use strict;
use warnings;
use File::Basename;
use TAP::Parser;
use TAP::Parser::Iterator::Array;

sub parse {
    my ($text) = @_;
    my $lines = TAP::Parser::Iterator::Array->new([split /\n/, $text]);
    my $parser = TAP::Parser->new({ iterator => $lines });
    my $bailed_out = 0;
    while (my $result = $parser->next) {
        $bailed_out = 1 if $result->is_bailout;
    }
    return ($parser, $bailed_out);
}

# Its warnings do not matter here.
local $SIG{__WARN__} = sub { };
my ($probe) = parse("TAP version 14\n1..1\nok 1\n");
my $knows_14 = !$probe->has_problems;

for my $file (@ARGV) {
    open my $in, '<:raw', $file or die "$file: $!\n";
    my $text = do { local $/; <$in> } // '';
    $text =~ s/^(\s*TAP version )14\b/${1}13/mg unless $knows_14;
    my ($parser, $bailed_out) = parse($text);
    my $bad = $bailed_out || $parser->has_problems;
    print basename($file, '.tap'), ' ', ($bad ? 'bad' : 'good'), "\n";
}
