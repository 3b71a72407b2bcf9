package sluice.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What Flink answered to one case. {@code kind} is the word after {@code -- expect}: append,
 * changelog, "error validation" or "error runtime". {@code lines} are the rows as JSON arrays, or
 * for an error the first line of its message as a comment.
 */
record Answer(String kind, String types, List<String> lines) {

  static Answer rows(boolean isAppend, String types, List<String> lines) {
    return new Answer(isAppend ? "append" : "changelog", types, lines);
  }

  static Answer error(String when, Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    String firstLine = message.strip().lines().findFirst().orElse("");
    String comment = "# " + cause.getClass().getSimpleName() + ": " + firstLine;
    return new Answer("error " + when, "", List.of(comment.strip()));
  }

  /**
   * Whether two answers promise the same: the same types and rows whatever their order, for a
   * changelog the same final rows, for an error the same moment of failing.
   */
  boolean agreesWith(Answer other) {
    if (!kind.equals(other.kind) || !types.equals(other.types)) {
      return false;
    }
    return kind.startsWith("error") || finalRows().equals(other.finalRows());
  }

  private Map<String, Integer> finalRows() {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String line : lines) {
      boolean isAdded = line.contains("\"+I\"") || line.contains("\"+U\"");
      String row = line.replaceFirst("\"(\\+I|-U|\\+U|-D)\",?", "");
      counts.merge(row, isAdded ? 1 : -1, Integer::sum);
    }
    counts.values().removeAll(Collections.singleton(0));
    return counts;
  }

  /** The sections that state this answer in a case file. */
  List<String> toLines(List<String> stamps) {
    List<String> result = new ArrayList<>();
    if (!types.isEmpty()) {
      result.add("-- types " + types);
    }
    result.add("-- expect " + kind + " " + String.join(" ", stamps));
    result.addAll(lines);
    return result;
  }
}
