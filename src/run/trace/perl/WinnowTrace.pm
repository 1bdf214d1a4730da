# Perl's tracer, as a debugger of Perl's (`PERL5DB`): Perl calls DB::DB before each statement and DB::sub for each call.
#
# Code of the package DB is not debugged itself. What is used of Perl are operators and functions of the core as they were compiled here, which a
# program cannot redefine any more. Values are not told: Perl gives no way to the variables of a scope without a module in C.
package Devel::WinnowTrace;
our $VERSION = 1;

package DB;
no strict;
no warnings;

BEGIN {
  # Subroutine calls, statements, and where each subroutine lies; names of evaluated code stay as they are.
  # 0x04: without optimizations, which would take the statement of a block that has only one out of sight.
  $^P = 0x01 | 0x02 | 0x04 | 0x10;
  $DB::trace = 1;
}

my $directory = $ENV{WINNOW_TRACE};
my %plan = do { my @pairs = do "./$directory/plan.pl"; @pairs };
my ($level, $first, $last) = @plan{qw(level firstHits lastHits)};
my $has_events = $level ne 'coverage' && $level ne 'counts';
my ($left, $room) = @plan{qw(events bytes)};
my (%files, %codes, %hits, %ways, %rings, %calls, %ends);
my ($codes, $frames, $lines, $said, $dropped, $order, $next_hits, $is_over) = (0, 0, 0, 0, 0, 0, 256, 0);
my @stack;
my @pending;
my $flushed = time;
my $process = $$;
my $out;
our $depth = 0;

sub winnow_quote {
  my $text = shift;
  $text =~ s/(["\\\x00-\x1f\x7f-\xff])/sprintf '\\u%04x', ord $1/ge;
  return qq("$text");
}

sub winnow_open {
  local $!;
  # A child may be in any directory; there are children on one backend only, whose work directory this is.
  open $out, '>', $process == $$ ? "$directory/trace.jsonl" : "/work/$directory/trace-$$.jsonl";
  binmode $out;
  push @pending, sprintf '{"format":"winnow.recording/1","language":"perl","runtime":"Perl %vd","level":"%s","limits":%s}', $^V, $level, $plan{limits};
}

sub winnow_flush {
  return unless @pending;
  my $text = join("\n", @pending) . "\n";
  @pending = ();
  $flushed = time;
  # A handle that the program closed is none of ours: it is opened for nothing else.
  local $!;
  syswrite $out, $text;
  $room -= length $text;
  $left = 0 if $room <= 0;
}

sub winnow_put {
  my ($text, $at) = @_;
  my $skip = $at - $said;
  $said = $at if $skip > 0;
  push @pending, $skip > 0 ? qq($text,"skip":$skip}) : "$text}";
  $left--;
  winnow_flush() if @pending >= 2000 || time != $flushed;
}

sub winnow_release {
  return unless %rings;
  my @rows = sort { $a->[0] <=> $b->[0] } map { @$_ } values %rings;
  %rings = ();
  for my $row (@rows) {
    winnow_put($row->[1], $row->[2]);
    $said = $row->[2] + 1 if $row->[3];
  }
}

sub winnow_hold {
  my ($key, $text, $is_line) = @_;
  my $ring = $rings{$key} ||= [];
  push @$ring, [$order++, $text, $lines, $is_line];
  return if @$ring <= $last;
  my $gone = shift @$ring;
  $dropped++ unless $gone->[3];
}

sub winnow_event {
  my $text = shift;
  return $dropped++ if $left <= 0;
  winnow_release();
  winnow_put($text, $lines);
}

# The path among the job's files; an empty text for others.
sub winnow_file {
  my $name = shift;
  my $path = $name;
  $path =~ s{^/work/}{};
  $path =~ s{^\./}{};
  return $files{$name} = $plan{files}{$path} ? $path : '';
}

sub winnow_code {
  my ($path, $name, $from, $to) = @_;
  my $code = { number => undef, path => $path, name => $name, first => $from, last => $to };
  return $codes{"$path $name"} = $code;
}

sub winnow_number {
  my $code = shift;
  return $code->{number} if defined $code->{number};
  $code->{number} = $codes++;
  push @pending, sprintf '{"e":"code","c":%d,"file":%s,"name":%s,"kind":"%s","line":%d,"end":%d}', $code->{number},
    winnow_quote($code->{path}), winnow_quote($code->{name}), $code->{name} eq '<module>' ? 'module' : 'function', $code->{first}, $code->{last};
  return $code->{number};
}

sub winnow_enter {
  my ($code) = @_;
  my $frame = { number => ++$frames, code => $code, line => 0, depth => $depth };
  my $from = @stack ? $stack[-1]{number} : 0;
  push @stack, $frame;
  return $frame unless $has_events;
  my $number = winnow_number($code);
  $frame->{told} = ++$calls{$number} <= $first && $left > 0;
  my $text = qq({"e":"call","f":$frame->{number},"c":$number,"from":$from,"args":[]);
  if ($frame->{told}) { winnow_event($text) } else { winnow_hold("c$number", $text, 0) }
  return $frame;
}

sub winnow_leave {
  my ($kind) = @_;
  my $frame = pop @stack;
  my $code = $frame->{code};
  $ways{$code->{path}}{"$frame->{line},-$code->{first}"}++ if $frame->{line};
  return unless $has_events;
  my $number = winnow_number($code);
  my $text = qq({"e":"$kind","f":$frame->{number}) . ($kind eq 'return' ? ',"to":null' : '');
  if (++$ends{$number} <= $first && $left > 0) { winnow_event($text) } else { winnow_hold("c$number", $text, 0) }
}

# Frames that an exception left without a word.
sub winnow_unwind {
  my ($to) = @_;
  while (@stack && $stack[-1]{depth} > $to) {
    winnow_event(qq({"e":"raise","f":$stack[-1]{number},"l":$stack[-1]{line},"t":"die","m":"")) if $has_events;
    winnow_leave('unwind');
  }
}

sub winnow_hits {
  for my $path (sort keys %{ $plan{files} }) {
    my %lines;
    for my $name ($path, "./$path", "/work/$path") {
      my $source = \@{"main::_<$name"};
      for my $line (1 .. $#$source) { $lines{$line} = 0 if defined $source->[$line] && $source->[$line] != 0 }
    }
    $lines{$_} = $hits{$path}{$_} for keys %{ $hits{$path} || {} };
    my $once = $level eq 'coverage';
    my @lines = map { sprintf '[%d,%d]', $_, $once && $lines{$_} ? 1 : $lines{$_} } sort { $a <=> $b } keys %lines;
    my $ways = $ways{$path} || {};
    my @ways = map { sprintf '[%s,%d]', $_, $once ? 1 : $ways->{$_} } sort keys %$ways;
    push @pending, sprintf '{"e":"hits","file":%s,"lines":[%s],"ways":[%s]}', winnow_quote($path), join(',', @lines), join(',', @ways);
  }
}

sub DB {
  return if $is_over;
  my (undef, $name, $line) = caller;
  my $path = $files{$name};
  $path = winnow_file($name) unless defined $path;
  return if $path eq '';
  if ($$ != $process && !$stack[0]{child}) { winnow_forked() }
  winnow_unwind($depth) if @stack && $stack[-1]{depth} > $depth;
  my $frame = $stack[-1];
  if (!$frame || $frame->{depth} < $depth || $frame->{code}{path} ne $path) {
    winnow_leave('return') if $frame && $frame->{depth} == $depth && $frame->{code}{name} eq '<module>' && @stack > 1;
    $frame = $stack[-1];
    if (!$frame || $frame->{depth} < $depth || $frame->{code}{path} ne $path) {
      $frame = winnow_enter($codes{"$path <module>"} || winnow_code($path, '<module>', 1, 0));
    }
  }
  # A `use` is several statements.
  return if ${^GLOBAL_PHASE} eq 'START' && $frame->{line} == $line;
  my $times = ++$hits{$path}{$line};
  $ways{$path}{"$frame->{line},$line"}++ if $frame->{line};
  $frame->{line} = $line;
  if ($has_events) {
    my $code = $frame->{told} ? '' : ',"c":' . winnow_number($frame->{code});
    my $text = qq({"e":"line","f":$frame->{number},"l":$line$code);
    if ($times <= $first && $left > 0) {
      winnow_release();
      winnow_put($text, $lines);
      $said = ++$lines;
    } else {
      winnow_hold("$path $line", $text, 1);
      $lines++;
    }
  }
  return if $times < $next_hits;
  $next_hits *= 2;
  winnow_hits();
  winnow_flush();
}

# In a subroutine of its own, so that what was matched here is not what the program finds in $1.
sub winnow_called {
  my $name = shift;
  my ($file, $from, $to) = ($DB::sub{$name} || '') =~ /^(.*):(\d+)-(\d+)$/ or return;
  my $path = defined $files{$file} ? $files{$file} : winnow_file($file);
  return if $path eq '' || $name =~ /::(?:DESTROY|BEGIN|END|AUTOLOAD)$/;
  my $short = $name;
  $short =~ s/^main:://;
  $short =~ s/::/./g;
  $short = '<function>' if $short =~ /__ANON__/;
  return $codes{"$path $short"} || winnow_code($path, $short, $from, $to);
}

# Code without a name has a reference in the place of its name, and runs as part of what calls it.
sub sub {
  my $code = $is_over ? undef : winnow_called($sub);
  return &$sub unless $code;
  local $depth = $depth + 1;
  winnow_unwind($depth - 1);
  my $frame = winnow_enter($code);
  if (wantarray) {
    my @result = &$sub;
    winnow_unwind($depth);
    winnow_leave('return') if @stack && $stack[-1] == $frame;
    return @result;
  }
  if (defined wantarray) {
    my $result = &$sub;
    winnow_unwind($depth);
    winnow_leave('return') if @stack && $stack[-1] == $frame;
    return $result;
  }
  &$sub;
  winnow_unwind($depth);
  winnow_leave('return') if @stack && $stack[-1] == $frame;
  return;
}

# What returns a place to assign to cannot be called through another that returns values.
sub lsub : lvalue { &$sub }

sub winnow_forked {
  @pending = ();
  %rings = %hits = %ways = ();
  $_->{number} = undef for values %codes;
  ($codes, $lines, $said) = (0, 0, 0);
  @stack = ({ %{ $stack[0] || { number => 0, code => winnow_code('', '', 0, 0), line => 0, depth => 0 } }, child => 1 });
  winnow_open();
  $process = $$;
}

winnow_open();
winnow_flush();

END {
  my $code = $?;
  local ($!, $@) = ($!, $@);
  $is_over = 1;
  $depth = 0;
  winnow_unwind(0);
  winnow_leave('return') while @stack;
  winnow_release();
  winnow_hits();
  push @pending, sprintf '{"e":"end","skip":%d,"dropped":%d}', $lines - $said, $dropped;
  winnow_flush();
  $? = $code;
}

1;
