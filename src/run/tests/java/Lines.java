package winnow;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jacoco.core.analysis.Analyzer;
import org.jacoco.core.analysis.CoverageBuilder;
import org.jacoco.core.analysis.IClassCoverage;
import org.jacoco.core.analysis.ICounter;
import org.jacoco.core.data.ExecutionData;
import org.jacoco.core.data.ExecutionDataReader;
import org.jacoco.core.data.ExecutionDataStore;

/**
 * Makes lines of what JaCoCo's agent counted in each test, by JaCoCo's own analysis, after all tests and in a machine of its own: no class of it is then among the
 * project's. The same probes of the same class are looked at once.
 */
public final class Lines {
    private final Plan plan;
    private final PrintWriter out;
    private final Map<String, Integer> numbers = new HashMap<>();
    private final Map<String, TreeSet<Integer>> able = new TreeMap<>();
    private final Map<String, IClassCoverage> known = new HashMap<>();

    private Lines(Plan plan, PrintWriter out) {
        this.plan = plan;
        this.out = out;
    }

    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(Paths.get(arguments[0]), "lines.properties");
        try (PrintWriter out = new PrintWriter(plan.here.resolve("lines-java.jsonl").toFile(), "UTF-8");
            DataInputStream counts = new DataInputStream(new BufferedInputStream(Files.newInputStream(plan.here.resolve("counts.bin"))))) {
            Lines lines = new Lines(plan, out);
            while (counts.available() > 0) lines.take(new String(part(counts), StandardCharsets.UTF_8), part(counts));
            lines.finish();
        }
    }

    private static byte[] part(DataInputStream from) throws IOException {
        byte[] bytes = new byte[from.readInt()];
        from.readFully(bytes);
        return bytes;
    }

    private void take(String test, byte[] data) throws IOException {
        ExecutionDataStore store = new ExecutionDataStore();
        ExecutionDataReader reader = new ExecutionDataReader(new ByteArrayInputStream(data));
        reader.setExecutionDataVisitor(store);
        reader.setSessionInfoVisitor(info -> { });
        reader.read();
        Map<String, TreeSet<Integer>> ran = new TreeMap<>();
        for (ExecutionData one : store.getContents()) {
            IClassCoverage found = of(one, store);
            String path = found == null ? null : sourceOf(found);
            if (path == null) continue;
            for (int line = found.getFirstLine(); line >= 0 && line <= found.getLastLine(); line++) {
                int status = found.getLine(line).getStatus();
                if (status == ICounter.EMPTY) continue;
                able.computeIfAbsent(path, none -> new TreeSet<>()).add(line);
                if (status != ICounter.NOT_COVERED) ran.computeIfAbsent(path, none -> new TreeSet<>()).add(line);
            }
        }
        if (ran.isEmpty()) return;
        List<String> files = new ArrayList<>();
        for (Map.Entry<String, TreeSet<Integer>> one : ran.entrySet()) files.add("\"" + number(one.getKey()) + "\":\"" + ranges(one.getValue()) + "\"");
        out.println("{\"e\":\"lines\"," + (test.isEmpty() ? "\"n\":null" : "\"of\":" + text(test)) + ",\"files\":{" + String.join(",", files) + "}}");
    }

    private IClassCoverage of(ExecutionData one, ExecutionDataStore store) throws IOException {
        String key = one.getName() + Arrays.toString(one.getProbes());
        if (known.containsKey(key)) return known.get(key);
        IClassCoverage found = null;
        for (String kind : Arrays.asList("main", "test")) {
            Path file = Paths.get(plan.text("out"), kind, one.getName() + ".class");
            if (!Files.isRegularFile(file)) continue;
            CoverageBuilder builder = new CoverageBuilder();
            new Analyzer(store, builder).analyzeClass(Files.readAllBytes(file), one.getName());
            for (IClassCoverage type : builder.getClasses()) found = type;
        }
        known.put(key, found);
        return found;
    }

    private String sourceOf(IClassCoverage type) {
        String file = type.getSourceFileName();
        if (file == null) return null;
        String name = type.getPackageName().isEmpty() ? file : type.getPackageName() + "/" + file;
        return plan.sourceOf(name.replaceFirst("\\.java$", "").replace('/', '.'));
    }

    private void finish() {
        for (Map.Entry<String, TreeSet<Integer>> one : able.entrySet())
            out.println("{\"e\":\"able\",\"n\":" + number(one.getKey()) + ",\"lines\":\"" + ranges(one.getValue()) + "\"}");
    }

    private int number(String path) {
        return numbers.computeIfAbsent(path, none -> {
            out.println("{\"e\":\"file\",\"n\":" + numbers.size() + ",\"path\":" + text(path) + "}");
            return numbers.size();
        });
    }

    private static String text(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("[\\x00-\\x1f]", " ") + "\"";
    }

    /** `1-3,7` */
    private static String ranges(TreeSet<Integer> lines) {
        StringBuilder text = new StringBuilder();
        for (int line : lines) {
            if (lines.contains(line - 1)) {
                if (lines.contains(line + 1)) continue;
                text.append('-').append(line);
            } else text.append(text.length() == 0 ? "" : ",").append(line);
        }
        return text.toString();
    }
}
