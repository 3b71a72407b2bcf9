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
  private static final Map<String, Boolean> IS_APPEND = new TreeMap<>();

  private Results() {}

  static synchronized void clear() {
    ROWS.clear();
    IS_APPEND.clear();
  }

  /**
   * Notes whether the planner asks a sink to take inserts only. Its first question is about the
   * query; Flink 2 goes on to probe with other modes.
   */
  static synchronized void noteMode(String sink, boolean isAppend) {
    IS_APPEND.putIfAbsent(sink, isAppend);
  }

  static synchronized boolean isAppendOnly() {
    return !IS_APPEND.containsValue(false);
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
