package sluice.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A golden case file: sections that each start with a {@code -- word} line. tests/sql/README.md is
 * the reference of the format. Writing a file that was read gives the same text, but for the
 * expectations recorded in between.
 */
final class CaseFile {
  private static final Pattern HEADER =
      Pattern.compile("-- (settings|table|input|query|script|types|expect)\\b ?(.*)");
  private static final Pattern STAMP = Pattern.compile("flink-\\S+");

  /** A section as it stands in the file: its header's word and argument, and its body. */
  static class Section {
    final String word;
    final String argument;
    final List<String> body = new ArrayList<>();

    Section(String word, String argument) {
      this.word = word;
      this.argument = argument;
    }

    /** The body without the blank lines that set it apart from the next section. */
    String text() {
      return String.join("\n", withoutBlankEnd(body));
    }

    void writeTo(List<String> lines) {
      lines.add(("-- " + word + " " + argument).stripTrailing());
      lines.addAll(body);
    }
  }

  /** What one or several Flink versions answered. */
  private record Expectation(Answer answer, List<String> stamps) {}

  /** A query or a script with its expectations. */
  static final class Case extends Section {
    private final List<Expectation> expectations = new ArrayList<>();

    Case(String word, String argument) {
      super(word, argument);
    }

    boolean isRecordedBy(String stamp) {
      return expectations.stream().anyMatch(e -> e.stamps.contains(stamp));
    }

    /** Files the answer with the expectation it agrees with, or as one of its own. */
    void record(String stamp, Answer answer) {
      expectations.forEach(e -> e.stamps.remove(stamp));
      for (Expectation expectation : expectations) {
        if (expectation.answer.agreesWith(answer)) {
          expectation.stamps.add(stamp);
          expectation.stamps.sort(null);
          expectations.removeIf(e -> e.stamps.isEmpty());
          return;
        }
      }
      expectations.removeIf(e -> e.stamps.isEmpty());
      expectations.add(new Expectation(answer, new ArrayList<>(List.of(stamp))));
    }

    @Override
    void writeTo(List<String> lines) {
      lines.add(("-- " + word + " " + argument).stripTrailing());
      lines.addAll(withoutBlankEnd(body));
      for (Expectation expectation : expectations) {
        lines.addAll(expectation.answer.toLines(expectation.stamps));
      }
      lines.add("");
    }
  }

  private final Path path;
  private final List<String> opening = new ArrayList<>();
  private final List<Section> sections = new ArrayList<>();

  private CaseFile(Path path) {
    this.path = path;
  }

  static CaseFile read(Path path) throws IOException {
    CaseFile file = new CaseFile(path);
    List<String> body = file.opening;
    String types = "";
    Case current = null;
    for (String line : Files.readAllLines(path)) {
      Matcher header = HEADER.matcher(line);
      if (!header.matches()) {
        body.add(line);
      } else if (header.group(1).equals("types")) {
        types = header.group(2);
      } else if (header.group(1).equals("expect")) {
        if (current == null) {
          throw new IOException(path + ": an expectation without a query: " + line);
        }
        body = addExpectation(current, header.group(2), types);
        types = "";
      } else {
        Section section = makeSection(header.group(1), header.group(2).strip());
        current = section instanceof Case ? (Case) section : null;
        file.sections.add(section);
        body = section.body;
      }
    }
    file.trimExpectations();
    return file;
  }

  private static Section makeSection(String word, String argument) {
    boolean isCase = word.equals("query") || word.equals("script");
    return isCase ? new Case(word, argument) : new Section(word, argument);
  }

  private static List<String> addExpectation(Case oneCase, String argument, String types) {
    List<String> stamps = new ArrayList<>();
    STAMP.matcher(argument).results().forEach(stamp -> stamps.add(stamp.group()));
    String kind = STAMP.matcher(argument).replaceAll("").strip();
    List<String> lines = new ArrayList<>();
    oneCase.expectations.add(new Expectation(new Answer(kind, types, lines), stamps));
    return lines;
  }

  private void trimExpectations() {
    for (Case oneCase : cases()) {
      for (Expectation expectation : oneCase.expectations) {
        expectation.answer.lines().removeIf(String::isBlank);
      }
    }
  }

  private static List<String> withoutBlankEnd(List<String> lines) {
    int end = lines.size();
    while (end > 0 && lines.get(end - 1).isBlank()) {
      --end;
    }
    return lines.subList(0, end);
  }

  Path path() {
    return path;
  }

  List<Section> sections() {
    return sections;
  }

  List<Case> cases() {
    return sections.stream().filter(s -> s instanceof Case).map(s -> (Case) s).toList();
  }

  void write() throws IOException {
    List<String> lines = new ArrayList<>(opening);
    sections.forEach(section -> section.writeTo(lines));
    Files.writeString(path, String.join("\n", withoutBlankEnd(lines)) + "\n");
  }
}
