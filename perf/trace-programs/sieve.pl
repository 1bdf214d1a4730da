use strict;
use warnings;
my @is = (1) x 600_001;
my $count = 0;
for my $i (2 .. 600_000) {
  next unless $is[$i];
  $count++;
  for (my $j = 2 * $i; $j <= 600_000; $j += $i) {
    $is[$j] = 0;
  }
}
print "$count\n";
