-- Oldest version: 0.1.0

-- AlterTable
ALTER TABLE "notification_settings" ADD COLUMN "events" JSONB NOT NULL DEFAULT '{}';
UPDATE "notification_settings" SET "events" = '{"new_release": true}' WHERE "new_release";
ALTER TABLE "notification_settings" DROP COLUMN "new_release";

-- An account also has a setting of its own.
ALTER TABLE "notification_settings" DROP CONSTRAINT "notification_settings_one_subject";
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_at_most_one_subject" CHECK (num_nonnulls("project_id", "group_id") <= 1);

-- An account has one setting for each project and each group, and one of its own.
DROP INDEX "notification_settings_user_id_project_id_key";
DROP INDEX "notification_settings_user_id_group_id_key";
CREATE UNIQUE INDEX "notification_settings_user_id_project_id_group_id_key" ON "notification_settings"("user_id", "project_id", "group_id") NULLS NOT DISTINCT;

-- Accounts that may want mails about every project.
CREATE INDEX "notification_settings_accounts" ON "notification_settings"("level") WHERE "project_id" IS NULL AND "group_id" IS NULL;

-- CreateTable
CREATE TABLE "release_mails" (
    "release_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "batch" INTEGER NOT NULL,
    "refusal" VARCHAR(500),

    CONSTRAINT "release_mails_pkey" PRIMARY KEY ("release_id","user_id")
);

-- CreateIndex
CREATE INDEX "release_mails_user_id_idx" ON "release_mails"("user_id");

-- AddForeignKey
ALTER TABLE "release_mails" ADD CONSTRAINT "release_mails_release_id_fkey" FOREIGN KEY ("release_id") REFERENCES "releases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "release_mails" ADD CONSTRAINT "release_mails_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
