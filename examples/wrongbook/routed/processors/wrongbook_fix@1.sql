-- A correction, with its pattern and the teaching types that train it: see ../tables.sql.
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
FROM events AS e
LEFT JOIN `pattern` FOR SYSTEM_TIME AS OF e.proc_time AS p
  ON p.id = JSON_VALUE(e.payload, '$.patternId') AND p.is_delete = 0
LEFT JOIN teaching_type_pt FOR SYSTEM_TIME AS OF e.proc_time AS ttp
  ON ttp.pt_id = p.id AND ttp.is_delete = 0
LEFT JOIN teaching_type FOR SYSTEM_TIME AS OF e.proc_time AS tt
  ON tt.id = ttp.teaching_type_id AND tt.is_delete = 0
WHERE e.eventId IS NOT NULL  -- the key of the wide table
  AND CAST(JSON_VALUE(e.payload, '$.isDelete') AS INT) = 0;
