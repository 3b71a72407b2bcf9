#include "connectors/kafka/kafka_properties.h"

#include <librdkafka/rdkafka.h>
#include <re2/re2.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "base/strings.h"

namespace sluice {
namespace {

constexpr std::string_view kPrefix = "properties.";

struct Renamed {
  std::string_view java;
  std::string_view ours;
};

// Names that both clients share need no line.
constexpr Renamed kRenamed[] = {
    {"fetch.max.wait.ms", "fetch.wait.max.ms"},
    {"max.request.size", "message.max.bytes"},
    {"send.buffer.bytes", "socket.send.buffer.bytes"},
    {"receive.buffer.bytes", "socket.receive.buffer.bytes"},
    {"ssl.truststore.certificates", "ssl.ca.pem"},
    {"ssl.keystore.certificate.chain", "ssl.certificate.pem"},
    {"ssl.keystore.key", "ssl.key.pem"},
};

// What the connector sees to by itself, as Flink's does.
constexpr std::string_view kOurs[] = {
    "auto.offset.reset",       "commit.offsets.on.checkpoint",
    "default.api.timeout.ms",  "buffer.memory",
    "key.deserializer",        "value.deserializer",
    "key.serializer",          "value.serializer",
    "ssl.truststore.location", "ssl.truststore.type",
    "ssl.truststore.password", "ssl.keystore.location",
    "ssl.keystore.type",       "ssl.keystore.password",
    "sasl.jaas.config",
};

struct Ignored {
  std::string_view java;
  std::string_view reason;
};

constexpr Ignored kIgnored[] = {
    {"enable.auto.commit", "offsets are committed at every flush of the job"},
    {"auto.commit.interval.ms", "offsets are committed at every flush of the job"},
    {"max.poll.records", "the job reads whatever has arrived"},
    {"max.poll.interval.ms", "the job assigns partitions itself, the group never does"},
    {"session.timeout.ms", "the job assigns partitions itself, the group never does"},
    {"heartbeat.interval.ms", "the job assigns partitions itself, the group never does"},
    {"partition.assignment.strategy", "the job assigns partitions itself, the group never does"},
    {"group.instance.id", "the job assigns partitions itself, the group never does"},
    {"partition.discovery.interval.ms", "set 'scan.topic-partition-discovery.interval' instead"},
    {"register.consumer.metrics", "these are metrics of the Java client"},
    {"flink.disable-metrics", "these are metrics of the Java client"},
    {"metric.reporters", "a class of Java cannot be used"},
    {"interceptor.classes", "a class of Java cannot be used"},
    {"partitioner.class", "a class of Java cannot be used; see 'sink.partitioner'"},
    {"sasl.login.callback.handler.class", "a class of Java cannot be used"},
    {"sasl.client.callback.handler.class", "a class of Java cannot be used"},
    {"ssl.engine.factory.class", "a class of Java cannot be used"},
    {"ssl.provider", "OpenSSL is used"},
    {"ssl.protocol", "OpenSSL agrees on the highest version with the server"},
    {"ssl.enabled.protocols", "OpenSSL agrees on the highest version with the server"},
    {"transactional.id", "the sink is at-least-once"},
    {"transaction.timeout.ms", "the sink is at-least-once"},
};

bool IsSecret(std::string_view key) {
  return key.find("password") != std::string_view::npos ||
         key.find("jaas") != std::string_view::npos ||
         key.find("secret") != std::string_view::npos || key.ends_with(".key") ||
         key.ends_with(".pem");
}

// ${env:NAME} and ${file:PATH}, which are replaced when a job runs, not when it is validated.
bool IsSecretYet(std::string_view value) {
  return value.find("${env:") != std::string_view::npos ||
         value.find("${file:") != std::string_view::npos;
}

using Conf = std::unique_ptr<rd_kafka_conf_t, decltype(&rd_kafka_conf_destroy)>;

// All names that librdkafka and the list above know, to find what was meant.
std::string NearestProperty(std::string_view key) {
  const Conf conf(rd_kafka_conf_new(), rd_kafka_conf_destroy);
  size_t count = 0;
  const char** dump = rd_kafka_conf_dump(conf.get(), &count);
  std::vector<std::string_view> names;
  for (size_t i = 0; i + 1 < count; i += 2) names.emplace_back(dump[i]);
  for (const Renamed& each : kRenamed) names.push_back(each.java);
  for (const std::string_view each : kOurs) names.push_back(each);
  for (const Ignored& each : kIgnored) names.push_back(each.java);
  std::string nearest = NearestOf(key, names);
  rd_kafka_conf_dump_free(dump, count);
  return nearest;
}

// `name="value"` in a JAAS line, with \" and \\ undone.
std::optional<std::string> JaasField(const std::string& jaas, std::string_view name) {
  std::string quoted;
  const RE2 pattern(StrCat("\\b", name, "\\s*=\\s*[\"']((?:[^\"'\\\\]|\\\\.)*)[\"']"));
  if (!RE2::PartialMatch(jaas, pattern, &quoted)) return std::nullopt;
  std::string value;
  for (size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
    value.push_back(quoted[i]);
  }
  return value;
}

class Translator {
 public:
  Translator(const Options& options, KafkaRole role)
      : given_(options.WithPrefix(kPrefix)), probe_(rd_kafka_conf_new(), rd_kafka_conf_destroy) {
    for (const auto& [key, value] : Defaults(role)) Set(key, value);
  }

  KafkaProperties Run() {
    for (const auto& [key, value] : given_.values()) Translate(key, value);
    TranslateJaas();
    TranslateTrustStore();
    TranslateKeyStore();
    return std::move(result_);
  }

 private:
  // Where the defaults of the Java client are better, or are what Flink's users count on.
  static std::vector<std::pair<std::string, std::string>> Defaults(KafkaRole role) {
    if (role == KafkaRole::kConsumer) {
      return {{"isolation.level", "read_uncommitted"},
              {"enable.auto.commit", "false"},
              {"enable.auto.offset.store", "false"},
              {"allow.auto.create.topics", "false"},
              {"queued.max.messages.kbytes", "16384"}};
    }
    return {{"enable.idempotence", "true"},
            {"delivery.timeout.ms", "120000"},
            // The sink bounds by itself what is under way.
            {"queue.buffering.max.messages", "10000000"},
            {"queue.buffering.max.kbytes", "2097151"}};
  }

  std::string Find(std::string_view key) const {
    return std::string(given_.Find(key).value_or(""));
  }

  void Problem(std::string_view key, std::string message, std::string remedy) {
    result_.problems.push_back({StrCat(kPrefix, key), ErrorCode::kInvalidOption,
                                StrCat("option '", kPrefix, key, "': ", message),
                                std::move(remedy)});
  }

  void Warn(std::string_view key, std::string_view reason) {
    result_.warnings.push_back(StrCat("'", kPrefix, key, "' has no effect: ", reason));
  }

  // REQUIRES: librdkafka takes it.
  void Set(std::string_view key, std::string_view value) {
    result_.settings.emplace_back(key, value);
  }

  void Translate(const std::string& key, std::string value) {
    if (std::find(std::begin(kOurs), std::end(kOurs), key) != std::end(kOurs)) return;
    if (IsSecretYet(value)) return;
    for (const Ignored& each : kIgnored) {
      if (each.java == key) return Warn(key, each.reason);
    }
    std::string ours = key;
    for (const Renamed& each : kRenamed) {
      if (each.java == key) ours = std::string(each.ours);
    }
    // Java: -1 is the system's default; no algorithm at all is no check.
    if (ours.ends_with(".buffer.bytes") && value == "-1") value = "0";
    if (key == "ssl.endpoint.identification.algorithm" && value.empty()) value = "none";
    char error[512];
    switch (rd_kafka_conf_set(probe_.get(), ours.c_str(), value.c_str(), error, sizeof(error))) {
      case RD_KAFKA_CONF_OK: return Set(ours, value);
      case RD_KAFKA_CONF_UNKNOWN: {
        const std::string nearest = NearestProperty(key);
        return Warn(key, nearest.empty() ? "the client has no such property"
                                         : StrCat("the client has no such property; did you mean '",
                                                  kPrefix, nearest, "'?"));
      }
      default:
        return Problem(key, IsSecret(key) ? "the value is not valid" : std::string(error),
                       "correct the value");
    }
  }

  void TranslateJaas() {
    const std::string jaas = Find("sasl.jaas.config");
    if (jaas.empty() || IsSecretYet(jaas)) return;
    if (jaas.find("Krb5LoginModule") != std::string::npos) {
      if (auto keytab = JaasField(jaas, "keyTab")) Set("sasl.kerberos.keytab", *keytab);
      if (auto principal = JaasField(jaas, "principal")) Set("sasl.kerberos.principal", *principal);
      return;
    }
    const auto user = JaasField(jaas, "username");
    const auto password = JaasField(jaas, "password");
    if (!user.has_value() || !password.has_value()) {
      return Problem("sasl.jaas.config", "no username=\"…\" and password=\"…\" can be read from it",
                     "write …PlainLoginModule (or …ScramLoginModule) required username=\"…\" "
                     "password=\"…\";");
    }
    Set("sasl.username", *user);
    Set("sasl.password", *password);
  }

  // "PEM", "PKCS12" or "JKS": as said, or as the file's name says; Java's default is JKS.
  std::string StoreType(std::string_view store) const {
    const std::string type = Find(StrCat(store, ".type"));
    if (!type.empty()) return EqualsIgnoreCase(type, "PEM") ? "PEM" : type;
    const std::string location = Find(StrCat(store, ".location"));
    for (const std::string_view end : {".pem", ".crt", ".cer"}) {
      if (location.ends_with(end)) return "PEM";
    }
    return location.ends_with(".p12") || location.ends_with(".pfx") ? "PKCS12" : "JKS";
  }

  void TranslateTrustStore() {
    const std::string location = Find("ssl.truststore.location");
    if (location.empty()) return;
    const std::string type = StoreType("ssl.truststore");
    if (type == "PEM") return Set("ssl.ca.location", location);
    Problem("ssl.truststore.location", StrCat("only Java reads a trust store of type ", type),
            StrCat("export it: keytool -exportcert -rfc -keystore ", location,
                   " -alias ALIAS -file ca.pem, then set 'properties.ssl.truststore.location' = "
                   "'ca.pem' and 'properties.ssl.truststore.type' = 'PEM'"));
  }

  void TranslateKeyStore() {
    const std::string location = Find("ssl.keystore.location");
    if (location.empty()) return;
    const std::string type = StoreType("ssl.keystore");
    if (type == "PEM") {
      Set("ssl.certificate.location", location);
      Set("ssl.key.location", location);
    } else if (EqualsIgnoreCase(type, "PKCS12")) {
      Set("ssl.keystore.location", location);
      Set("ssl.keystore.password", Find("ssl.keystore.password"));
    } else {
      Problem("ssl.keystore.location", StrCat("only Java reads a key store of type ", type),
              StrCat("convert it: keytool -importkeystore -srckeystore ", location,
                     " -destkeystore keys.p12 -deststoretype PKCS12, then set "
                     "'properties.ssl.keystore.location' = 'keys.p12' and "
                     "'properties.ssl.keystore.type' = 'PKCS12'"));
    }
  }

  const Options given_;
  const Conf probe_;
  KafkaProperties result_;
};

}  // namespace

KafkaProperties TranslateKafkaProperties(const Options& table_options, KafkaRole role) {
  return Translator(table_options, role).Run();
}

std::string KafkaProperty(const Options& table_options, std::string_view key,
                          std::string_view fallback) {
  return std::string(table_options.Find(StrCat(kPrefix, key)).value_or(fallback));
}

}  // namespace sluice
