package sluice.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rows that reached golden sinks since the last clear(), by sink. Planner, task threads and the
 * runner share one JVM, and so this one place.
 */
final class Results {
  private static final Map<String, List<String>> ROWS = new TreeMap<>();
  private static boolean appendOnly = true;

  private Results() {}

  static synchronized void clear() {
    ROWS.clear();
    appendOnly = true;
  }

  /** Called by a sink whose input updates or deletes rows. */
  static synchronized void noteUpdates() {
    appendOnly = false;
  }

  static synchronized boolean isAppendOnly() {
    return appendOnly;
  }

  static synchronized void add(String sink, String row) {
    ROWS.computeIfAbsent(sink, name -> new ArrayList<>()).add(row);
  }

  static synchronized List<String> rows(String sink) {
    return new ArrayList<>(ROWS.getOrDefault(sink, List.of()));
  }

  static synchronized Map<String, List<String>> all() {
    return new TreeMap<>(ROWS);
  }
}
