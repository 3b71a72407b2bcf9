package sluice.oracle;

import java.util.HashSet;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.LookupTableSource;
import org.apache.flink.table.connector.source.lookup.LookupFunctionProvider;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;
import org.apache.flink.table.types.logical.RowType;

/**
 * The connector `golden-lookup`: the rows of one file as the dimension table of lookup joins, which
 * Flink's own filesystem connector cannot be.
 */
public final class GoldenLookupFactory implements DynamicTableSourceFactory {
  private static final ConfigOption<String> PATH =
      ConfigOptions.key("path").stringType().noDefaultValue();

  @Override
  public String factoryIdentifier() {
    return "golden-lookup";
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of(PATH, FactoryUtil.FORMAT);
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return new HashSet<>();
  }

  @Override
  public DynamicTableSource createDynamicTableSource(Context context) {
    FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
    DecodingFormat<DeserializationSchema<RowData>> format =
        helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
    helper.validate();
    return new FileLookup(helper.getOptions().get(PATH), format, context.getPhysicalRowDataType());
  }

  private record FileLookup(
      String path, DecodingFormat<DeserializationSchema<RowData>> format, DataType type)
      implements LookupTableSource {
    @Override
    public LookupRuntimeProvider getLookupRuntimeProvider(LookupContext context) {
      int[] keys = new int[context.getKeys().length];
      for (int i = 0; i < keys.length; ++i) {
        keys[i] = context.getKeys()[i][0];
      }
      return LookupFunctionProvider.of(
          new FileLookupFunction(
              path,
              format.createRuntimeDecoder(context, type),
              (RowType) type.getLogicalType(),
              keys));
    }

    @Override
    public DynamicTableSource copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return "golden-lookup";
    }
  }
}
