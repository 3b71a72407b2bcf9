-- The dimension tables of the wrongbook job and the table that receives its result, for SQLite.
-- Deterministic: sqlite3 wrongbook.db < dimensions.sql gives the same rows everywhere.
BEGIN;

DROP TABLE IF EXISTS pattern;
CREATE TABLE pattern (
  id        TEXT    NOT NULL PRIMARY KEY,
  name      TEXT    NOT NULL,
  is_delete INTEGER NOT NULL
);
-- 10,000 question patterns, pt-00001 to pt-10000; one in 50 is deleted.
WITH RECURSIVE seq(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < 10000),
  topic(k, name) AS (VALUES
    (0, '一元二次方程'), (1, '全等三角形'), (2, '古诗文默写'), (3, '阅读理解'), (4, '完形填空'),
    (5, '时态与语态'), (6, '浮力与压强'), (7, '电路分析'), (8, '化学方程式'), (9, '地图与经纬网'))
INSERT INTO pattern
SELECT printf('pt-%05d', n), topic.name || printf('·第%d组', (n - 1) / 10 + 1), n % 50 = 7
FROM seq JOIN topic ON topic.k = n % 10 ORDER BY n;

DROP TABLE IF EXISTS teaching_type;
CREATE TABLE teaching_type (
  id        INTEGER NOT NULL PRIMARY KEY,
  name      TEXT    NOT NULL,
  is_delete INTEGER NOT NULL
);
-- 500 teaching types; one in 40 is deleted.
WITH RECURSIVE seq(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < 500),
  kind(k, name) AS (VALUES
    (0, '基础巩固'), (1, '能力提升'), (2, '专题突破'), (3, '期末冲刺'), (4, '竞赛拓展🏆'))
INSERT INTO teaching_type
SELECT n, kind.name || printf(' %03d', n), n % 40 = 11
FROM seq JOIN kind ON kind.k = n % 5 ORDER BY n;

DROP TABLE IF EXISTS teaching_type_pt;
CREATE TABLE teaching_type_pt (
  id               INTEGER NOT NULL PRIMARY KEY,
  pt_id            TEXT    NOT NULL,
  teaching_type_id INTEGER NOT NULL,
  is_delete        INTEGER NOT NULL
);
-- 10,000 links of patterns to teaching types: pt-00001 to pt-01000 have two, pt-09001 and later
-- have none. One link in 60 is deleted, and some name a teaching type that does not exist.
WITH RECURSIVE seq(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < 10000)
INSERT INTO teaching_type_pt
SELECT n, printf('pt-%05d', (n - 1) % 9000 + 1), n * 37 % 510 + 1, n % 60 = 13 FROM seq;
CREATE INDEX teaching_type_pt_by_pattern ON teaching_type_pt (pt_id);

DROP TABLE IF EXISTS wrongbook_wide;
CREATE TABLE wrongbook_wide (
  event_id           TEXT    NOT NULL,
  fix_id             INTEGER,
  wrong_id           TEXT,
  user_id            TEXT,
  subject            TEXT,
  subject_name       TEXT,
  question           TEXT,
  pattern_id         TEXT,
  pattern_name       TEXT,
  teaching_type_id   INTEGER NOT NULL,
  teaching_type_name TEXT,
  collect_time       TEXT,
  fix_time           TEXT,
  fix_result         INTEGER,
  fix_result_desc    TEXT,
  event_time         TEXT,
  PRIMARY KEY (event_id, teaching_type_id)
);

COMMIT;
