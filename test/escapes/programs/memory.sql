-- tries: values and sorts larger than memory
-- endings: any
-- limits: {"wallMs": 3000, "memoryBytes": 134217728}
SELECT length(zeroblob(1000000000));
SELECT hex(randomblob(500000000));
SELECT length(group_concat(printf('%.*c', 1000000, 'x'), '')) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000) SELECT i FROM n);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100000000) SELECT * FROM n ORDER BY printf('%1000d', random()) LIMIT 1;
