-- The wrongbook wide table: each correction of a wrongly answered question, with the pattern of
-- the question and the teaching types that train it.
--
-- From one topic to another; the dimension tables are those of job.sql.
--
--   sluice run job_kafka.sql --var servers=localhost:9092 --var db=wrongbook.db --state-dir state
SET 'table.local-time-zone' = 'Asia/Shanghai';

-- Business events: one JSON object a message, in the envelope that all domains share.
CREATE TABLE business_event (
  domain       STRING,
  type         STRING,
  `timestamp`  BIGINT,
  eventId      STRING,
  payload      STRING,
  proc_time AS PROCTIME(),
  event_time AS TO_TIMESTAMP_LTZ(`timestamp`, 3)
) WITH (
  'connector' = 'kafka',
  'topic' = '${events:-business_event}',
  'properties.bootstrap.servers' = '${servers:-localhost:9092}',
  'properties.group.id' = 'wrongbook',
  'scan.startup.mode' = 'earliest-offset',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

-- Patterns of questions, by id.
CREATE TABLE `pattern` (
  id         STRING,
  name       STRING,
  is_delete  INT,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:sqlite:${db:-wrongbook.db}',
  'table-name' = 'pattern',
  'lookup.cache.max-rows' = '20000',
  'lookup.cache.ttl' = '30 min'
);

-- Which teaching types train a pattern: looked up by pt_id, which is not the key of the table, so a
-- pattern may find several rows.
CREATE TABLE teaching_type_pt (
  id                BIGINT,
  pt_id             STRING,
  teaching_type_id  BIGINT,
  is_delete         INT,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:sqlite:${db:-wrongbook.db}',
  'table-name' = 'teaching_type_pt',
  'lookup.cache.max-rows' = '20000',
  'lookup.cache.ttl' = '30 min'
);

CREATE TABLE teaching_type (
  id         BIGINT,
  name       STRING,
  is_delete  INT,
  PRIMARY KEY (id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:sqlite:${db:-wrongbook.db}',
  'table-name' = 'teaching_type',
  'lookup.cache.max-rows' = '1000',
  'lookup.cache.ttl' = '45 min'
);

-- One message per correction and teaching type; those of an event go to one partition.
CREATE TABLE wrongbook_wide (
  event_id            STRING,
  fix_id              BIGINT,
  wrong_id            STRING,
  user_id             STRING,
  subject             STRING,
  subject_name        STRING,
  question            STRING,
  pattern_id          STRING,
  pattern_name        STRING,
  teaching_type_id    BIGINT,
  teaching_type_name  STRING,
  collect_time        TIMESTAMP(3),
  fix_time            TIMESTAMP(3),
  fix_result          INT,
  fix_result_desc     STRING,
  event_time          TIMESTAMP(3)
) WITH (
  'connector' = 'kafka',
  'topic' = '${wide:-wrongbook_wide}',
  'properties.bootstrap.servers' = '${servers:-localhost:9092}',
  'properties.compression.type' = 'lz4',
  'key.format' = 'raw',
  'key.fields' = 'event_id',
  'value.format' = 'json'
);

INSERT INTO wrongbook_wide
SELECT
  e.eventId AS event_id,
  CAST(JSON_VALUE(e.payload, '$.id') AS BIGINT) AS fix_id,
  JSON_VALUE(e.payload, '$.wrongId') AS wrong_id,
  JSON_VALUE(e.payload, '$.userId') AS user_id,
  JSON_VALUE(e.payload, '$.subject') AS subject,
  CASE JSON_VALUE(e.payload, '$.subject')
    WHEN 'CHINESE' THEN '语文'
    WHEN 'MATH' THEN '数学'
    WHEN 'ENGLISH' THEN '英语'
    WHEN 'PHYSICS' THEN '物理'
    WHEN 'CHEMISTRY' THEN '化学'
    WHEN 'GEOGRAPHY' THEN '地理'
    ELSE '其他'
  END AS subject_name,
  JSON_VALUE(e.payload, '$.question') AS question,
  JSON_VALUE(e.payload, '$.patternId') AS pattern_id,
  COALESCE(p.name, '未分类') AS pattern_name,
  COALESCE(tt.id, 0) AS teaching_type_id,
  tt.name AS teaching_type_name,
  TO_TIMESTAMP_LTZ(CAST(JSON_VALUE(e.payload, '$.collectTime') AS BIGINT), 3) AS collect_time,
  TO_TIMESTAMP_LTZ(CAST(JSON_VALUE(e.payload, '$.fixTime') AS BIGINT), 3) AS fix_time,
  CAST(JSON_VALUE(e.payload, '$.fixResult') AS INT) AS fix_result,
  CASE JSON_VALUE(e.payload, '$.fixResult')
    WHEN '1' THEN
      CASE
        WHEN CAST(JSON_VALUE(e.payload, '$.fixTime') AS BIGINT)
          - CAST(JSON_VALUE(e.payload, '$.collectTime') AS BIGINT) < 86400000 THEN '当日订正'
        ELSE '已订正'
      END
    WHEN '0' THEN '未订正'
    ELSE '待批改'
  END AS fix_result_desc,
  e.event_time
FROM business_event AS e
LEFT JOIN `pattern` FOR SYSTEM_TIME AS OF e.proc_time AS p
  ON p.id = JSON_VALUE(e.payload, '$.patternId') AND p.is_delete = 0
LEFT JOIN teaching_type_pt FOR SYSTEM_TIME AS OF e.proc_time AS ttp
  ON ttp.pt_id = p.id AND ttp.is_delete = 0
LEFT JOIN teaching_type FOR SYSTEM_TIME AS OF e.proc_time AS tt
  ON tt.id = ttp.teaching_type_id AND tt.is_delete = 0
WHERE e.domain = 'wrongbook'
  AND e.type = 'wrongbook_fix'
  AND e.eventId IS NOT NULL  -- the key of the messages
  AND CAST(JSON_VALUE(e.payload, '$.isDelete') AS INT) = 0;
