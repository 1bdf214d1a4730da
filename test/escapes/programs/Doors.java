// tries: Java's doors: processes, sockets, unsafe memory, threads without end, exit hooks that never return
// backends: native (there is no embedded Java)
// endings: exited, timed-out, out-of-memory, crashed
// limits: {"wallMs": 9000, "cpuMs": 8000, "memoryBytes": 536870912, "processes": 64}
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.concurrent.Callable;

public class Main {
  static void attempt(Callable<Object> act) {
    try {
      System.out.println(act.call());
    } catch (Throwable error) {
      System.out.println(error.getClass());
    }
  }

  public static void main(String[] args) {
    for (String path : new String[] {"/etc/shadow", "/tmp/winnow-bait.txt", "/proc/1/environ", "/root/.ssh/id_winnow"})
      attempt(() -> new String(Files.readAllBytes(Paths.get(path))));
    attempt(() -> Files.write(Paths.get("/usr/winnow-owned"), new byte[1]));
    attempt(() -> new String(new ProcessBuilder("sh", "-c", "cat /tmp/winnow-bait.txt; echo x > /tmp/winnow-owned").start().getInputStream().readAllBytes()));
    attempt(() -> { new Socket("127.0.0.1", 47001); System.out.println("escaped: connected"); return null; });
    attempt(() -> System.getenv().toString());
    attempt(() -> Files.createSymbolicLink(Path.of("to-shadow"), Path.of("/etc/shadow")));
    attempt(() -> ProcessHandle.allProcesses().map(process -> process.destroyForcibly()).count());
    attempt(() -> { while (true) { Thread it = new Thread(() -> { while (true); }); it.start(); } });
    Runtime.getRuntime().halt(0);
  }
}
