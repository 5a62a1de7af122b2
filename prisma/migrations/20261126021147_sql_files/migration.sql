-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "sql_files" (
    "name" VARCHAR(255) NOT NULL,
    "version" INTEGER NOT NULL,

    CONSTRAINT "sql_files_pkey" PRIMARY KEY ("name")
);
