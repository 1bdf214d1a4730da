package winnow;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Rows of a report, each sealed, as `python/winnow_rows.py` writes them. A test that looks for the key in the memory of its own process finds it.
 */
final class Rows {
    static final int NAME = 2000;
    static final int MESSAGE = 2000;
    static final int DETAILS = 20_000;

    private final Path path;
    private final String key;
    private final Mac mac;
    private RandomAccessFile file;
    private Object id;
    private long number;

    Rows(Path path, String key, long number) throws IOException, GeneralSecurityException {
        this.path = path;
        this.key = key;
        this.number = number;
        mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
        open();
    }

    String key() {
        return key;
    }

    synchronized long number() {
        return number;
    }

    /** @param pairs names and values: texts, numbers, lists of these, and null */
    synchronized void write(Object... pairs) {
        StringBuilder row = new StringBuilder().append(number++).append(" {");
        for (int at = 0; at < pairs.length; at += 2) {
            if (at > 0) row.append(',');
            value(row, pairs[at]);
            row.append(':');
            value(row, pairs[at + 1]);
        }
        String text = row.append('}').toString();
        StringBuilder line = new StringBuilder();
        byte[] digest = mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
        for (int at = 0; at < 16; at++) line.append(String.format("%02x", digest[at]));
        try {
            keep();
            put(line.append(' ').append(text).append('\n').toString().getBytes(StandardCharsets.US_ASCII));
        } catch (IOException error) {
            throw new IllegalStateException("the report cannot be written", error);
        }
    }

    private void open() throws IOException {
        file = new RandomAccessFile(path.toFile(), "rw");
        id = idOf();
    }

    private Object idOf() {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (IOException gone) {
            return null;
        }
    }

    /** Puts the file back where a test took it away, with the rows that were in it: the open one still reads them. */
    private void keep() throws IOException {
        if (id.equals(idOf())) return;
        byte[] before = new byte[(int) file.length()];
        file.seek(0);
        file.readFully(before);
        file.close();
        Files.createDirectories(path.getParent());
        Files.deleteIfExists(path);
        open();
        put(before);
    }

    private void put(byte[] bytes) throws IOException {
        file.seek(file.length());
        file.write(bytes);
    }

    static String cut(String text, int most) {
        if (text == null) return "";
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    private static void value(StringBuilder into, Object value) {
        if (value == null || value instanceof Number) into.append(value);
        else if (value instanceof List) {
            into.append('[');
            String between = "";
            for (Object one : (List<?>) value) {
                into.append(between);
                value(into, one);
                between = ",";
            }
            into.append(']');
        } else text(into, value.toString());
    }

    private static void text(StringBuilder into, String text) {
        into.append('"');
        for (int at = 0; at < text.length(); at++) {
            char letter = text.charAt(at);
            if (letter == '"' || letter == '\\') into.append('\\').append(letter);
            else if (letter >= ' ' && letter < 127) into.append(letter);
            else into.append(String.format("\\u%04x", (int) letter));
        }
        into.append('"');
    }
}
