SELECT timestamp FROM t; SELECT a == 1; SELECT "a"; SELECT U&'\4e2d', X'0a', '错题' || `列`; SELECT (((1; SELECT 'abc
