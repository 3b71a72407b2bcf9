package sluice.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.runtime.util.EnvironmentInformation;

/**
 * Records what a real Flink answers: runs the cases of golden files on one mini cluster and writes
 * types and rows back into the files. Only expectations are written; settings, tables, inputs and
 * queries stay as they are.
 *
 * <p>Arguments: {@code [--all] PATH…}, each PATH a case file or a folder of them. Cases that this
 * Flink version has answered before are skipped unless {@code --all} is given.
 */
public final class Oracle {
  private Oracle() {}

  public static void main(String[] args) throws Exception {
    boolean all = false;
    List<Path> files = new ArrayList<>();
    for (String arg : args) {
      if (arg.equals("--all")) {
        all = true;
      } else {
        addCaseFiles(Path.of(arg), files);
      }
    }
    String stamp = "flink-" + EnvironmentInformation.getVersion();
    int numRecorded = 0;
    int numBroken = 0;
    try (FlinkRunner runner = new FlinkRunner()) {
      for (Path file : files) {
        try {
          int recorded = record(runner, file, stamp, all);
          if (recorded > 0) {
            System.err.printf("%s: %d cases recorded with %s%n", file, recorded, stamp);
          }
          numRecorded += recorded;
        } catch (IOException | RuntimeException e) {
          System.err.printf("%s is not a usable case file: %s%n", file, e.getMessage());
          ++numBroken;
        }
      }
    }
    System.err.printf("%d cases recorded in %d files%n", numRecorded, files.size());
    System.exit(numBroken == 0 ? 0 : 1); // The mini cluster leaves threads behind.
  }

  private static void addCaseFiles(Path path, List<Path> files) throws IOException {
    try (Stream<Path> found = Files.walk(path)) {
      found.filter(file -> file.toString().endsWith(".test")).sorted().forEach(files::add);
    }
  }

  private static int record(FlinkRunner runner, Path file, String stamp, boolean all)
      throws Exception {
    CaseFile caseFile = CaseFile.read(file);
    List<CaseFile.Case> open =
        caseFile.cases().stream().filter(c -> all || !c.isRecordedBy(stamp)).toList();
    if (open.isEmpty()) {
      return 0;
    }
    runner.openFile(caseFile);
    for (CaseFile.Section section : caseFile.sections()) {
      if (!(section instanceof CaseFile.Case)) {
        runner.prepare(section);
      } else if (open.contains(section)) {
        CaseFile.Case oneCase = (CaseFile.Case) section;
        oneCase.record(stamp, runner.run(oneCase));
      }
    }
    caseFile.write();
    return open.size();
  }
}
