-- A question that was answered wrongly and is not corrected yet.
SELECT
  e.eventId AS event_id,
  CAST(0 AS BIGINT) AS teaching_type_id,
  JSON_VALUE(e.payload, '$.wrongId') AS wrong_id,
  JSON_VALUE(e.payload, '$.userId') AS user_id,
  JSON_VALUE(e.payload, '$.subject') AS subject,
  JSON_VALUE(e.payload, '$.question') AS question,
  COALESCE(p.name, '未分类') AS pattern_name,
  e.event_time
FROM events AS e
LEFT JOIN `pattern` FOR SYSTEM_TIME AS OF e.proc_time AS p
  ON p.id = JSON_VALUE(e.payload, '$.patternId') AND p.is_delete = 0
WHERE e.eventId IS NOT NULL;
