#include "connectors/kafka/kafka_properties.h"

#include <gtest/gtest.h>

#include <map>

namespace sluice {
namespace {

using Settings = std::map<std::string, std::string>;

KafkaProperties Translate(std::map<std::string, std::string> properties,
                          KafkaRole role = KafkaRole::kConsumer) {
  Options options;
  for (auto& [key, value] : properties) options.Set("properties." + key, value);
  return TranslateKafkaProperties(options, role);
}

// The last setting of a name counts, as in librdkafka.
Settings Final(const KafkaProperties& properties) {
  Settings settings;
  for (const auto& [key, value] : properties.settings) settings[key] = value;
  return settings;
}

TEST(KafkaPropertiesTest, DefaultsAreThoseOfTheJavaClient) {
  const Settings consumer = Final(Translate({}));
  EXPECT_EQ(consumer.at("isolation.level"), "read_uncommitted");
  EXPECT_EQ(consumer.at("enable.auto.commit"), "false");
  const Settings producer = Final(Translate({}, KafkaRole::kProducer));
  EXPECT_EQ(producer.at("enable.idempotence"), "true");
  EXPECT_EQ(producer.at("delivery.timeout.ms"), "120000");
  EXPECT_EQ(Final(Translate({{"isolation.level", "read_committed"}})).at("isolation.level"),
            "read_committed");
}

TEST(KafkaPropertiesTest, NamesThatDifferAreTranslated) {
  const KafkaProperties properties = Translate({{"fetch.max.wait.ms", "100"},
                                                {"max.request.size", "2000000"},
                                                {"receive.buffer.bytes", "-1"},
                                                {"ssl.endpoint.identification.algorithm", ""},
                                                {"max.partition.fetch.bytes", "2097152"}});
  const Settings settings = Final(properties);
  EXPECT_EQ(settings.at("fetch.wait.max.ms"), "100");
  EXPECT_EQ(settings.at("message.max.bytes"), "2000000");
  EXPECT_EQ(settings.at("socket.receive.buffer.bytes"), "0");
  EXPECT_EQ(settings.at("ssl.endpoint.identification.algorithm"), "none");
  EXPECT_EQ(settings.at("max.partition.fetch.bytes"), "2097152");
  EXPECT_TRUE(properties.warnings.empty());
  EXPECT_TRUE(properties.problems.empty());
}

TEST(KafkaPropertiesTest, JaasBecomesUserAndPassword) {
  const std::string module = "org.apache.kafka.common.security.scram.ScramLoginModule required ";
  const Settings settings =
      Final(Translate({{"sasl.jaas.config", module + R"(username="us\"er" password = "p=\\; w";)"},
                       {"sasl.mechanism", "SCRAM-SHA-256"},
                       {"security.protocol", "SASL_SSL"}}));
  EXPECT_EQ(settings.at("sasl.username"), "us\"er");
  EXPECT_EQ(settings.at("sasl.password"), "p=\\; w");
  EXPECT_EQ(settings.at("sasl.mechanism"), "SCRAM-SHA-256");
  const KafkaProperties bad = Translate({{"sasl.jaas.config", module + "token=\"s3cret\";"}});
  ASSERT_EQ(bad.problems.size(), 1u);
  EXPECT_EQ(bad.problems[0].key, "properties.sasl.jaas.config");
  EXPECT_EQ(bad.problems[0].message.find("s3cret"), std::string::npos);
}

// As `sluice validate` sees them.
TEST(KafkaPropertiesTest, SecretsThatAreNotReadYetAreNoProblem) {
  const KafkaProperties properties =
      Translate({{"sasl.jaas.config", "${env:JAAS}"}, {"acks", "${env:ACKS}"}});
  EXPECT_TRUE(properties.problems.empty());
  EXPECT_TRUE(properties.warnings.empty());
}

TEST(KafkaPropertiesTest, StoresOfPemAndPkcs12) {
  const Settings pem = Final(Translate({{"ssl.truststore.location", "/ca.pem"},
                                        {"ssl.keystore.location", "/me.pem"},
                                        {"ssl.keystore.type", "PEM"}}));
  EXPECT_EQ(pem.at("ssl.ca.location"), "/ca.pem");
  EXPECT_EQ(pem.at("ssl.certificate.location"), "/me.pem");
  EXPECT_EQ(pem.at("ssl.key.location"), "/me.pem");
  const Settings pkcs =
      Final(Translate({{"ssl.keystore.location", "/me.p12"}, {"ssl.keystore.password", "x"}}));
  EXPECT_EQ(pkcs.at("ssl.keystore.location"), "/me.p12");
  EXPECT_EQ(pkcs.at("ssl.keystore.password"), "x");
}

TEST(KafkaPropertiesTest, JksStoresSayHowToConvertThem) {
  const KafkaProperties properties = Translate({{"ssl.truststore.location", "/trust.jks"},
                                                {"ssl.truststore.password", "s3cret"},
                                                {"ssl.keystore.location", "/keys"}});
  ASSERT_EQ(properties.problems.size(), 2u);
  EXPECT_NE(properties.problems[0].remedy.find("keytool -exportcert"), std::string::npos);
  EXPECT_NE(properties.problems[1].remedy.find("-deststoretype PKCS12"), std::string::npos);
}

TEST(KafkaPropertiesTest, WhatHasNoEffectIsNamed) {
  const KafkaProperties properties = Translate({{"max.poll.records", "500"},
                                                {"fetch.min.byte", "1"},
                                                {"value.deserializer", "StringDeserializer"}});
  ASSERT_EQ(properties.warnings.size(), 2u);
  EXPECT_NE(properties.warnings[0].find("'properties.fetch.min.byte' has no effect"),
            std::string::npos);
  EXPECT_NE(properties.warnings[0].find("did you mean 'properties.fetch.min.bytes'?"),
            std::string::npos);
  EXPECT_NE(properties.warnings[1].find("properties.max.poll.records"), std::string::npos);
}

TEST(KafkaPropertiesTest, WrongValuesAreProblems) {
  const KafkaProperties properties = Translate({{"acks", "many"}, {"ssl.key.pem", "nonsense"}});
  ASSERT_GE(properties.problems.size(), 1u);
  EXPECT_EQ(properties.problems[0].key, "properties.acks");
  for (const OptionProblem& problem : properties.problems)
    EXPECT_EQ(problem.message.find("nonsense"), std::string::npos);
}

}  // namespace
}  // namespace sluice
