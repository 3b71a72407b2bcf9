package sluice.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.table.api.EnvironmentSettings;
import org.apache.flink.table.api.TableEnvironment;
import org.apache.flink.table.api.TableResult;

/**
 * Runs a SQL script on a Flink inside this JVM and waits for its jobs, as {@code sluice run} does:
 * RunScript SCRIPT.sql [--var name=value]... [-p N]. Everything that the arguments and the script
 * leave open keeps Flink's default.
 */
public final class RunScript {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)(?::-([^}]*))?}");

  private static final Pattern SET =
      Pattern.compile("SET\\s+'([^']*)'\\s*=\\s*'([^']*)'", Pattern.CASE_INSENSITIVE);

  private RunScript() {}

  public static void main(String[] args) throws Exception {
    Map<String, String> variables = new HashMap<>();
    int parallelism = 1;
    for (int i = 1; i + 1 < args.length; i += 2) {
      switch (args[i]) {
        case "--var" -> {
          String[] pair = args[i + 1].split("=", 2);
          variables.put(pair[0], pair[1]);
        }
        case "-p" -> parallelism = Integer.parseInt(args[i + 1]);
        default -> throw new IllegalArgumentException("unknown argument " + args[i]);
      }
    }
    Configuration configuration = new Configuration();
    configuration.set(CoreOptions.DEFAULT_PARALLELISM, parallelism);
    TableEnvironment environment =
        TableEnvironment.create(
            EnvironmentSettings.newInstance()
                .inStreamingMode()
                .withConfiguration(configuration)
                .build());
    for (String statement : split(substitute(Files.readString(Path.of(args[0])), variables))) {
      Matcher set = SET.matcher(statement);
      if (set.matches()) { // the SQL client's statement; a TableEnvironment does not know it
        environment.getConfig().set(set.group(1), set.group(2));
        continue;
      }
      TableResult result = environment.executeSql(statement);
      if (result.getJobClient().isPresent()) {
        result.await();
      }
    }
  }

  /** Puts in the value of each ${name} or ${name:-default}. */
  private static String substitute(String script, Map<String, String> variables) {
    return VARIABLE
        .matcher(script)
        .replaceAll(
            found -> {
              String value = variables.getOrDefault(found.group(1), found.group(2));
              if (value == null) {
                throw new IllegalArgumentException("no value for the variable " + found.group(1));
              }
              return Matcher.quoteReplacement(value);
            });
  }

  /** The statements of a script, without the semicolons that end them and without comments. */
  static List<String> split(String script) {
    Pattern token =
        Pattern.compile("--[^\n]*|'(?:[^']|'')*'|`(?:[^`]|``)*`|/\\*.*?\\*/|;", Pattern.DOTALL);
    List<String> statements = new ArrayList<>();
    StringBuilder statement = new StringBuilder();
    Matcher matcher = token.matcher(script);
    int end = 0;
    while (matcher.find()) {
      statement.append(script, end, matcher.start());
      end = matcher.end();
      String text = matcher.group();
      if (text.equals(";")) {
        statements.add(statement.toString().strip());
        statement.setLength(0);
      } else if (!text.startsWith("--")) {
        statement.append(text);
      }
    }
    statements.add(statement.append(script.substring(end)).toString().strip());
    statements.removeIf(String::isEmpty);
    return statements;
  }
}
