use strict;
use warnings;
my @is = (1) x 60_001;
my $count = 0;
for my $i (2 .. 60_000) {
  next unless $is[$i];
  $count++;
  for (my $j = 2 * $i; $j <= 60_000; $j += $i) {
    $is[$j] = 0;
  }
}
print "$count\n";
