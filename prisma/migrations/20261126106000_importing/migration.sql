-- Oldest version: 0.1.0

-- CreateEnum
CREATE TYPE "ImportKind" AS ENUM ('gitlab', 'github', 'gitea');

-- CreateEnum
CREATE TYPE "ImportState" AS ENUM ('waiting', 'running', 'finished', 'failed');

-- CreateTable
CREATE TABLE "project_imports" (
    "project_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "credential" "Credential" NOT NULL,
    "url" TEXT NOT NULL,
    "source_path" VARCHAR(1024) NOT NULL,
    "kind" "ImportKind",
    "token" TEXT,
    "state" "ImportState" NOT NULL DEFAULT 'waiting',
    "progress" JSONB NOT NULL,
    "error" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "project_imports_pkey" PRIMARY KEY ("project_id")
);

-- CreateTable
CREATE TABLE "imported_records" (
    "project_id" INTEGER NOT NULL,
    "key" VARCHAR(64) NOT NULL,
    "digest" VARCHAR(64) NOT NULL,

    CONSTRAINT "imported_records_pkey" PRIMARY KEY ("project_id","key")
);

-- CreateIndex
CREATE INDEX "project_imports_user_id_idx" ON "project_imports"("user_id");

-- AddForeignKey
ALTER TABLE "project_imports" ADD CONSTRAINT "project_imports_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_imports" ADD CONSTRAINT "project_imports_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "imported_records" ADD CONSTRAINT "imported_records_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;
