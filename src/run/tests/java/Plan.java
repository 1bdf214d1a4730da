package winnow;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** What is to be done, as it stands in a file of properties: texts, and lists with a line for each entry. */
final class Plan {
    final Path here;
    final Path root;
    private final String name;
    private final Properties values = new Properties();

    /** @param here the directory of this file, below the project */
    Plan(Path here) throws IOException {
        this(here, "plan.properties");
    }

    Plan(Path here, String name) throws IOException {
        this.name = name;
        this.here = here.toAbsolutePath();
        root = this.here.getParent();
        try (InputStream file = Files.newInputStream(path())) {
            values.load(file);
        }
    }

    private Path path() {
        return here.resolve(name);
    }

    /** It has the key: no code of the project runs before. */
    void remove() throws IOException {
        Files.delete(path());
    }

    void write() throws IOException {
        try (OutputStream file = Files.newOutputStream(path())) {
            values.store(file, null);
        }
    }

    String text(String name) {
        return values.getProperty(name, "");
    }

    long number(String name) {
        String text = text(name);
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    List<String> list(String name) {
        List<String> entries = new ArrayList<>();
        for (String line : text(name).split("\n")) if (!line.isEmpty()) entries.add(line);
        return entries;
    }

    void set(String name, Object value) {
        values.setProperty(name, String.valueOf(value));
    }

    /** The file of the project that a class comes from; null: it is none of the project. */
    String sourceOf(String type) {
        int inner = type.indexOf('$');
        String name = (inner < 0 ? type : type.substring(0, inner)).replace('.', '/') + ".java";
        for (String directory : list("roots")) {
            String path = directory.isEmpty() ? name : directory + "/" + name;
            if (Files.isRegularFile(root.resolve(path))) return path;
        }
        return null;
    }
}
