-- The same functions, so written that PostgreSQL puts their bodies in place of their calls: it does so with no function
-- that is declared STRICT and has a CASE, and calling one costs more than all else that a look-up does.
CREATE OR REPLACE FUNCTION base.rfc3339(moment timestamptz) RETURNS text
LANGUAGE sql STABLE CALLED ON NULL INPUT PARALLEL SAFE
RETURN to_char(moment AT TIME ZONE 'UTC', CASE
  WHEN moment = date_trunc('second', moment) THEN 'YYYY-MM-DD"T"HH24:MI:SS"Z"'
  WHEN moment = date_trunc('milliseconds', moment) THEN 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'
  ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
END);

CREATE OR REPLACE FUNCTION base.amount(amount numeric, currency text) RETURNS text
LANGUAGE sql IMMUTABLE CALLED ON NULL INPUT PARALLEL SAFE
RETURN round(amount, greatest(scale(trim_scale(amount)), CASE
  WHEN currency IN ('BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'VND', 'VUV', 'XAF', 'XOF',
    'XPF') THEN 0
  WHEN currency IN ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') THEN 3
  ELSE 2
END))::text;
