package winnow;

import java.io.DataOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an engine says of its tests, as rows; what JaCoCo counted between two tests; and the time that one test may take.
 *
 * A thread of Java cannot be ended from outside. So a test that takes too long is interrupted, and where that does not help, the machine is ended and another one
 * goes on with the tests after it (`java.sh`).
 */
final class Told {
    /** The exit code after which `java.sh` starts another machine. */
    static final int AGAIN = 177;
    /** ms beyond the limit that a test has to hear that it was interrupted. */
    private static final long GRACE = 2000;

    final Plan plan;
    private final Rows rows;
    private final long limit;
    private final StringBuilder done = new StringBuilder();
    private final Map<String, Integer> before = new HashMap<>();
    private final Object agent;
    private final DataOutputStream counts;
    private long next;
    private boolean isBad;
    private String current;
    private long since;
    private Thread thread;
    private boolean isLate;

    Told(Plan plan, Rows rows) throws Exception {
        this.plan = plan;
        this.rows = rows;
        limit = plan.number("testMs");
        next = plan.number("next");
        for (String name : plan.list("done")) {
            before.merge(name, 1, Integer::sum);
            done.append(name).append('\n');
        }
        isBad = !before.isEmpty();
        agent = plan.text("coverage").isEmpty() ? null : Class.forName("org.jacoco.agent.rt.RT").getMethod("getAgent").invoke(null);
        counts = agent == null ? null : new DataOutputStream(new FileOutputStream(plan.here.resolve("counts.bin").toFile(), true));
        if (limit > 0) {
            Thread watch = new Thread(this::watch, "winnow");
            watch.setDaemon(true);
            watch.start();
        }
    }

    void version(String name, String version) {
        rows.write("e", "runner", "name", name, "version", version == null ? "" : version);
    }

    /** Whether a test is one of those asked for, and did not begin in a machine before this one. */
    boolean isWanted(String name) {
        if (before.containsKey(line(name))) return false;
        List<String> only = plan.list("only");
        return only.isEmpty() || only.stream().anyMatch(name::contains);
    }

    void found(List<String> names) {
        if (!before.isEmpty()) return;
        for (int at = 0; at < names.size(); at += 500) {
            List<String> part = names.subList(at, Math.min(names.size(), at + 500));
            rows.write("e", "tests", "names", Arrays.asList(part.stream().map(name -> Rows.cut(name, Rows.NAME)).toArray()));
        }
    }

    synchronized void begin(String name, String type) {
        count(null);
        String source = type == null ? null : plan.sourceOf(type);
        rows.write("e", "start", "n", next, "name", Rows.cut(name, Rows.NAME), "file", source == null ? "" : source, "line", 0);
        current = name;
        done.append(line(name)).append('\n');
        isLate = false;
        thread = Thread.currentThread();
        since = System.nanoTime();
    }

    /** @param error null: none */
    synchronized void end(String state, String message, Throwable error) {
        long took = (System.nanoTime() - since) / 100_000;
        count(current);
        String kind = error == null ? "" : error.getClass().getName();
        boolean isTime = isLate || kind.endsWith(".TestTimedOutException") || kind.equals("java.util.concurrent.TimeoutException");
        String shown = state.equals("failed") && isTime ? "timed-out" : state;
        if (!shown.equals("passed") && !shown.equals("skipped")) isBad = true;
        rows.write("e", "test", "n", next++, "state", shown, "ms", took / 10.0, "message", Rows.cut(messageOf(message, error), Rows.MESSAGE),
            "details", shown.equals("passed") || shown.equals("skipped") ? "" : Rows.cut(traceOf(error), Rows.DETAILS), "at", placeOf(error));
        current = null;
    }

    /** What has a state without having run. */
    void alone(String name, String type, String state, String message, Throwable error) {
        if (before.containsKey(line(name))) return;
        begin(name, type);
        end(state, message, error);
    }

    void broken(String name, Throwable error) {
        if (!before.isEmpty()) return;
        isBad = true;
        rows.write("e", "broken", "name", Rows.cut(name, Rows.NAME), "message", Rows.cut(messageOf(null, error), Rows.MESSAGE),
            "details", Rows.cut(traceOf(error), Rows.DETAILS), "at", placeOf(error));
    }

    void internal(Throwable error) {
        rows.write("e", "internal", "text", Rows.cut(traceOf(error), Rows.DETAILS));
    }

    /** @return the exit code */
    synchronized int finish() {
        count(null);
        int code = isBad ? 1 : 0;
        rows.write("e", "end", "code", code);
        return code;
    }

    private void watch() {
        while (true) {
            try {
                Thread.sleep(50);
            } catch (InterruptedException ignored) {
                // Tests that interrupt all threads do not end the watch.
            }
            synchronized (this) {
                long ran = (System.nanoTime() - since) / 1_000_000;
                if (current == null || ran < limit) continue;
                if (ran > limit + GRACE) again();
                if (!isLate) thread.interrupt();
                isLate = true;
            }
        }
    }

    private void again() {
        rows.write("e", "test", "n", next, "state", "timed-out", "ms", limit + GRACE, "message",
            "it took longer than " + limit + " ms and did not stop when it was told to: its process was ended, and the tests after it ran in another",
            "details", "", "at", null);
        plan.set("key", rows.key());
        plan.set("number", rows.number());
        plan.set("next", next + 1);
        plan.set("done", done);
        try {
            count(current);
            plan.write();
            Runtime.getRuntime().halt(AGAIN);
        } catch (IOException error) {
            Runtime.getRuntime().halt(1);
        }
    }

    /** Hands what ran since the last time over to `Lines`. */
    private void count(String name) {
        if (agent == null) return;
        try {
            Method take = Class.forName("org.jacoco.agent.rt.IAgent").getMethod("getExecutionData", boolean.class);
            byte[] data = (byte[]) take.invoke(agent, true);
            byte[] text = (name == null ? "" : Rows.cut(name, Rows.NAME)).getBytes(StandardCharsets.UTF_8);
            counts.writeInt(text.length);
            counts.write(text);
            counts.writeInt(data.length);
            counts.write(data);
        } catch (ReflectiveOperationException | IOException error) {
            throw new IllegalStateException("what ran cannot be counted", error);
        }
    }

    private static String line(String name) {
        return Rows.cut(name, Rows.NAME).replace('\n', ' ');
    }

    private static String messageOf(String message, Throwable error) {
        if (error == null) return message;
        String said = error.getMessage();
        return said == null || said.isEmpty() ? error.getClass().getName() : error.getClass().getName() + ": " + said;
    }

    private static String traceOf(Throwable error) {
        if (error == null) return "";
        StringWriter text = new StringWriter();
        error.printStackTrace(new PrintWriter(text, true));
        return text.toString();
    }

    /** The innermost frame of the project. */
    private List<Object> placeOf(Throwable error) {
        if (error == null) return null;
        for (StackTraceElement frame : error.getStackTrace()) {
            String source = plan.sourceOf(frame.getClassName());
            if (source != null) return Arrays.asList(source, Math.max(0, frame.getLineNumber()));
        }
        return null;
    }
}
