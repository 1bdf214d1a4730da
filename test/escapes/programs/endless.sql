-- tries: a query without end
-- endings: timed-out, out-of-memory, output-limit
-- limits: {"wallMs": 500}
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n;
