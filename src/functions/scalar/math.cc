// Functions of DOUBLE with java.lang.Math's results.
#include <cmath>

#include "functions/kernels.h"

namespace sluice {

namespace {

constexpr double kPi = 3.141592653589793;
constexpr double kE = 2.718281828459045;

void Ln(double x, double& out) { out = std::log(x); }
void Log10(double x, double& out) { out = std::log10(x); }
void Log2(double x, double& out) { out = std::log(x) / std::log(2.0); }
void LogBase(double base, double x, double& out) { out = std::log(x) / std::log(base); }
void Exp(double x, double& out) { out = std::exp(x); }
void Sin(double x, double& out) { out = std::sin(x); }
void Cos(double x, double& out) { out = std::cos(x); }
void Tan(double x, double& out) { out = std::tan(x); }
void Cot(double x, double& out) { out = 1.0 / std::tan(x); }
void Asin(double x, double& out) { out = std::asin(x); }
void Acos(double x, double& out) { out = std::acos(x); }
void Atan(double x, double& out) { out = std::atan(x); }
void Atan2(double y, double x, double& out) { out = std::atan2(y, x); }
void Sinh(double x, double& out) { out = std::sinh(x); }
void Cosh(double x, double& out) { out = std::cosh(x); }
void Tanh(double x, double& out) { out = std::tanh(x); }
void Degrees(double x, double& out) { out = x * 57.29577951308232; }
void Radians(double x, double& out) { out = x * 0.017453292519943295; }

// Java's pow gives NaN where C's gives 1.
void Power(double x, double y, double& out) {
  const bool is_undefined = std::isnan(y) || (std::fabs(x) == 1 && std::isinf(y));
  out = is_undefined ? std::nan("") : std::pow(x, y);
}
void Sqrt(double x, double& out) { out = std::pow(x, 0.5); }

template <double value>
void Constant(EvalContext& context, std::span<const Vector>, VectorBuilder& out, RowErrors&) {
  std::fill_n(out.values<double>(), context.num_rows, value);
}

void Log(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
         RowErrors& errors) {
  if (args.size() == 1) return Unary<double, Ln>(context, args, out, errors);
  Binary<double, double, LogBase>(context, args, out, errors);
}

struct Entry {
  std::string_view name;
  std::string_view signature;
  ScalarKernel kernel;
  std::string_view help;
  std::string_view example;
};

constexpr std::string_view kOne = "(DOUBLE) -> DOUBLE";
constexpr std::string_view kTwo = "(DOUBLE, DOUBLE) -> DOUBLE";
constexpr std::string_view kNone = "() -> DOUBLE NOT NULL";
constexpr Entry kEntries[] = {
    {"PI", kNone, Constant<kPi>, "The number pi.", "PI() > 3.14"},
    {"E", kNone, Constant<kE>, "Euler's number.", "E() > 2.71"},
    {"LN", kOne, Unary<double, Ln>, "The natural logarithm.", "LN(1) = 0"},
    {"LOG10", kOne, Unary<double, Log10>, "The logarithm to the base 10.", "LOG10(100) = 2"},
    {"LOG2", kOne, Unary<double, Log2>, "The logarithm to the base 2.", "LOG2(8) = 3"},
    {"LOG", "(DOUBLE) -> DOUBLE; (DOUBLE, DOUBLE) -> DOUBLE", Log,
     "The natural logarithm, or that of the second number to the base of the first.",
     "LOG(2, 8) = 3"},
    {"EXP", kOne, Unary<double, Exp>, "e to the power of the number.", "EXP(0) = 1"},
    {"POWER", kTwo, Binary<double, double, Power>, "The first number to the power of the second.",
     "POWER(2, 3) = 8"},
    {"SQRT", kOne, Unary<double, Sqrt>, "The square root.", "SQRT(9) = 3"},
    {"SIN", kOne, Unary<double, Sin>, "The sine.", "SIN(0) = 0"},
    {"COS", kOne, Unary<double, Cos>, "The cosine.", "COS(0) = 1"},
    {"TAN", kOne, Unary<double, Tan>, "The tangent.", "TAN(0) = 0"},
    {"COT", kOne, Unary<double, Cot>, "The cotangent.", "COT(1) > 0.64"},
    {"ASIN", kOne, Unary<double, Asin>, "The arc sine.", "ASIN(0) = 0"},
    {"ACOS", kOne, Unary<double, Acos>, "The arc cosine.", "ACOS(1) = 0"},
    {"ATAN", kOne, Unary<double, Atan>, "The arc tangent.", "ATAN(0) = 0"},
    {"ATAN2", kTwo, Binary<double, double, Atan2>,
     "The angle of the point (x, y), given as y and x.", "ATAN2(0, 1) = 0"},
    {"SINH", kOne, Unary<double, Sinh>, "The hyperbolic sine.", "SINH(0) = 0"},
    {"COSH", kOne, Unary<double, Cosh>, "The hyperbolic cosine.", "COSH(0) = 1"},
    {"TANH", kOne, Unary<double, Tanh>, "The hyperbolic tangent.", "TANH(0) = 0"},
    {"DEGREES", kOne, Unary<double, Degrees>, "An angle in radians as degrees.", "DEGREES(0) = 0"},
    {"RADIANS", kOne, Unary<double, Radians>, "An angle in degrees as radians.", "RADIANS(0) = 0"},
};

}  // namespace

void Register_math(FunctionRegistry& registry) {
  for (const Entry& entry : kEntries) {
    registry.Add({.name = entry.name,
                  .signature = entry.signature,
                  .kernel = entry.kernel,
                  .help = entry.help,
                  .example = entry.example});
  }
}

}  // namespace sluice
