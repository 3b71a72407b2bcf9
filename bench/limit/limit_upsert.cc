// How fast a database takes rows from a program made for just that: upserts of many rows a
// statement, written with the same client library that the engine uses.
//
//   limit_upsert mysql|postgresql HOST PORT USER PASSWORD DATABASE TABLE FILE
//   [ROWS_PER_STATEMENT=300]
//
// FILE holds comma-separated rows of id, user_id, name, score, amount, ts; the texts hold neither
// quotes nor backslashes. Each statement is a transaction.
#include <libpq-fe.h>
#include <mysql.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>

namespace {

constexpr int kNumColumns = 6;
constexpr bool kIsText[kNumColumns] = {false, true, true, false, false, true};

[[noreturn]] void Fail(std::string_view why) {
  std::fprintf(stderr, "limit_upsert: %.*s\n", static_cast<int>(why.size()), why.data());
  std::exit(1);
}

class Database {
 public:
  virtual ~Database() = default;
  virtual void Execute(const std::string& sql) = 0;
  virtual std::string_view conflict_clause() const = 0;
};

class MySql : public Database {
 public:
  MySql(char** arguments) : mysql_(mysql_init(nullptr)) {
    if (mysql_real_connect(mysql_, arguments[0], arguments[2], arguments[3], arguments[4],
                           static_cast<unsigned int>(std::atoi(arguments[1])), nullptr,
                           0) == nullptr)
      Fail(mysql_error(mysql_));
    Execute("SET NAMES utf8mb4");
  }
  ~MySql() override { mysql_close(mysql_); }

  void Execute(const std::string& sql) override {
    if (mysql_real_query(mysql_, sql.data(), sql.size()) != 0) Fail(mysql_error(mysql_));
  }

  std::string_view conflict_clause() const override {
    return " ON DUPLICATE KEY UPDATE user_id = VALUES(user_id), name = VALUES(name), "
           "score = VALUES(score), amount = VALUES(amount), ts = VALUES(ts)";
  }

 private:
  MYSQL* const mysql_;
};

class PostgreSql : public Database {
 public:
  PostgreSql(char** arguments)
      : connection_(PQsetdbLogin(arguments[0], arguments[1], nullptr, nullptr, arguments[4],
                                 arguments[2], arguments[3])) {
    if (PQstatus(connection_) != CONNECTION_OK) Fail(PQerrorMessage(connection_));
  }
  ~PostgreSql() override { PQfinish(connection_); }

  void Execute(const std::string& sql) override {
    PGresult* result = PQexec(connection_, sql.c_str());
    if (PQresultStatus(result) != PGRES_COMMAND_OK) Fail(PQerrorMessage(connection_));
    PQclear(result);
  }

  std::string_view conflict_clause() const override {
    return " ON CONFLICT (id) DO UPDATE SET user_id = excluded.user_id, name = excluded.name, "
           "score = excluded.score, amount = excluded.amount, ts = excluded.ts";
  }

 private:
  PGconn* const connection_;
};

// Takes the first field off the row.
std::string_view TakeField(std::string_view* row) {
  const size_t end = std::min(row->find(','), row->size());
  const std::string_view field = row->substr(0, end);
  row->remove_prefix(std::min(end + 1, row->size()));
  return field;
}

void AppendRow(std::string_view row, std::string* sql) {
  for (int c = 0; c < kNumColumns; ++c) {
    const std::string_view field = TakeField(&row);
    sql->append(c == 0 ? "(" : ",");
    if (kIsText[c]) sql->push_back('\'');
    sql->append(field);
    if (kIsText[c]) sql->push_back('\'');
  }
  sql->push_back(')');
}

void Run(Database& database, const std::string& table, const char* path, int rows_per_statement) {
  std::ifstream file(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  const std::string head = "INSERT INTO " + table + " VALUES ";
  std::string sql = head;
  int num_rows = 0;
  const auto execute = [&] {
    if (num_rows == 0) return;
    sql.append(database.conflict_clause());
    database.Execute(sql);
    sql = head;
    num_rows = 0;
  };
  for (std::string_view rest = text; !rest.empty();) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    if (num_rows != 0) sql.push_back(',');
    AppendRow(rest.substr(0, end), &sql);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (++num_rows == rows_per_statement) execute();
  }
  execute();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 9 && argc != 10) {
    std::fprintf(stderr,
                 "usage: %s mysql|postgresql HOST PORT USER PASSWORD DATABASE TABLE FILE "
                 "[ROWS_PER_STATEMENT]\n",
                 argv[0]);
    return 2;
  }
  std::unique_ptr<Database> database;
  if (std::string_view(argv[1]) == "mysql") {
    database = std::make_unique<MySql>(argv + 2);
  } else {
    database = std::make_unique<PostgreSql>(argv + 2);
  }
  Run(*database, argv[7], argv[8], argc == 10 ? std::atoi(argv[9]) : 300);
  return 0;
}
