package sluice.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.LookupFunction;
import org.apache.flink.table.types.logical.LogicalTypeRoot;

/** The rows of one SQLite table in memory, found by the columns that the planner asks for. */
public final class SqliteLookup extends LookupFunction {
  private final String url;
  private final String table;
  private final ArrayList<String> names;
  private final ArrayList<LogicalTypeRoot> types;
  private final int[] keys;
  private transient Map<RowData, List<RowData>> rows;

  SqliteLookup(
      String url, String table, List<String> names, List<LogicalTypeRoot> types, int[] keys) {
    this.url = url;
    this.table = table;
    this.names = new ArrayList<>(names);
    this.types = new ArrayList<>(types);
    this.keys = keys;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    rows = new HashMap<>();
    String sql = "SELECT " + String.join(", ", names) + " FROM " + table;
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        GenericRowData row = new GenericRowData(names.size());
        for (int i = 0; i < names.size(); ++i) {
          row.setField(i, field(result, i));
        }
        GenericRowData key = new GenericRowData(keys.length);
        for (int i = 0; i < keys.length; ++i) {
          key.setField(i, row.getField(keys[i]));
        }
        rows.computeIfAbsent(key, absent -> new ArrayList<>()).add(row);
      }
    }
  }

  @Override
  public Collection<RowData> lookup(RowData key) {
    return rows.getOrDefault(key, List.of());
  }

  private Object field(ResultSet result, int column) throws SQLException {
    Object value =
        switch (types.get(column)) {
          case VARCHAR -> StringData.fromString(result.getString(column + 1));
          case INTEGER -> result.getInt(column + 1);
          case BIGINT -> result.getLong(column + 1);
          default -> throw new IllegalArgumentException("no such column in the bench: " + types.get(column));
        };
    return result.wasNull() ? null : value;
  }
}
