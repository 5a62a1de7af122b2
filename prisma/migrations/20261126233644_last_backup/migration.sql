-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "last_backup" (
    "id" SMALLINT NOT NULL DEFAULT 1,
    "taken_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "last_backup_pkey" PRIMARY KEY ("id")
);
