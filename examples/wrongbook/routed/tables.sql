-- The tables of the routed job: where events come from, the dimensions, the wide table, alerts.
SET 'table.local-time-zone' = 'Asia/Shanghai';

-- Business events: one JSON object a line, in the envelope that all domains share.
CREATE TABLE business_event (
  domain       STRING,
  type         STRING,
  `timestamp`  BIGINT,
  eventId      STRING,
  payload      STRING,
  proc_time AS PROCTIME(),
  event_time AS TO_TIMESTAMP_LTZ(`timestamp`, 3)
) WITH (
  'connector' = 'filesystem',
  'path' = '${events:-events.jsonl}',
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

-- One row per correction and teaching type; 0 stands for none, as a key is never NULL.
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
  event_time          TIMESTAMP(3),
  PRIMARY KEY (event_id, teaching_type_id) NOT ENFORCED
) WITH (
  'connector' = 'jdbc',
  'url' = 'jdbc:sqlite:${db:-wrongbook.db}',
  'table-name' = 'wrongbook_wide',
  'sink.buffer-flush.max-rows' = '2000',
  'sink.buffer-flush.interval' = '1s'
);

-- A side output: one line an event, for whoever watches.
CREATE TABLE wrongbook_alerts (
  event_id  STRING,
  user_id   STRING,
  subject   STRING
) WITH (
  'connector' = 'filesystem',
  'path' = '${alerts:-alerts}',
  'format' = 'json'
);
