-- Two columns of each event, one of the envelope and one of the payload: how fast JSON is read when little is needed.
CREATE TABLE business_event (
  domain       STRING,
  type         STRING,
  `timestamp`  BIGINT,
  eventId      STRING,
  payload      STRING
) WITH (
  'connector' = 'filesystem',
  'path' = '${events:-events.jsonl}',
  'format' = 'json',
  'json.ignore-parse-errors' = 'true'
);

CREATE TABLE two_columns (
  event_id  STRING,
  user_id   STRING
) WITH (
  'connector' = 'blackhole'
);

INSERT INTO two_columns
SELECT eventId, JSON_VALUE(payload, '$.userId') FROM business_event;
