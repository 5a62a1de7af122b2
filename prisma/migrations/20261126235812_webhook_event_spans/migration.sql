-- Oldest version: 0.1.0

-- AlterTable
ALTER TABLE "webhook_events" ADD COLUMN     "span" VARCHAR(55);
