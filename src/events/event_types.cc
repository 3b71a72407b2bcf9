// What each event type carries. The key ranges mirror examples/wrongbook/dimensions.sql: patterns
// pt-00001 to pt-10000, of which the events name a few per cent that do not exist or none at all.
// Each statement draws at most once: the order in which a call evaluates its arguments is the
// compiler's choice, and the events must not depend on it.
#include "events/event_types.h"

#include <iterator>

#include "events/text_append.h"

namespace sluice {
namespace {

constexpr uint32_t kNumUsers = 200'000;
constexpr uint32_t kNumPatterns = 10'000;
constexpr uint32_t kNumUnknownPatterns = 300;  // named by events, absent from the dimension
constexpr int64_t kDayMs = 86'400'000;

struct Subject {
  std::string_view code;
  std::string_view questions[4];  // '#' stands for a number
};

constexpr Subject kSubjects[] = {
    {"CHINESE",
     {"默写《将进酒》第#句，并说明其修辞手法", "阅读短文，回答第#题📖", "给加点的字注音（第#组）",
      "作文：我的#岁生日🎂"}},
    {"MATH",
     {"已知 x+#=2024，求 x 的值🤔", "计算 #×37−158，写出过程", "圆的半径为#厘米，求面积⭕",
      "解方程：#x²−5x+1=0"}},
    {"ENGLISH",
     {"Fill in: She ___ (be) # years old.", "Choose the right answer (No. #) ✏️",
      "翻译：我已经学了#年英语。", "用 \\\"although\\\" 造句（第#组）"}},
    {"PHYSICS",
     {"物体从#米高处自由落下，求落地速度", "电阻#Ω两端电压为12V，求电流⚡", "画出第#题的受力分析图",
      "浮力：体积为#cm³的木块"}},
    {"CHEMISTRY",
     {"配平第#个化学方程式🧪", "#克氯化钠溶于水，求质量分数", "写出第#号元素的电子排布",
      "实验#：制取氧气的步骤"}},
    {"GEOGRAPHY",
     {"比例尺1:#000的地图上量得3厘米🗺️", "说出东经#度的时区", "读图#，判断气候类型",
      "第#题：板块运动与地震"}},
    {"BIOLOGY",
     {"观察第#张切片，画出细胞结构🔬", "光合作用实验#的变量", "遗传题#：求基因型",
      "食物链第#级的能量"}},
};

constexpr std::string_view kCities[] = {"北京", "上海", "广州", "深圳",    "成都",
                                        "杭州", "武汉", "西安", "乌鲁木齐"};
constexpr std::string_view kSystems[] = {"Android", "iOS", "HarmonyOS", "Windows"};
constexpr std::string_view kGrades[] = {"三年级", "五年级", "七年级", "九年级", "高一"};

template <typename T, size_t N>
const T& Pick(Random& random, const T (&items)[N]) {
  return items[random.Below(N)];
}

void AppendKey(std::string_view key_and_prefix, uint64_t value, int width, std::string* out) {
  out->append(key_and_prefix);
  AppendPadded(value, width, out);
}

void AppendQuestion(Random& random, const Subject& subject, std::string* out) {
  const std::string_view text = subject.questions[random.Below(std::size(subject.questions))];
  const size_t hole = text.find('#');
  AppendTo(out, text.substr(0, hole), 2 + random.Below(97), text.substr(hole + 1));
}

void AppendPattern(Random& random, std::string* out) {
  if (random.OneIn(100)) {
    out->append("null");
    return;
  }
  AppendKey("\"pt-", 1 + random.Below(kNumPatterns + kNumUnknownPatterns), 5, out);
  out->push_back('"');
}

// The fields that both wrongbook types share, in the order in which the business system writes
// them.
void AppendWrongbookHead(Random& random, const EventContext& context, std::string* out) {
  AppendTo(out, R"({"id":)", 10'000'000 + context.index);
  AppendKey(R"(,"wrongId":"w-)", random.Below(100'000'000), 8, out);
  AppendKey(R"(","userId":"u-)", random.Below(kNumUsers), 6, out);
  const Subject& subject = Pick(random, kSubjects);
  AppendTo(out, R"(","subject":")", subject.code);
  out->append(R"(","question":")");
  AppendQuestion(random, subject, out);
  out->append(R"(","patternId":)");
  AppendPattern(random, out);
}

void AppendWrongbookFix(Random& random, const EventContext& context, std::string* out) {
  AppendWrongbookHead(random, context, out);
  const int64_t fix_time_ms = context.timestamp_ms - random.Below(2'000);
  const int64_t collect_time_ms =
      fix_time_ms - 1'000 - random.Below(random.OneIn(3) ? 36'000 : 2'592'000) * int64_t{1'000};
  const uint32_t drawn = random.Below(100);
  const int fix_result = drawn < 62 ? 1 : drawn < 90 ? 0 : 2;
  AppendTo(out, R"(,"isDelete":)", random.Below(100) < 24 ? 1 : 0, R"(,"collectTime":)",
           collect_time_ms);
  AppendTo(out, R"(,"fixTime":)", fix_time_ms, R"(,"fixResult":)", fix_result, "}");
}

void AppendWrongbookAdd(Random& random, const EventContext& context, std::string* out) {
  AppendWrongbookHead(random, context, out);
  AppendTo(out, R"(,"isDelete":)", random.OneIn(20) ? 1 : 0);
  AppendTo(out, R"(,"collectTime":)", context.timestamp_ms - random.Below(2'000));
  AppendTo(out, R"(,"grade":")", Pick(random, kGrades), R"(","source":"拍照📷"})");
}

void AppendDevice(Random& random, std::string* out) {
  AppendTo(out, R"("device":{"os":")", Pick(random, kSystems));
  AppendTo(out, R"(","version":")", 10 + random.Below(8), R"(","model":"学习平板 Pro"})");
}

void AppendHomeworkSubmit(Random& random, const EventContext& context, std::string* out) {
  AppendTo(out, R"({"homeworkId":)", 500'000 + context.index);
  AppendKey(R"(,"userId":"u-)", random.Below(kNumUsers), 6, out);
  AppendTo(out, R"(","title":")", Pick(random, kGrades));
  AppendTo(out, R"(数学周末作业","score":)", random.Below(100), R"(.5,"answers":[)");
  const uint32_t num_answers = 2 + random.Below(2);
  for (uint32_t i = 0; i < num_answers; ++i) {
    AppendKey(i == 0 ? R"({"questionId":"q-)" : R"(,{"questionId":"q-)", random.Below(2'000'000), 7,
              out);
    AppendTo(out, R"(","correct":)", random.OneIn(3) ? "false}" : "true}");
  }
  out->append("],");
  AppendDevice(random, out);
  out->push_back('}');
}

void AppendCourseView(Random& random, const EventContext& context, std::string* out) {
  AppendTo(out, R"({"courseId":)", 1'000 + random.Below(9'000));
  AppendKey(R"(,"userId":"u-)", random.Below(kNumUsers), 6, out);
  AppendTo(out, R"(","chapter":"第)", 1 + random.Below(20), R"(章 函数与图像📈")");
  AppendTo(out, R"(,"seconds":)", random.Below(3'600));
  AppendTo(out, R"(,"progress":0.)", 1 + random.Below(9));
  AppendTo(out, R"(,"finished":)", random.OneIn(4) ? "true" : "false");
  AppendTo(out, R"(,"viewTime":)", context.timestamp_ms - 50, "}");
}

void AppendUserLogin(Random& random, const EventContext& context, std::string* out) {
  AppendKey(R"({"userId":"u-)", random.Below(kNumUsers), 6, out);
  AppendTo(out, R"(","ip":"10.0.)", random.Below(256));
  AppendTo(out, ".", random.Below(256));
  AppendTo(out, R"(","city":")", Pick(random, kCities), R"(",)");
  AppendDevice(random, out);
  AppendTo(out, R"(,"loginTime":)", context.timestamp_ms - 20, "}");
}

constexpr EventTypeSpec kSpecs[] = {
    {EventType::kWrongbookFix, "wrongbook_fix", "", AppendWrongbookFix},
    {EventType::kWrongbookAdd, "wrongbook_add", "", AppendWrongbookAdd},
    {EventType::kHomeworkSubmit, "homework_submit", "homework", AppendHomeworkSubmit},
    {EventType::kCourseView, "course_view", "course", AppendCourseView},
    {EventType::kUserLogin, "user_login", "account", AppendUserLogin},
};

}  // namespace

const EventTypeSpec& SpecOf(EventType type) { return kSpecs[static_cast<size_t>(type)]; }

EventType DrawOther(Random& random) {
  constexpr EventType kOthers[] = {EventType::kHomeworkSubmit, EventType::kCourseView,
                                   EventType::kUserLogin};
  return Pick(random, kOthers);
}

void AppendPadded(uint64_t value, int width, std::string* out) {
  char digits[20];
  int begin = std::size(digits);
  do {
    digits[--begin] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  while (static_cast<int>(std::size(digits)) - begin < width) digits[--begin] = '0';
  out->append(digits + begin, std::size(digits) - static_cast<size_t>(begin));
}

}  // namespace sluice
