// The fast path against the generic reader: whatever the documents look like, both give the same
// rows, skips and errors. Documents come from a seeded generator and are mutated byte by byte.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "format_testing.h"
#include "formats/json_blocks.h"
#include "formats/json_decoder.h"

namespace sluice {
namespace {

using Lines = std::vector<std::string>;

class DocumentGenerator {
 public:
  explicit DocumentGenerator(uint32_t seed) : random_(seed) {}

  uint32_t Below(uint32_t limit) { return random_() % limit; }

  std::string Record() {
    std::string text = "{";
    const char* keys[] = {"domain", "type", "timestamp", "eventId", "payload",
                          "extra",  "row",  "n",         "list",    "do\\u006dain"};
    const uint32_t count = 3 + Below(8);
    const uint32_t start = Below(4) == 0 ? Below(10) : 0;
    for (uint32_t i = 0; i < count; ++i) {
      const std::string key = keys[(start + i) % 10];
      if (text.size() > 1) text += ",";
      text += Space() + "\"" + key + "\"" + Space() + ":" + Space();
      if (key == "payload" && Below(8) != 0) {
        text += Payload();
      } else if (key == "row" && Below(3) != 0) {
        text += "{\"x\":" + Scalar() + ",\"y\":{\"z\":" + Scalar() + "}}";
      } else if (key == "list" && Below(3) != 0) {
        text += "[" + Scalar() + ", " + Scalar() + "]";
      } else {
        text += Below(12) == 0 ? Nested(2) : Scalar();
      }
    }
    return text + "}" + (Below(10) == 0 ? " " : "");
  }

  std::string Mutate(std::string text) {
    for (uint32_t edits = 1 + Below(2); edits > 0 && !text.empty(); --edits) {
      const size_t at = Below(static_cast<uint32_t>(text.size()));
      constexpr std::string_view kBytes = "{}[]:,\"\\ \t01-.eEtfn/u\x01\x7f\xff";
      switch (Below(4)) {
        case 0: text.resize(at); break;
        case 1: text.erase(at, 1 + Below(3)); break;
        case 2: text[at] = kBytes[Below(static_cast<uint32_t>(kBytes.size()))]; break;
        default: text.insert(at, 1, kBytes[Below(static_cast<uint32_t>(kBytes.size()))]);
      }
    }
    for (char& c : text) {
      if (c == '\n') c = ' ';
    }
    return text;
  }

 private:
  std::string Space() { return Below(20) == 0 ? " " : ""; }

  std::string Scalar() {
    switch (Below(12)) {
      case 0: return "null";
      case 1: return Below(2) == 0 ? "true" : "false";
      case 2: return std::to_string(static_cast<int32_t>(random_()));
      case 3: return "1.50e3";
      case 4: return Below(2) == 0 ? "-0" : "0";
      case 5: return "\"esc\\\"aped \\u4e2d\\\\\"";
      case 6: return "\"\"";
      case 7: return "\"a text of more than twelve bytes 中文\"";
      case 8: return "1703123456789";
      case 9: return "\"wrongbook\"";
      case 10: return "12345678901234567890";
      default: return "\"" + std::string(Below(70), 'x') + "\"";
    }
  }

  std::string Nested(uint32_t depth) {
    if (depth == 0) return Scalar();
    switch (Below(4)) {
      case 0: return "[]";
      case 1: return "{}";
      case 2: return "[" + Nested(depth - 1) + "," + Nested(depth - 1) + "]";
      default:
        return "{\"k" + std::to_string(Below(200)) + "\":" + Nested(depth - 1) +
               ",\"id\":" + Scalar() + "}";
    }
  }

  std::string Payload() {
    std::string text = "{";
    for (const char* key : {"id", "userId", "o", "isDelete", "id"}) {
      if (Below(6) == 0 || (text.find("\"id\"") != std::string::npos &&
                            key == std::string_view("id") && Below(10) != 0))
        continue;
      if (text.size() > 1) text += ",";
      text += "\"" + std::string(key) +
              "\":" + (key == std::string_view("o") ? "{\"x\":" + Scalar() + "}" : Scalar());
    }
    text += "}";
    if (Below(3) != 0) return text;
    std::string escaped = "\"";
    for (const char c : text) {
      if (c == '"' || c == '\\') escaped += '\\';
      escaped += c;
    }
    if (Below(10) == 0) escaped += Below(2) == 0 ? "\\n" : " x";
    return escaped + "\"";
  }

  std::mt19937 random_;
};

std::vector<DecodeSpec> Specs() {
  const Type row = Type::Row({{"x", Type::Int()}, {"y", Type::Row({{"z", Type::String()}})}});
  const Schema table = {{"domain", Type::String()},
                        {"type", Type::String()},
                        {"timestamp", Type::BigInt()},
                        {"eventId", Type::String()},
                        {"payload", Type::String()},
                        {"n", Type::Double()},
                        {"row", row},
                        {"list", Type::Array(Type::Int())}};
  DecodeSpec paths;
  paths.table = table;
  for (const char* name : {"domain", "type", "timestamp", "eventId"}) {
    paths.columns.push_back(
        {DecodedKind::kField,
         {name},
         name == std::string_view("timestamp") ? Type::BigInt() : Type::String()});
  }
  for (const char* key : {"id", "userId", "isDelete"}) {
    paths.columns.push_back({DecodedKind::kJsonValue, {"payload", key}, Type::String()});
  }
  paths.columns.push_back({DecodedKind::kJsonValue, {"payload", "o", "x"}, Type::String()});
  DecodeSpec filtered = paths;
  filtered.filters = {{0, {"wrongbook", "0"}}, {4, {"wrongbook", "true", "0", "1500.0"}}};
  DecodeSpec parts;
  parts.table = table;
  parts.columns = {{DecodedKind::kField, {"row", "x"}, Type::Int()},
                   {DecodedKind::kField, {"row", "y", "z"}, Type::String()},
                   {DecodedKind::kField, {"n"}, Type::Double()}};
  DecodeSpec two;
  two.table = table;
  two.columns = {{DecodedKind::kField, {"eventId"}, Type::String()},
                 {DecodedKind::kField, {"list"}, Type::Array(Type::Int())}};
  return {WholeTable(table), paths, filtered, parts, two};
}

TEST(JsonShapesTest, GivesWhatTheReaderGives) {
  DocumentGenerator generator(20240229);
  for (const DecodeSpec& spec : Specs()) {
    for (int mode = 0; mode < 3; ++mode) {
      JsonDecodeSettings settings;
      settings.ignore_parse_errors = mode == 0;
      settings.fail_on_missing_field = mode == 2;
      JsonDecoder fast(spec, settings);
      JsonDecoder generic(spec, settings, /*use_shapes=*/false);
      Lines records;
      for (int i = 0; i < 3000; ++i) {
        std::string record = generator.Record();
        if (i % 5 == 4) record = generator.Mutate(std::move(record));
        records.push_back(std::move(record));
      }
      for (const std::string& record : records) {
        const RawRecords one = MakeRecords({record});
        ASSERT_EQ(DecodeAll(fast, one), DecodeAll(generic, one)) << record;
      }
      const RawRecords all = MakeRecords(records);
      ASSERT_EQ(DecodeAll(fast, all), DecodeAll(generic, all));
    }
  }
}

// Records of a form that is known, each with one byte replaced, dropped or doubled, between others
// that are whole: as first, middle and last of their block.
TEST(JsonShapesTest, EveryByteOfAKnownForm) {
  const std::vector<std::string> known = {
      R"({"domain":"wrongbook","type":"fix","timestamp":1703123456798,"eventId":"e-1","payload":)"
      R"({"id":10000000,"userId":"u-155487","q":null,"o":{"x":12},"isDelete":0}})",
      R"({"domain":"wrongbook","type":"fix","timestamp":1703123456798,"eventId":"e-1","payload":)"
      R"("{\"id\":1,\"userId\":\"u \\\"1\",\"isDelete\":false}"})",
      R"({ "eventId":"e-2" , "extra":"text of 13 bytes","n":15,"row":{"x":7,"y":{"z":"zz"}} })",
      R"({"list":[1,2],"type":"a","timestamp":5,"eventId":null})"};
  for (const DecodeSpec& spec : Specs()) {
    for (const bool ignore : {true, false}) {
      JsonDecodeSettings settings;
      settings.ignore_parse_errors = ignore;
      JsonDecoder fast(spec, settings);
      JsonDecoder generic(spec, settings, /*use_shapes=*/false);
      for (const std::string& record : known) {
        const auto same = [&](const std::string& changed) {
          const RawRecords all = MakeRecords({changed, record, changed, record, changed});
          ASSERT_EQ(DecodeAll(fast, all), DecodeAll(generic, all)) << changed;
        };
        same(record);
        for (size_t at = 0; at < record.size(); ++at) {
          for (const char byte : std::string_view("\"\\{}[],: 0159.-etn\x01\xe4", 20)) {
            std::string changed = record;
            changed[at] = byte;
            same(changed);
          }
          same(record.substr(0, at) + record.substr(at + 1));
          same(record.substr(0, at) + record[at] + record.substr(at));
        }
      }
    }
  }
}

TEST(JsonShapesTest, ManyKeysThatNeverRepeat) {
  DecodeSpec spec = WholeTable({{"a", Type::Int()}, {"b", Type::Int()}});
  JsonDecoder fast(spec, {});
  JsonDecoder generic(spec, {}, /*use_shapes=*/false);
  Lines records;
  for (int i = 0; i < 500; ++i) {
    const std::string key = "\"k" + std::to_string(i);
    records.push_back("{\"a\":1,\"m\":{" + key + "\":{\"x\":1}," + key +
                      "b\":2},\"b\":" + std::to_string(i) + "}");
  }
  EXPECT_EQ(DecodeAll(fast, MakeRecords(records)), DecodeAll(generic, MakeRecords(records)));
}

TEST(JsonShapesTest, AMisfitInsideOfAMapEndsItEarly) {
  const DecodeSpec spec = WholeTable({{"m", Type::Map(Type::String(), Type::Double())}});
  JsonDecodeSettings settings;
  settings.ignore_parse_errors = true;
  JsonDecoder fast(spec, settings);
  JsonDecoder generic(spec, settings, /*use_shapes=*/false);
  const RawRecords records = MakeRecords({R"({"m":""})", R"({"m":{"k":{}})", R"({"m":{"k":{}}})"});
  EXPECT_EQ(DecodeAll(fast, records), DecodeAll(generic, records));
}

TEST(JsonBlocksTest, EveryKernelGivesTheSame) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string text(random() % 300, ' ');
    for (char& c : text) c = "\"\\\\\\ab\n\x1f\x20\xff"[random() % 10];
    const size_t size = text.size();
    text.append(JsonBlocks::kPadding, '"');
    std::vector<size_t> expected;
    bool has_control = false;
    for (size_t i = 0, run = 0; i < size; ++i) {
      if (text[i] == '"' && run % 2 == 0) expected.push_back(i);
      run = text[i] == '\\' ? run + 1 : 0;
      has_control |= static_cast<unsigned char>(text[i]) < 0x20;
    }
    expected.insert(expected.end(), JsonBlocks::kGuards, size);
    std::vector<std::pair<size_t, size_t>> ranges;
    for (size_t begin = 0; begin < size; begin += 1 + random() % 40) {
      ranges.emplace_back(begin, begin + random() % (size - begin + 1));
    }
    for (const JsonBlocks::Kernel& kernel : JsonBlocks::Kernels()) {
      JsonBlocks blocks(kernel);
      blocks.Scan({text.data(), size});
      const std::vector<size_t> found(blocks.quotes(), blocks.quotes() + expected.size());
      ASSERT_EQ(found, expected) << kernel.name;
      ASSERT_EQ(blocks.has_control(), has_control) << kernel.name;
      for (const auto& [begin, end] : ranges) {
        ASSERT_EQ(blocks.HasBackslash(begin, end),
                  text.substr(begin, end - begin).find('\\') != std::string::npos)
            << kernel.name << ' ' << begin << ' ' << end;
      }
    }
  }
}

}  // namespace
}  // namespace sluice
