package winnow;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Compiles the project, and then its tests. A file of tests with an error is told and left out, so that it does not keep the others from being run; an error in
 * the project itself is the end.
 */
public final class Compile {
    /** Times that tests are compiled again without those that had errors: each round may find what rested on them. */
    private static final int ROUNDS = 8;

    private final Plan plan;
    private final Rows rows;
    private final JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();

    private Compile(Plan plan, Rows rows) {
        this.plan = plan;
        this.rows = rows;
    }

    public static void main(String[] arguments) throws Exception {
        Plan plan = new Plan(Paths.get(arguments[0]));
        Rows rows = new Rows(plan.here.resolve("rows.txt"), plan.text("key"), 0);
        rows.write("e", "runtime", "name", "Java", "version", System.getProperty("java.version"));
        for (String note : plan.list("notes")) rows.write("e", "note", "text", note);
        Compile work = new Compile(plan, rows);
        boolean isBuilt = work.all("main", plan.list("classpath"), 1);
        List<String> path = new ArrayList<>(Arrays.asList(plan.text("out") + "/main"));
        path.addAll(plan.list("classpath"));
        if (isBuilt) work.all("test", path, ROUNDS);
        else {
            rows.write("e", "runner", "name", plan.text("name"), "version", "");
            rows.write("e", "end", "code", 1);
        }
        plan.set("number", rows.number());
        plan.write();
        System.exit(isBuilt ? 0 : 1);
    }

    /** @return whether all, or in the end some, could be compiled */
    private boolean all(String kind, List<String> path, int rounds) throws Exception {
        Path out = Paths.get(plan.text("out"), kind);
        Files.createDirectories(out);
        Set<String> sources = new LinkedHashSet<>(plan.list(kind));
        for (int round = 0; round < rounds && !sources.isEmpty(); round++) {
            Map<String, Diagnostic<? extends JavaFileObject>> bad = errors(sources, path, out);
            for (Map.Entry<String, Diagnostic<? extends JavaFileObject>> one : bad.entrySet()) tell(one.getKey(), one.getValue());
            if (bad.isEmpty()) return true;
            if (!sources.removeAll(bad.keySet())) return false;
        }
        return sources.isEmpty();
    }

    private Map<String, Diagnostic<? extends JavaFileObject>> errors(Set<String> sources, List<String> path, Path out) throws Exception {
        DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
        List<String> options = new ArrayList<>(Arrays.asList("-d", out.toString(), "-g", "-nowarn", "-Xlint:none", "-Xmaxerrs", "10000",
            "-cp", String.join(":", path)));
        options.addAll(levels());
        options.addAll(plan.list("compilerArguments"));
        Map<String, Diagnostic<? extends JavaFileObject>> bad = new LinkedHashMap<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(said, Locale.ROOT, StandardCharsets.UTF_8)) {
            boolean isGood = compiler.getTask(null, files, said, options, null, files.getJavaFileObjectsFromStrings(sources)).call();
            for (Diagnostic<? extends JavaFileObject> one : said.getDiagnostics())
                if (one.getKind() == Diagnostic.Kind.ERROR)
                    bad.putIfAbsent(one.getSource() == null ? "compiler" : plan.root.relativize(Paths.get(one.getSource().toUri())).toString(), one);
            if (!isGood && bad.isEmpty()) bad.put("compiler", null);
        }
        return bad;
    }

    /** Levels that this compiler has given up are left out: most code for an old one is code for a newer one as well. */
    private List<String> levels() {
        int least = compiler.getSourceVersions().stream().mapToInt(Enum::ordinal).min().orElse(0);
        List<String> options = new ArrayList<>();
        for (String name : Arrays.asList("release", "source", "target")) {
            String level = plan.text(name).replaceFirst("^1\\.", "");
            if (!level.matches("\\d+") || Integer.parseInt(level) < least) continue;
            options.add(name.equals("release") ? "--release" : "-" + name);
            options.add(level);
            if (name.equals("release")) break;
        }
        return options;
    }

    private void tell(String path, Diagnostic<? extends JavaFileObject> error) {
        String message = error == null ? "the compiler failed without a word" : error.getMessage(Locale.ROOT);
        rows.write("e", "broken", "name", Rows.cut(path, Rows.NAME), "message", Rows.cut(message.split("\n")[0], Rows.MESSAGE),
            "details", Rows.cut(error == null ? "" : error.toString(), Rows.DETAILS),
            "at", error == null || error.getSource() == null ? null : Arrays.asList(path, error.getLineNumber()));
    }
}
