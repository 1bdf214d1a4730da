# tries: Ruby's doors: system, backticks, fork, Fiddle, sockets, the bridge to JavaScript
# prints: done
# endings: exited
# limits: {"wallMs": 8000}
$stdout.sync = true
[
  -> { system("echo x > /usr/winnow-owned; echo x > /tmp/winnow-owned; cat /tmp/winnow-bait.txt") },
  -> { puts `cat /etc/shadow /tmp/winnow-bait.txt /proc/1/environ` },
  -> { %w[/etc/shadow /tmp/winnow-bait.txt /root/.ssh/id_winnow /proc/1/environ].each { |path| puts(File.read(path)) rescue puts($!.class) } },
  -> { File.write("/usr/winnow-owned", "x") },
  -> { require "js"; puts "escaped: js"; puts JS.eval("return process.pid") },
  -> { require "js/require_remote" },
  -> { require "fiddle"; puts Fiddle::Function.new(Fiddle.dlopen(nil)["system"], [Fiddle::TYPE_VOIDP], Fiddle::TYPE_INT).call("echo x > /usr/winnow-owned") },
  -> { require "socket"; TCPSocket.new("127.0.0.1", 47001); puts "escaped: connected" },
  -> { puts ObjectSpace.each_object(String).select { |text| text.include?("inside" + ".ts") }.first(3).inspect },
  -> { fork { Process.setsid; sleep 20; File.write("/tmp/winnow-owned", "x") } },
  -> { Process.kill(:KILL, Process.ppid) },
  -> { open("|cat /tmp/winnow-bait.txt") { |it| puts it.read } },
  -> { File.symlink("/etc/shadow", "to-shadow") },
].each do |act|
  act.call
rescue Exception
  puts $!.class
end
puts "done"
