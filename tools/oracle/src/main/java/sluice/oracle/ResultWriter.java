package sluice.oracle;

import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.table.api.DataTypes;
import org.apache.flink.table.api.config.TableConfigOptions;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.utils.CastExecutor;
import org.apache.flink.table.planner.codegen.CodeGeneratorContext;
import org.apache.flink.table.planner.functions.casting.CastRule;
import org.apache.flink.table.planner.functions.casting.CastRuleProvider;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.LogicalTypeRoot;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.Collector;

/**
 * Writes each row to {@link Results} as a JSON array: the kind of change, then every value as CAST
 * (value AS STRING) gives it, null for NULL. The casts are Flink's own.
 */
final class ResultWriter extends ProcessFunction<RowData, Void> {
  private static final long serialVersionUID = 1L;
  private static final LogicalType STRING = DataTypes.STRING().getLogicalType();

  private final String sink;
  private final RowType type;
  private final String zone;
  private transient ObjectMapper json;
  private transient List<RowData.FieldGetter> fields;
  private transient List<CastExecutor<Object, Object>> casts;

  ResultWriter(String sink, RowType type, String zone) {
    this.sink = sink;
    this.type = type;
    this.zone = zone;
  }

  @Override
  public void open(OpenContext context) {
    json = new ObjectMapper();
    fields = new ArrayList<>();
    casts = new ArrayList<>();
    for (int i = 0; i < type.getFieldCount(); ++i) {
      fields.add(RowData.createFieldGetter(type.getTypeAt(i), i));
      casts.add(makeCast(type.getTypeAt(i)));
    }
  }

  @SuppressWarnings("unchecked")
  private CastExecutor<Object, Object> makeCast(LogicalType from) {
    boolean isText = from.is(LogicalTypeRoot.CHAR) || from.is(LogicalTypeRoot.VARCHAR);
    if (isText) {
      return value -> value;
    }
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    ZoneId zoneId =
        TableConfigOptions.LOCAL_TIME_ZONE.defaultValue().equals(zone)
            ? ZoneId.systemDefault()
            : ZoneId.of(zone);
    CastRule.Context context =
        CastRule.Context.create(
            false, false, zoneId, loader, new CodeGeneratorContext(new Configuration(), loader));
    return (CastExecutor<Object, Object>) CastRuleProvider.create(context, from, STRING);
  }

  @Override
  public void processElement(RowData row, Context context, Collector<Void> out) throws Exception {
    List<String> values = new ArrayList<>();
    values.add(row.getRowKind().shortString());
    for (int i = 0; i < fields.size(); ++i) {
      Object value = fields.get(i).getFieldOrNull(row);
      values.add(value == null ? null : casts.get(i).cast(value).toString());
    }
    // As UTF-8 and back, which is how rows leave Flink: half a surrogate pair turns into `?`.
    byte[] line = json.writeValueAsString(values).getBytes(StandardCharsets.UTF_8);
    Results.add(sink, new String(line, StandardCharsets.UTF_8));
  }
}
