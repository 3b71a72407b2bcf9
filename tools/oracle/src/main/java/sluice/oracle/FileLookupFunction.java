package sluice.oracle;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.LookupFunction;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** Finds the rows of a file by the columns of a join; holds all of them, in the file's order. */
public final class FileLookupFunction extends LookupFunction {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final DeserializationSchema<RowData> decoder;
  private final RowType type;
  private final int[] keys;
  private transient Map<List<Object>, List<RowData>> rows;

  FileLookupFunction(
      String path, DeserializationSchema<RowData> decoder, RowType type, int[] keys) {
    this.path = path;
    this.decoder = decoder;
    this.type = type;
    this.keys = keys;
  }

  @Override
  public void open(FunctionContext context) throws Exception {
    decoder.open(new DecoderContext());
    List<RowData> decoded = new ArrayList<>();
    ListCollector<RowData> collector = new ListCollector<>(decoded);
    for (String line : Files.readAllLines(Path.of(path))) {
      decoder.deserialize(line.getBytes(StandardCharsets.UTF_8), collector);
    }
    rows = new HashMap<>();
    for (RowData row : decoded) {
      List<Object> key = new ArrayList<>();
      for (int column : keys) {
        key.add(RowData.createFieldGetter(type.getTypeAt(column), column).getFieldOrNull(row));
      }
      rows.computeIfAbsent(key, k -> new ArrayList<>()).add(row);
    }
  }

  @Override
  public Collection<RowData> lookup(RowData keyRow) {
    List<Object> key = new ArrayList<>();
    for (int i = 0; i < keys.length; ++i) {
      Object value = RowData.createFieldGetter(type.getTypeAt(keys[i]), i).getFieldOrNull(keyRow);
      if (value == null) {
        return List.of();
      }
      key.add(value);
    }
    return rows.getOrDefault(key, List.of());
  }

  private static final class DecoderContext implements DeserializationSchema.InitializationContext {
    @Override
    public MetricGroup getMetricGroup() {
      return new UnregisteredMetricsGroup();
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
      return SimpleUserCodeClassLoader.create(FileLookupFunction.class.getClassLoader());
    }
  }
}
