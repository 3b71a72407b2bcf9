package sluice.bench;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/**
 * Stands in for Flink's own 'jdbc' connector, which has no dialect for SQLite, so that both engines
 * run the same script on the same database. It favours Flink: all rows are read into a hash table
 * when the job starts, so that no lookup misses, and a hit has no cache to keep in order.
 */
public final class SqliteLookupFactory implements DynamicTableSourceFactory {
  private static final ConfigOption<String> URL =
      ConfigOptions.key("url").stringType().noDefaultValue();
  private static final ConfigOption<String> TABLE_NAME =
      ConfigOptions.key("table-name").stringType().noDefaultValue();
  private static final ConfigOption<String> CACHE_MAX_ROWS =
      ConfigOptions.key("lookup.cache.max-rows").stringType().noDefaultValue();
  private static final ConfigOption<String> CACHE_TTL =
      ConfigOptions.key("lookup.cache.ttl").stringType().noDefaultValue();

  @Override
  public String factoryIdentifier() {
    return "jdbc";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(URL, TABLE_NAME);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of(CACHE_MAX_ROWS, CACHE_TTL);
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    helper.validate();
    return new Source(
        helper.getOptions().get(URL),
        helper.getOptions().get(TABLE_NAME),
        context.getPhysicalRowDataType());
  }

  private record Source(String url, String table, DataType rowType) implements LookupTableSource {
    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
      int[] keys = Arrays.stream(context.getKeys()).mapToInt(path -> path[0]).toArray();
      RowType row = (RowType) rowType.getLogicalType();
      List<String> names = row.getFieldNames();
      return LookupFunctionProvider.of(
          new SqliteLookup(
              url, table, names, row.getChildren().stream().map(t -> t.getTypeRoot()).toList(), keys));
    }

    @Override
    public DynamicTableSource copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "SQLite " + table;
    }
  }
}
