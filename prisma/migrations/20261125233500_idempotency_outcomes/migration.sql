-- Oldest version: 0.1.0

-- AlterTable
ALTER TABLE "idempotency_records" ADD COLUMN     "done" JSONB,
ADD COLUMN     "holder" INTEGER;
