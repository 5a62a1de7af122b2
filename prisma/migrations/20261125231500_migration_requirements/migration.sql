-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "migration_requirements" (
    "migration" VARCHAR(255) NOT NULL,
    "oldest_version" VARCHAR(64) NOT NULL,

    CONSTRAINT "migration_requirements_pkey" PRIMARY KEY ("migration")
);
