-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "webhook_events" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER,
    "group_id" INTEGER,
    "trigger" TEXT NOT NULL,
    "branch" TEXT,
    "source" JSONB NOT NULL,
    "cause" TEXT NOT NULL,
    "body" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),

    CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);

-- Nothing has ever written these rows.
DELETE FROM "webhooks";

-- AlterTable
ALTER TABLE "webhook_deliveries" DROP CONSTRAINT "webhook_deliveries_pkey",
DROP COLUMN "delivered_at",
DROP COLUMN "event",
DROP COLUMN "payload",
DROP COLUMN "state",
ADD COLUMN     "attempted_at" TIMESTAMPTZ(3),
ADD COLUMN     "claimed_until" TIMESTAMPTZ(3),
ADD COLUMN     "event_id" INTEGER NOT NULL,
ADD COLUMN     "key" UUID NOT NULL DEFAULT gen_random_uuid(),
ADD COLUMN     "next_attempt_at" TIMESTAMPTZ(3),
ADD COLUMN     "request_body" TEXT,
ADD COLUMN     "request_headers" JSONB,
ADD COLUMN     "response_headers" JSONB,
ADD COLUMN     "url" TEXT,
DROP COLUMN "id",
ADD COLUMN     "id" SERIAL NOT NULL,
ADD CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id");

-- AlterTable
ALTER TABLE "webhooks" DROP COLUMN "releases_events",
DROP COLUMN "secret",
ADD COLUMN     "branch_filter" TEXT,
ADD COLUMN     "branch_filter_strategy" TEXT NOT NULL DEFAULT 'wildcard',
ADD COLUMN     "description" TEXT,
ADD COLUMN     "disabled_at" TIMESTAMPTZ(3),
ADD COLUMN     "disabled_until" TIMESTAMPTZ(3),
ADD COLUMN     "events" TEXT[],
ADD COLUMN     "failures" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "host" TEXT NOT NULL,
ADD COLUMN     "name" VARCHAR(255),
ADD COLUMN     "proven" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "secrets" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "template" TEXT;

-- DropEnum
DROP TYPE "DeliveryState";

-- CreateIndex
CREATE INDEX "webhook_events_project_id_idx" ON "webhook_events"("project_id");

-- CreateIndex
CREATE INDEX "webhook_events_group_id_idx" ON "webhook_events"("group_id");

-- CreateIndex
CREATE INDEX "webhook_events_created_at_idx" ON "webhook_events"("created_at");

-- CreateIndex
CREATE INDEX "webhook_deliveries_webhook_id_created_at_id_idx" ON "webhook_deliveries"("webhook_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_event_id_idx" ON "webhook_deliveries"("event_id");

-- AddForeignKey
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_events" ADD CONSTRAINT "webhook_events_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_event_id_fkey" FOREIGN KEY ("event_id") REFERENCES "webhook_events"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The events that a job must still make deliveries of.
CREATE INDEX "webhook_events_waiting" ON "webhook_events"("project_id", "group_id", "id") WHERE "body" IS NULL;

-- The deliveries that are to be attempted.
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries"("next_attempt_at") WHERE "next_attempt_at" IS NOT NULL;

-- The first attempts of a webhook, which come in the order of the events.
CREATE INDEX "webhook_deliveries_first" ON "webhook_deliveries"("webhook_id", "event_id") WHERE "attempts" = 0 AND "next_attempt_at" IS NOT NULL;
