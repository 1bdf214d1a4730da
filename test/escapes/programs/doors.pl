# tries: Perl's doors: system, backticks, open with a pipe, exec, syscall, sockets, loading libraries
# prints: done
# endings: exited
$| = 1;
# A shell that may not write ends before it has read.
$SIG{PIPE} = 'IGNORE';
for my $act (
  sub { system("echo x > /usr/winnow-owned; echo x > /tmp/winnow-owned; cat /tmp/winnow-bait.txt") },
  sub { print `cat /etc/shadow /tmp/winnow-bait.txt /proc/1/environ` },
  sub { open(my $pipe, "|-", "sh -c 'echo x > /var/tmp/winnow-owned'") or die $!; print $pipe "x" },
  sub { open(my $file, "<", $_) and print(<$file>) for "/etc/shadow", "/tmp/winnow-bait.txt", "/root/.ssh/id_winnow", "/proc/1/environ" },
  sub { open(my $file, ">", "/usr/winnow-owned") or die $!; print $file "x" },
  sub { print syscall(56, 17, 0, 0, 0, 0) == 0 ? CORE::exit(0) : "forked" },
  sub { require Socket; socket(my $it, 2, 1, 0) or die $!; connect($it, Socket::sockaddr_in(47001, Socket::inet_aton("127.0.0.1"))) or die $!; print "escaped: connected\n" },
  sub { require DynaLoader; print DynaLoader::dl_load_file("/lib/x86_64-linux-gnu/libc.so.6") },
  sub { print join ",", map { "$_=$ENV{$_}" } keys %ENV },
  sub { kill 9, getppid(); kill 9, 1 },
  sub { symlink("/etc/shadow", "to-shadow") },
) {
  eval { $act->(); 1 } or print "x $@";
  print "\n";
}
print "done\n";
