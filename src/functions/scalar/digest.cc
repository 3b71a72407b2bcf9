// MD5, SHA1, SHA224 … SHA512 and SHA2(text, bits): digests of the text's bytes in lower-case
// hexadecimal, by OpenSSL.
#include <openssl/evp.h>

#include "absl/strings/str_cat.h"
#include "functions/kernels.h"

namespace sluice {

namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

// One per kernel call; reused for all its rows.
class Digester {
 public:
  void Append(const EVP_MD* algorithm, std::string_view text, StringWriter& out) {
    static constexpr char kDigits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    const bool done = EVP_DigestInit_ex(context_.get(), algorithm, nullptr) == 1 &&
                      EVP_DigestUpdate(context_.get(), text.data(), text.size()) == 1 &&
                      EVP_DigestFinal_ex(context_.get(), digest, &size) == 1;
    SL_CHECK(done);
    for (unsigned int i = 0; i < size; ++i) {
      out.Append(kDigits[digest[i] >> 4]);
      out.Append(kDigits[digest[i] & 15]);
    }
  }

 private:
  std::unique_ptr<EVP_MD_CTX, FreeContext> context_{EVP_MD_CTX_new()};
};

template <const EVP_MD* (*algorithm)()>
void Digest(EvalContext& context, std::span<const Vector> args, VectorBuilder& out, RowErrors&) {
  const VectorView<Text> texts = args[0].View<Text>();
  Digester digester;
  StringWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    digester.Append(algorithm(), texts[row].view(), writer);
    writer.FinishRow(row, true);
  });
}

const EVP_MD* AlgorithmOf(int32_t bits) {
  switch (bits) {
    case 224: return EVP_sha224();
    case 256: return EVP_sha256();
    case 384: return EVP_sha384();
    case 512: return EVP_sha512();
    default: return nullptr;
  }
}

void Sha2(EvalContext& context, std::span<const Vector> args, VectorBuilder& out,
          RowErrors& errors) {
  const VectorView<Text> texts = args[0].View<Text>();
  const VectorView<int32_t> bits = args[1].View<int32_t>();
  Digester digester;
  StringWriter writer(out);
  ForEachValid(out, context.num_rows, [&](int32_t row) {
    const EVP_MD* algorithm = AlgorithmOf(bits[row]);
    if (algorithm == nullptr) {
      return FailRow(
          out, row, absl::StrCat("SHA2 knows 224, 256, 384 and 512 bits, not ", bits[row]), errors);
    }
    digester.Append(algorithm, texts[row].view(), writer);
    writer.FinishRow(row, true);
  });
}

struct Entry {
  std::string_view name;
  std::string_view signature;
  ScalarKernel kernel;
  std::string_view help;
  std::string_view example;
};

constexpr Entry kEntries[] = {
    {"MD5", "(STRING) -> CHAR(32); (BYTES) -> CHAR(32)", Digest<EVP_md5>,
     "The MD5 digest in hexadecimal.", "MD5('abc') = '900150983cd24fb0d6963f7d28e17f72'"},
    {"SHA1", "(STRING) -> CHAR(40); (BYTES) -> CHAR(40)", Digest<EVP_sha1>,
     "The SHA-1 digest in hexadecimal.",
     "SHA1('abc') = 'a9993e364706816aba3e25717850c26c9cd0d89d'"},
    {"SHA224", "(STRING) -> CHAR(56); (BYTES) -> CHAR(56)", Digest<EVP_sha224>,
     "The SHA-224 digest in hexadecimal.",
     "SHA224('abc') = '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'"},
    {"SHA256", "(STRING) -> CHAR(64); (BYTES) -> CHAR(64)", Digest<EVP_sha256>,
     "The SHA-256 digest in hexadecimal.",
     "SHA256('abc') = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'"},
    {"SHA384", "(STRING) -> CHAR(96); (BYTES) -> CHAR(96)", Digest<EVP_sha384>,
     "The SHA-384 digest in hexadecimal.", "CHAR_LENGTH(SHA384('abc')) = 96"},
    {"SHA512", "(STRING) -> CHAR(128); (BYTES) -> CHAR(128)", Digest<EVP_sha512>,
     "The SHA-512 digest in hexadecimal.", "CHAR_LENGTH(SHA512('abc')) = 128"},
};

}  // namespace

void Register_digest(FunctionRegistry& registry) {
  for (const Entry& entry : kEntries) {
    registry.Add({.name = entry.name,
                  .signature = entry.signature,
                  .kernel = entry.kernel,
                  .help = entry.help,
                  .example = entry.example});
  }
  registry.Add(
      {.name = "SHA2",
       .signature = "(STRING, INT) -> VARCHAR(128); (BYTES, INT) -> VARCHAR(128)",
       .kernel = Sha2,
       .help = "The SHA-2 digest of 224, 256, 384 or 512 bits in hexadecimal.",
       .example = "SHA2('abc', 224) = '23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7'",
       .can_fail = true});
}

}  // namespace sluice
