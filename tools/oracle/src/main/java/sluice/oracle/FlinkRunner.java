package sluice.oracle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.runtime.minicluster.MiniCluster;
import org.apache.flink.runtime.minicluster.MiniClusterConfiguration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.util.TestStreamEnvironment;
import org.apache.flink.table.api.Schema;
import org.apache.flink.table.api.StatementSet;
import org.apache.flink.table.api.Table;
import org.apache.flink.table.api.TableDescriptor;
import org.apache.flink.table.api.TableResult;
import org.apache.flink.table.api.bridge.java.StreamTableEnvironment;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.utils.LogicalTypeUtils;
import org.apache.flink.table.types.utils.TypeConversions;

/**
 * Runs the sections of case files on one mini cluster that all files share, with parallelism 1 in
 * streaming mode. Each file gets a table environment of its own; its sections take effect in the
 * order in which they stand. The result of every query goes through the golden sink.
 */
final class FlinkRunner implements AutoCloseable {
  private static final String RESULT = "oracle_result";
  private static final Pattern CREATED_TABLE =
      Pattern.compile("(?is)CREATE\\s+(?:TEMPORARY\\s+)?TABLE\\s+`?(\\w+)`?");
  private static final Pattern INSERT = Pattern.compile("(?is)^INSERT\\s");
  private static final Pattern STATEMENT_SET =
      Pattern.compile("(?is)^EXECUTE\\s+STATEMENT\\s+SET\\b");
  private static final Pattern GOLDEN =
      Pattern.compile("'connector'\\s*=\\s*'(golden|golden-lookup|golden-file|golden-print)'");

  private final MiniCluster cluster;
  private final Path inputs;
  private final Outputs outputs;
  private StreamTableEnvironment env;
  private Path fileInputs;
  private int numFiles = 0;

  FlinkRunner() throws Exception {
    Configuration configuration = new Configuration();
    configuration.setString("rest.port", "0");
    // JSON functions keep an object mapper per thread, and with it the loader of an earlier job.
    configuration.setString("classloader.check-leaked-classloader", "false");
    configuration.setString("classloader.resolve-order", "parent-first");
    cluster =
        new MiniCluster(
            new MiniClusterConfiguration.Builder()
                .setConfiguration(configuration)
                .setNumTaskManagers(1)
                .setNumSlotsPerTaskManager(8)
                .build());
    cluster.start();
    TestStreamEnvironment.setAsContext(cluster, 1);
    inputs = Files.createTempDirectory("oracle");
    outputs = new Outputs(Files.createDirectory(inputs.resolve("outputs")));
  }

  @Override
  public void close() throws Exception {
    cluster.close();
    try (var found = Files.walk(inputs)) {
      for (Path path : found.sorted((a, b) -> b.compareTo(a)).toList()) {
        Files.delete(path);
      }
    }
  }

  /** Starts a file: a fresh environment, and every input in place for the tables that read it. */
  void openFile(CaseFile file) throws IOException {
    env = StreamTableEnvironment.create(StreamExecutionEnvironment.getExecutionEnvironment());
    fileInputs = Files.createDirectory(inputs.resolve(String.valueOf(++numFiles)));
    for (CaseFile.Section section : file.sections()) {
      if (!section.word.equals("input")) {
        continue;
      }
      String[] words = section.argument.split("\\s*<\\s*");
      Path input = fileInputs.resolve(words[0]);
      if (words.length == 2) {
        Files.copy(file.path().resolveSibling(words[1]), input);
      } else {
        String text = section.text();
        Files.writeString(input, text.isEmpty() ? "" : text + "\n");
      }
    }
  }

  /** Applies a section that is not a case: settings and statements that make tables. */
  void prepare(CaseFile.Section section) {
    if (section.word.equals("settings")) {
      section
          .text()
          .lines()
          .filter(line -> line.contains("="))
          .forEach(
              line -> {
                int equals = line.indexOf('=');
                String key = line.substring(0, equals).strip();
                env.getConfig().set(key, line.substring(equals + 1).strip());
              });
    } else if (section.word.equals("table")) {
      statements(section.text()).forEach(statement -> env.executeSql(withPath(statement)));
    }
  }

  /** Runs a case to its end. Whatever Flink throws is part of the answer. */
  Answer run(CaseFile.Case oneCase) {
    return oneCase.word.equals("script") ? runScript(oneCase) : runQuery(oneCase);
  }

  private Answer runQuery(CaseFile.Case query) {
    TableResult job;
    String types;
    Results.clear();
    env.dropTemporaryTable(RESULT);
    try {
      Table table = env.sqlQuery(query.text());
      types =
          table.getResolvedSchema().getColumnDataTypes().stream()
              .map(type -> type.getLogicalType().asSummaryString())
              .collect(Collectors.joining(", "));
      env.createTemporaryTable(RESULT, resultTable(table));
      job = table.insertInto(RESULT).execute();
    } catch (Exception | AssertionError e) {
      return Answer.error("validation", e);
    }
    try {
      await(job);
    } catch (ExecutionException e) {
      return Answer.error("runtime", e);
    }
    return Answer.rows(Results.isAppendOnly(), types, Results.rows(RESULT));
  }

  /** A sink of the query's columns, by position: nullable, so that no enforcer interferes. */
  private static TableDescriptor resultTable(Table table) {
    Schema.Builder schema = Schema.newBuilder();
    List<DataType> types = table.getResolvedSchema().getColumnDataTypes();
    for (int i = 0; i < types.size(); ++i) {
      LogicalType type = LogicalTypeUtils.removeTimeAttributes(types.get(i).getLogicalType());
      schema.column("c" + i, TypeConversions.fromLogicalToDataType(type).nullable());
    }
    return TableDescriptor.forConnector(GoldenSinkFactory.NAME).schema(schema.build()).build();
  }

  /** Its INSERTs run as one job once all other statements have taken effect. */
  private Answer runScript(CaseFile.Case script) {
    TableResult job = null;
    Results.clear();
    outputs.clear();
    try {
      StatementSet inserts = env.createStatementSet();
      boolean hasInserts = false;
      for (String statement : statements(script.text())) {
        if (INSERT.matcher(statement).find()) {
          inserts.addInsertSql(statement);
          hasInserts = true;
        } else {
          job = env.executeSql(withPath(statement));
        }
      }
      job = hasInserts ? inserts.execute() : job;
    } catch (Exception | AssertionError e) {
      return Answer.error("validation", e);
    }
    try {
      await(job);
    } catch (ExecutionException e) {
      return Answer.error("runtime", e);
    }
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, List<String>> sink : Results.all().entrySet()) {
      sink.getValue().forEach(row -> lines.add("[\"" + sink.getKey() + "\"," + row.substring(1)));
    }
    lines.addAll(outputs.takeLines());
    return Answer.rows(Results.isAppendOnly(), "", lines);
  }

  private static void await(TableResult job) throws ExecutionException {
    try {
      job.await(2, TimeUnit.MINUTES);
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException("a case does not end", e);
    }
  }

  /** Statements end with a semicolon at the end of a line; a statement set with its END. */
  private static List<String> statements(String text) {
    List<String> statements = new ArrayList<>();
    StringBuilder set = new StringBuilder();
    for (String part : text.split(";\\s*(\\n|$)")) {
      String statement = part.strip();
      boolean isInSet = set.length() > 0 || STATEMENT_SET.matcher(statement).find();
      if (isInSet && !statement.equalsIgnoreCase("END")) {
        set.append(statement).append(";\n");
      } else if (isInSet) {
        statements.add(set + "END");
        set.setLength(0);
      } else if (!statement.isEmpty()) {
        statements.add(statement);
      }
    }
    return statements;
  }

  /** Puts real connectors and the paths of inputs and outputs in the place of golden ones. */
  private String withPath(String statement) {
    Matcher table = CREATED_TABLE.matcher(statement);
    if (!table.find()) {
      return statement;
    }
    String name = table.group(1);
    return GOLDEN
        .matcher(statement)
        .replaceAll(connector -> Matcher.quoteReplacement(options(connector.group(1), name)));
  }

  private String options(String connector, String table) {
    return switch (connector) {
      case "golden" -> "'connector' = 'filesystem', 'path' = '" + fileInputs.resolve(table) + "'";
      case "golden-lookup" ->
          "'connector' = 'golden-lookup', 'path' = '" + fileInputs.resolve(table) + "'";
      case "golden-file" -> "'connector' = 'filesystem', 'path' = '" + outputs.folder(table) + "'";
      default -> "'connector' = 'print', 'print-identifier' = '" + outputs.printed(table) + "'";
    };
  }
}
