package sluice.oracle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * What a script writes through Flink's own sinks: the lines of `golden-file` tables (filesystem)
 * and of `golden-print` tables (print, which writes to standard output).
 */
final class Outputs {
  private final ObjectMapper json = new ObjectMapper();
  private final ByteArrayOutputStream captured = new ByteArrayOutputStream();
  private final TreeMap<String, Path> folders = new TreeMap<>();
  private final Set<String> printed = new TreeSet<>();
  private final Path root;
  private int numFolders = 0;

  /** From here on standard output is captured: the oracle itself reports on standard error. */
  Outputs(Path root) {
    this.root = root;
    System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
  }

  /** The new folder into which a table writes. */
  Path folder(String table) {
    Path folder = root.resolve(String.valueOf(++numFolders));
    folders.put(table, folder);
    return folder;
  }

  /** The mark before each line that a table prints. */
  String printed(String table) {
    printed.add(table);
    return table;
  }

  /** Forgets earlier lines, not the tables. */
  void clear() {
    takeLines();
  }

  /** All lines since the last call, each as a JSON array of the table's name and the line. */
  List<String> takeLines() {
    List<String> result = new ArrayList<>();
    try {
      for (String table : folders.keySet()) {
        takeFiles(table, result);
      }
      for (String line : captured.toString(StandardCharsets.UTF_8).split("\\n")) {
        for (String table : printed) {
          if (line.startsWith(table + "> ")) {
            result.add(toJson(table, line.substring(table.length() + 2)));
          }
        }
      }
      captured.reset();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return result;
  }

  private void takeFiles(String table, List<String> result) throws IOException {
    if (!Files.exists(folders.get(table))) {
      return;
    }
    try (Stream<Path> found = Files.walk(folders.get(table))) {
      for (Path file : found.filter(Files::isRegularFile).sorted().toList()) {
        if (!file.getFileName().toString().startsWith(".")) {
          for (String line : Files.readAllLines(file)) {
            result.add(toJson(table, line));
          }
        }
        Files.delete(file);
      }
    }
  }

  private String toJson(String table, String line) throws JsonProcessingException {
    return json.writeValueAsString(List.of(table, line));
  }
}
