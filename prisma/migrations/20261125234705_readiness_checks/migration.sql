-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "readiness_checks" (
    "id" SMALLINT NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "readiness_checks_pkey" PRIMARY KEY ("id")
);
