-- What callers have spent in all processes; it may be lost with a crash, so it is not logged.
CREATE UNLOGGED TABLE "rate_limits" (
    "caller" VARCHAR(100) NOT NULL,
    "points" BIGINT NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("caller")
) WITH (fillfactor = 50);
