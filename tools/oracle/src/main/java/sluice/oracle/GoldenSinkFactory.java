package sluice.oracle;

import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.table.api.config.TableConfigOptions;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.sink.DataStreamSinkProvider;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.types.RowKind;

/**
 * The connector `golden-sink`: takes every kind of change and keeps the rows as text in {@link
 * Results}, under the table's name. A table with a primary key gets upserts, as in a database.
 */
public final class GoldenSinkFactory implements DynamicTableSinkFactory {
  static final String NAME = "golden-sink";

  @Override
  public String factoryIdentifier() {
    return NAME;
  }

  @Override
  public Set<ConfigOption<?>> requiredOptions() {
    return Set.of();
  }

  @Override
  public Set<ConfigOption<?>> optionalOptions() {
    return Set.of();
  }

  @Override
  public DynamicTableSink createDynamicTableSink(Context context) {
    RowType type = (RowType) context.getPhysicalRowDataType().getLogicalType();
    boolean hasKey = context.getCatalogTable().getResolvedSchema().getPrimaryKey().isPresent();
    String zone = context.getConfiguration().get(TableConfigOptions.LOCAL_TIME_ZONE);
    return new GoldenSink(context.getObjectIdentifier().getObjectName(), type, hasKey, zone);
  }

  private record GoldenSink(String name, RowType type, boolean hasKey, String zone)
      implements DynamicTableSink {
    @Override
    public ChangelogMode getChangelogMode(ChangelogMode requested) {
      boolean isAppend = requested.containsOnly(RowKind.INSERT);
      Results.noteMode(name, isAppend);
      if (isAppend) {
        return requested;
      }
      return hasKey ? ChangelogMode.upsert() : ChangelogMode.all();
    }

    @Override
    public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
      return new DataStreamSinkProvider() {
        @Override
        public DataStreamSink<?> consumeDataStream(
            ProviderContext provider, DataStream<RowData> rows) {
          return rows.process(new ResultWriter(name, type, zone)).sinkTo(new DiscardingSink<>());
        }
      };
    }

    @Override
    public DynamicTableSink copy() {
      return this;
    }

    @Override
    public String asSummaryString() {
      return NAME;
    }
  }
}
