
-- CreateEnum
CREATE TYPE "Visibility" AS ENUM ('private', 'internal', 'public');

-- CreateEnum
CREATE TYPE "FeatureLevel" AS ENUM ('disabled', 'private', 'enabled');

-- CreateEnum
CREATE TYPE "UserState" AS ENUM ('active', 'blocked', 'deactivated');

-- CreateEnum
CREATE TYPE "TokenScope" AS ENUM ('read_api', 'api');

-- CreateEnum
CREATE TYPE "LinkType" AS ENUM ('other', 'runbook', 'package', 'image');

-- CreateEnum
CREATE TYPE "MilestoneState" AS ENUM ('active', 'closed');

-- CreateEnum
CREATE TYPE "IssueState" AS ENUM ('opened', 'closed');

-- CreateEnum
CREATE TYPE "NotificationLevel" AS ENUM ('disabled', 'participating', 'watch', 'global', 'mention', 'custom');

-- CreateEnum
CREATE TYPE "DeliveryState" AS ENUM ('pending', 'delivered', 'failed');

-- CreateTable
CREATE TABLE "users" (
    "id" SERIAL NOT NULL,
    "username" VARCHAR(255) NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "email" VARCHAR(255),
    "avatar_url" TEXT,
    "state" "UserState" NOT NULL DEFAULT 'active',
    "admin" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "access_tokens" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "digest" BYTEA NOT NULL,
    "scopes" "TokenScope"[],
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "access_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "groups" (
    "id" SERIAL NOT NULL,
    "parent_id" INTEGER,
    "name" VARCHAR(255) NOT NULL,
    "path" VARCHAR(255) NOT NULL,
    "full_path" TEXT NOT NULL DEFAULT '',
    "description" TEXT,
    "visibility" "Visibility" NOT NULL DEFAULT 'private',
    "ancestor_ids" INTEGER[],
    "projects_count" INTEGER NOT NULL DEFAULT 0,
    "released_projects_count" INTEGER NOT NULL DEFAULT 0,
    "releases_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "groups_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "projects" (
    "id" SERIAL NOT NULL,
    "group_id" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "path" VARCHAR(255) NOT NULL,
    "full_path" TEXT NOT NULL DEFAULT '',
    "description" TEXT,
    "visibility" "Visibility" NOT NULL DEFAULT 'private',
    "archived" BOOLEAN NOT NULL DEFAULT false,
    "releases_level" "FeatureLevel" NOT NULL DEFAULT 'enabled',
    "repository_level" "FeatureLevel" NOT NULL DEFAULT 'enabled',
    "issues_level" "FeatureLevel" NOT NULL DEFAULT 'enabled',
    "merge_requests_level" "FeatureLevel" NOT NULL DEFAULT 'enabled',
    "freeze_refuses_releases" BOOLEAN NOT NULL DEFAULT false,
    "package_duplicates_allowed" BOOLEAN NOT NULL DEFAULT true,
    "avatar_url" TEXT,
    "ancestor_ids" INTEGER[],
    "releases_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "projects_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group_members" (
    "group_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "role" SMALLINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "group_members_pkey" PRIMARY KEY ("user_id","group_id")
);

-- CreateTable
CREATE TABLE "project_members" (
    "project_id" INTEGER NOT NULL,
    "user_id" INTEGER NOT NULL,
    "role" SMALLINT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "project_members_pkey" PRIMARY KEY ("user_id","project_id")
);

-- CreateTable
CREATE TABLE "releases" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "tag" VARCHAR(1024) NOT NULL,
    "sha" VARCHAR(64),
    "name" TEXT,
    "description" TEXT,
    "description_html" TEXT,
    "renderer_version" SMALLINT NOT NULL DEFAULT 0,
    "author_id" INTEGER,
    "semver_key" VARCHAR(1024) NOT NULL DEFAULT '',
    "prerelease" BOOLEAN NOT NULL DEFAULT false,
    "links_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "released_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "releases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "group_releases" (
    "group_id" INTEGER NOT NULL,
    "release_id" INTEGER NOT NULL,
    "released_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "group_releases_pkey" PRIMARY KEY ("release_id","group_id")
);

-- CreateTable
CREATE TABLE "asset_links" (
    "id" SERIAL NOT NULL,
    "release_id" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "url" TEXT NOT NULL,
    "filepath" VARCHAR(128),
    "link_type" "LinkType" NOT NULL DEFAULT 'other',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "asset_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidences" (
    "id" SERIAL NOT NULL,
    "release_id" INTEGER NOT NULL,
    "summary" JSONB NOT NULL,
    "sha" VARCHAR(64) NOT NULL,
    "signature" TEXT,
    "occasion" VARCHAR(64),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "evidences_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "kid" VARCHAR(64) NOT NULL,
    "algorithm" VARCHAR(16) NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "private_jwk" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateTable
CREATE TABLE "milestones" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER,
    "group_id" INTEGER,
    "iid" INTEGER NOT NULL,
    "title" VARCHAR(255) NOT NULL,
    "description" TEXT,
    "state" "MilestoneState" NOT NULL DEFAULT 'active',
    "start_date" DATE,
    "due_date" DATE,
    "issues_count" INTEGER NOT NULL DEFAULT 0,
    "closed_issues_count" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "milestones_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "milestone_releases" (
    "milestone_id" INTEGER NOT NULL,
    "release_id" INTEGER NOT NULL,

    CONSTRAINT "milestone_releases_pkey" PRIMARY KEY ("milestone_id","release_id")
);

-- CreateTable
CREATE TABLE "issues" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "iid" INTEGER NOT NULL,
    "title" VARCHAR(255) NOT NULL,
    "description" TEXT,
    "state" "IssueState" NOT NULL DEFAULT 'opened',
    "author_id" INTEGER,
    "milestone_id" INTEGER,
    "confidential" BOOLEAN NOT NULL DEFAULT false,
    "due_date" DATE,
    "closed_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "issues_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "protected_tags" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(1024) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "protected_tags_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "protected_tag_access_levels" (
    "id" SERIAL NOT NULL,
    "protected_tag_id" INTEGER NOT NULL,
    "access_level" SMALLINT,
    "user_id" INTEGER,
    "group_id" INTEGER,
    "deploy_key_id" INTEGER,

    CONSTRAINT "protected_tag_access_levels_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "freeze_periods" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "freeze_start" VARCHAR(255) NOT NULL,
    "freeze_end" VARCHAR(255) NOT NULL,
    "cron_timezone" VARCHAR(255) NOT NULL DEFAULT 'UTC',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "freeze_periods_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "environments" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "environments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhooks" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER,
    "group_id" INTEGER,
    "url" TEXT NOT NULL,
    "secret" TEXT,
    "releases_events" BOOLEAN NOT NULL DEFAULT true,
    "enable_ssl_verification" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhooks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "webhook_id" INTEGER NOT NULL,
    "event" VARCHAR(255) NOT NULL,
    "payload" JSONB NOT NULL,
    "state" "DeliveryState" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "response_status" INTEGER,
    "response_body" TEXT,
    "error" TEXT,
    "duration_ms" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notification_settings" (
    "id" SERIAL NOT NULL,
    "user_id" INTEGER NOT NULL,
    "project_id" INTEGER,
    "group_id" INTEGER,
    "level" "NotificationLevel" NOT NULL DEFAULT 'global',
    "new_release" BOOLEAN NOT NULL DEFAULT false,
    "own_activity" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "notification_settings_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" SERIAL NOT NULL,
    "event_type" VARCHAR(255) NOT NULL,
    "author_id" INTEGER,
    "author_name" VARCHAR(255) NOT NULL,
    "project_id" INTEGER,
    "group_id" INTEGER,
    "target_type" VARCHAR(255) NOT NULL,
    "target_id" INTEGER NOT NULL,
    "target_details" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "ip_address" INET,
    "request_id" VARCHAR(255),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "packages" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "name" VARCHAR(255) NOT NULL,
    "version" VARCHAR(255) NOT NULL,
    "creator_id" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "packages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "package_files" (
    "id" SERIAL NOT NULL,
    "package_id" INTEGER NOT NULL,
    "file_name" VARCHAR(255) NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "storage_key" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "package_files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "report_artifacts" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "sha" VARCHAR(64) NOT NULL,
    "file_name" VARCHAR(255) NOT NULL,
    "size" BIGINT NOT NULL,
    "sha256" VARCHAR(64) NOT NULL,
    "storage_key" TEXT NOT NULL,
    "uploader_id" INTEGER,
    "expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "report_artifacts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence_report_artifacts" (
    "evidence_id" INTEGER NOT NULL,
    "report_artifact_id" INTEGER NOT NULL,

    CONSTRAINT "evidence_report_artifacts_pkey" PRIMARY KEY ("evidence_id","report_artifact_id")
);

-- CreateTable
CREATE TABLE "idempotency_records" (
    "user_id" INTEGER NOT NULL,
    "key" VARCHAR(255) NOT NULL,
    "request_digest" VARCHAR(64) NOT NULL,
    "response" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_records_pkey" PRIMARY KEY ("user_id","key")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_username_key" ON "users"("username");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "access_tokens_digest_key" ON "access_tokens"("digest");

-- CreateIndex
CREATE INDEX "access_tokens_user_id_idx" ON "access_tokens"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "groups_full_path_key" ON "groups"("full_path");

-- CreateIndex
CREATE INDEX "groups_parent_id_idx" ON "groups"("parent_id");

-- CreateIndex
CREATE INDEX "groups_ancestor_ids_idx" ON "groups" USING GIN ("ancestor_ids");

-- CreateIndex
CREATE UNIQUE INDEX "projects_full_path_key" ON "projects"("full_path");

-- CreateIndex
CREATE INDEX "projects_group_id_idx" ON "projects"("group_id");

-- CreateIndex
CREATE INDEX "projects_ancestor_ids_idx" ON "projects" USING GIN ("ancestor_ids");

-- CreateIndex
CREATE INDEX "group_members_group_id_idx" ON "group_members"("group_id");

-- CreateIndex
CREATE INDEX "project_members_project_id_idx" ON "project_members"("project_id");

-- CreateIndex
CREATE INDEX "releases_project_id_released_at_id_idx" ON "releases"("project_id", "released_at", "id");

-- CreateIndex
CREATE INDEX "releases_project_id_created_at_id_idx" ON "releases"("project_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "releases_project_id_updated_at_id_idx" ON "releases"("project_id", "updated_at", "id");

-- CreateIndex
CREATE INDEX "releases_project_id_semver_key_id_idx" ON "releases"("project_id", "semver_key", "id");

-- CreateIndex
CREATE INDEX "releases_author_id_idx" ON "releases"("author_id");

-- CreateIndex
CREATE UNIQUE INDEX "releases_project_id_tag_key" ON "releases"("project_id", "tag");

-- CreateIndex
CREATE INDEX "group_releases_group_id_released_at_release_id_idx" ON "group_releases"("group_id", "released_at", "release_id");

-- CreateIndex
CREATE INDEX "asset_links_release_id_created_at_id_idx" ON "asset_links"("release_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "asset_links_release_id_name_key" ON "asset_links"("release_id", "name");

-- CreateIndex
CREATE UNIQUE INDEX "asset_links_release_id_filepath_key" ON "asset_links"("release_id", "filepath");

-- CreateIndex
CREATE INDEX "evidences_release_id_created_at_id_idx" ON "evidences"("release_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "evidences_release_id_occasion_key" ON "evidences"("release_id", "occasion");

-- CreateIndex
CREATE UNIQUE INDEX "milestones_project_id_iid_key" ON "milestones"("project_id", "iid");

-- CreateIndex
CREATE UNIQUE INDEX "milestones_project_id_title_key" ON "milestones"("project_id", "title");

-- CreateIndex
CREATE UNIQUE INDEX "milestones_group_id_iid_key" ON "milestones"("group_id", "iid");

-- CreateIndex
CREATE UNIQUE INDEX "milestones_group_id_title_key" ON "milestones"("group_id", "title");

-- CreateIndex
CREATE INDEX "milestone_releases_release_id_idx" ON "milestone_releases" USING HASH ("release_id");

-- CreateIndex
CREATE INDEX "issues_milestone_id_id_idx" ON "issues"("milestone_id", "id");

-- CreateIndex
CREATE INDEX "issues_author_id_idx" ON "issues"("author_id");

-- CreateIndex
CREATE UNIQUE INDEX "issues_project_id_iid_key" ON "issues"("project_id", "iid");

-- CreateIndex
CREATE UNIQUE INDEX "protected_tags_project_id_name_key" ON "protected_tags"("project_id", "name");

-- CreateIndex
CREATE INDEX "protected_tag_access_levels_protected_tag_id_idx" ON "protected_tag_access_levels"("protected_tag_id");

-- CreateIndex
CREATE INDEX "protected_tag_access_levels_user_id_idx" ON "protected_tag_access_levels"("user_id");

-- CreateIndex
CREATE INDEX "protected_tag_access_levels_group_id_idx" ON "protected_tag_access_levels"("group_id");

-- CreateIndex
CREATE INDEX "freeze_periods_project_id_created_at_id_idx" ON "freeze_periods"("project_id", "created_at", "id");

-- CreateIndex
CREATE UNIQUE INDEX "environments_project_id_name_key" ON "environments"("project_id", "name");

-- CreateIndex
CREATE INDEX "webhooks_project_id_idx" ON "webhooks"("project_id");

-- CreateIndex
CREATE INDEX "webhooks_group_id_idx" ON "webhooks"("group_id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_webhook_id_created_at_id_idx" ON "webhook_deliveries"("webhook_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "notification_settings_project_id_idx" ON "notification_settings"("project_id");

-- CreateIndex
CREATE INDEX "notification_settings_group_id_idx" ON "notification_settings"("group_id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_settings_user_id_project_id_key" ON "notification_settings"("user_id", "project_id");

-- CreateIndex
CREATE UNIQUE INDEX "notification_settings_user_id_group_id_key" ON "notification_settings"("user_id", "group_id");

-- CreateIndex
CREATE INDEX "audit_events_project_id_created_at_id_idx" ON "audit_events"("project_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "audit_events_group_id_created_at_id_idx" ON "audit_events"("group_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "audit_events_author_id_idx" ON "audit_events"("author_id");

-- CreateIndex
CREATE INDEX "packages_creator_id_idx" ON "packages"("creator_id");

-- CreateIndex
CREATE UNIQUE INDEX "packages_project_id_name_version_key" ON "packages"("project_id", "name", "version");

-- CreateIndex
CREATE UNIQUE INDEX "package_files_storage_key_key" ON "package_files"("storage_key");

-- CreateIndex
CREATE UNIQUE INDEX "package_files_package_id_file_name_key" ON "package_files"("package_id", "file_name");

-- CreateIndex
CREATE UNIQUE INDEX "report_artifacts_storage_key_key" ON "report_artifacts"("storage_key");

-- CreateIndex
CREATE INDEX "report_artifacts_uploader_id_idx" ON "report_artifacts"("uploader_id");

-- CreateIndex
CREATE UNIQUE INDEX "report_artifacts_project_id_sha_file_name_key" ON "report_artifacts"("project_id", "sha", "file_name");

-- CreateIndex
CREATE INDEX "evidence_report_artifacts_report_artifact_id_idx" ON "evidence_report_artifacts"("report_artifact_id");

-- CreateIndex
CREATE INDEX "idempotency_records_created_at_idx" ON "idempotency_records"("created_at");

-- AddForeignKey
ALTER TABLE "access_tokens" ADD CONSTRAINT "access_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "groups" ADD CONSTRAINT "groups_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "projects" ADD CONSTRAINT "projects_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_members" ADD CONSTRAINT "project_members_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "project_members" ADD CONSTRAINT "project_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "releases" ADD CONSTRAINT "releases_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "releases" ADD CONSTRAINT "releases_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_releases" ADD CONSTRAINT "group_releases_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_releases" ADD CONSTRAINT "group_releases_release_id_fkey" FOREIGN KEY ("release_id") REFERENCES "releases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "asset_links" ADD CONSTRAINT "asset_links_release_id_fkey" FOREIGN KEY ("release_id") REFERENCES "releases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidences" ADD CONSTRAINT "evidences_release_id_fkey" FOREIGN KEY ("release_id") REFERENCES "releases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestones" ADD CONSTRAINT "milestones_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestone_releases" ADD CONSTRAINT "milestone_releases_milestone_id_fkey" FOREIGN KEY ("milestone_id") REFERENCES "milestones"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "milestone_releases" ADD CONSTRAINT "milestone_releases_release_id_fkey" FOREIGN KEY ("release_id") REFERENCES "releases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "issues" ADD CONSTRAINT "issues_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "issues" ADD CONSTRAINT "issues_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "issues" ADD CONSTRAINT "issues_milestone_id_fkey" FOREIGN KEY ("milestone_id") REFERENCES "milestones"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "protected_tags" ADD CONSTRAINT "protected_tags_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "protected_tag_access_levels" ADD CONSTRAINT "protected_tag_access_levels_protected_tag_id_fkey" FOREIGN KEY ("protected_tag_id") REFERENCES "protected_tags"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "protected_tag_access_levels" ADD CONSTRAINT "protected_tag_access_levels_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "protected_tag_access_levels" ADD CONSTRAINT "protected_tag_access_levels_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "freeze_periods" ADD CONSTRAINT "freeze_periods_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "environments" ADD CONSTRAINT "environments_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_webhook_id_fkey" FOREIGN KEY ("webhook_id") REFERENCES "webhooks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "packages" ADD CONSTRAINT "packages_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "packages" ADD CONSTRAINT "packages_creator_id_fkey" FOREIGN KEY ("creator_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "package_files" ADD CONSTRAINT "package_files_package_id_fkey" FOREIGN KEY ("package_id") REFERENCES "packages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_artifacts" ADD CONSTRAINT "report_artifacts_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "report_artifacts" ADD CONSTRAINT "report_artifacts_uploader_id_fkey" FOREIGN KEY ("uploader_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_report_artifacts" ADD CONSTRAINT "evidence_report_artifacts_evidence_id_fkey" FOREIGN KEY ("evidence_id") REFERENCES "evidences"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence_report_artifacts" ADD CONSTRAINT "evidence_report_artifacts_report_artifact_id_fkey" FOREIGN KEY ("report_artifact_id") REFERENCES "report_artifacts"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "idempotency_records" ADD CONSTRAINT "idempotency_records_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- ---------------------------------------------------------------------------------------------------------------------
-- From here on: what schema.prisma cannot say. Written by hand.
-- ---------------------------------------------------------------------------------------------------------------------

-- Checks

ALTER TABLE "users" ADD CONSTRAINT "users_username_not_blank" CHECK ("username" ~ '\S');
CREATE UNIQUE INDEX "users_lower_username_key" ON "users" (lower("username"));
CREATE UNIQUE INDEX "users_lower_email_key" ON "users" (lower("email"));

ALTER TABLE "groups" ADD CONSTRAINT "groups_path_is_one_segment" CHECK ("path" ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]*$');
ALTER TABLE "projects" ADD CONSTRAINT "projects_path_is_one_segment" CHECK ("path" ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]*$');
CREATE UNIQUE INDEX "groups_lower_full_path_key" ON "groups" (lower("full_path"));
CREATE UNIQUE INDEX "projects_lower_full_path_key" ON "projects" (lower("full_path"));

ALTER TABLE "group_members" ADD CONSTRAINT "group_members_role_known" CHECK ("role" IN (10, 15, 20, 30, 40, 50));
ALTER TABLE "project_members" ADD CONSTRAINT "project_members_role_known" CHECK ("role" IN (10, 15, 20, 30, 40, 50));

ALTER TABLE "releases"
  -- The unique index holds 2704 bytes at most; git itself stops a little above 1,000.
  ADD CONSTRAINT "releases_tag_present" CHECK ("tag" ~ '\S' AND octet_length("tag") <= 1024),
  ADD CONSTRAINT "releases_sha_is_hex" CHECK ("sha" ~ '^[0-9a-f]{40}([0-9a-f]{24})?$'),
  ADD CONSTRAINT "releases_description_length" CHECK (char_length("description") <= 1000000);

ALTER TABLE "asset_links"
  ADD CONSTRAINT "asset_links_name_not_blank" CHECK ("name" ~ '\S'),
  -- Scheme, perhaps a user, a host (in brackets an IPv6 address), perhaps a port. Browsers read a backslash as a slash.
  ADD CONSTRAINT "asset_links_url_is_absolute"
    CHECK ("url" ~* '^(https?|ftp)://([^/?#]*@)?(\[[0-9a-f:.]+\]|[^][/?#@:[:space:]]+)(:[0-9]*)?([/?#\\]|$)'),
  ADD CONSTRAINT "asset_links_filepath_format" CHECK ("filepath" ~ '^/[^/](/?[A-Za-z0-9_.-])+$' AND "filepath" ~ '^/.([A-Za-z0-9_./-])+[A-Za-z0-9]$');
-- A cast to bytea reads a backslash as an escape, therefore it is doubled.
CREATE UNIQUE INDEX "asset_links_release_id_url_key" ON "asset_links" ("release_id", sha256(replace("url", '\', '\\')::bytea));

ALTER TABLE "evidences" ADD CONSTRAINT "evidences_sha_is_hex" CHECK ("sha" ~ '^[0-9a-f]{64}$');

-- Checked at commit: a project that is deleted takes the artifact and what refers to it, in an order of PostgreSQL's.
ALTER TABLE "evidence_report_artifacts"
  ALTER CONSTRAINT "evidence_report_artifacts_report_artifact_id_fkey" DEFERRABLE INITIALLY DEFERRED;

ALTER TABLE "milestones"
  ADD CONSTRAINT "milestones_one_owner" CHECK (num_nonnulls("project_id", "group_id") = 1),
  ADD CONSTRAINT "milestones_title_not_blank" CHECK ("title" ~ '\S'),
  ADD CONSTRAINT "milestones_dates_in_order" CHECK ("start_date" <= "due_date");

ALTER TABLE "protected_tags" ADD CONSTRAINT "protected_tags_name_present" CHECK ("name" ~ '\S' AND octet_length("name") <= 1024);
ALTER TABLE "protected_tag_access_levels"
  ADD CONSTRAINT "protected_tag_access_levels_level_known" CHECK ("access_level" IN (0, 30, 40)),
  ADD CONSTRAINT "protected_tag_access_levels_one_subject" CHECK (num_nonnulls("access_level", "user_id", "group_id", "deploy_key_id") = 1);

ALTER TABLE "webhooks" ADD CONSTRAINT "webhooks_one_owner" CHECK (num_nonnulls("project_id", "group_id") = 1);
ALTER TABLE "notification_settings" ADD CONSTRAINT "notification_settings_one_subject" CHECK (num_nonnulls("project_id", "group_id") = 1);

-- Orders of the releases of a project in which the id descends while the first key ascends: negated, so that one row
-- comparison finds the next page. "C" makes the semver key sort byte by byte whatever the database's collation is.

DROP INDEX "releases_project_id_semver_key_id_idx";
ALTER TABLE "releases" ALTER COLUMN "semver_key" TYPE VARCHAR(1024) COLLATE "C";
CREATE INDEX "releases_project_id_semver_key_id_idx" ON "releases" ("project_id", "semver_key", "id");
CREATE INDEX "releases_released_asc" ON "releases" ("project_id", "released_at", (-"id"));
CREATE INDEX "releases_created_asc" ON "releases" ("project_id", "created_at", (-"id"));
CREATE INDEX "releases_semver_asc" ON "releases" ("project_id", ("semver_key" = ''), "semver_key", (-"id"));
-- The latest stable release: prereleases do not lengthen the search. Partial, since the planner takes a condition on an
-- indexed boolean expression apart and then misses the index.
CREATE INDEX "releases_semver_stable" ON "releases" ("project_id", "semver_key", "id") WHERE NOT "prerelease" AND "semver_key" <> '';
CREATE INDEX "releases_released_stable" ON "releases" ("project_id", "released_at", "id") WHERE NOT "prerelease";

-- Whoever moves, renames or deletes a group or a project locks rows from the top down; whoever counts, from the bottom up.
-- So that they do not meet halfway, the former are alone. They are rare, and the latter do not wait for each other.

CREATE FUNCTION tree_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7927003, 0);
  RETURN NULL;
END $$;

CREATE FUNCTION tree_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(7927003, 0);
  RETURN NULL;
END $$;

CREATE TRIGGER groups_change_tree BEFORE UPDATE OF path, parent_id OR DELETE ON groups EXECUTE FUNCTION tree_changes();
CREATE TRIGGER projects_change_tree BEFORE UPDATE OF path, group_id OR DELETE ON projects EXECUTE FUNCTION tree_changes();
CREATE TRIGGER groups_keep_tree BEFORE INSERT ON groups EXECUTE FUNCTION tree_stays();
CREATE TRIGGER projects_keep_tree BEFORE INSERT ON projects EXECUTE FUNCTION tree_stays();
CREATE TRIGGER releases_keep_tree BEFORE INSERT OR UPDATE OR DELETE ON releases EXECUTE FUNCTION tree_stays();
CREATE TRIGGER asset_links_keep_tree BEFORE INSERT OR UPDATE OR DELETE ON asset_links EXECUTE FUNCTION tree_stays();
CREATE TRIGGER evidences_keep_tree BEFORE INSERT ON evidences EXECUTE FUNCTION tree_stays();

-- Paths and ancestors of groups and projects. FOR KEY SHARE keeps the parent's path from changing (it is a key), yet lets
-- others count in it: with FOR SHARE two projects that are created in one group at once would deadlock.

CREATE FUNCTION groups_set_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent groups%ROWTYPE;
BEGIN
  IF NEW.parent_id IS NULL THEN
    NEW.full_path := NEW.path;
    NEW.ancestor_ids := ARRAY[NEW.id];
    RETURN NEW;
  END IF;
  SELECT * INTO parent FROM groups WHERE id = NEW.parent_id FOR KEY SHARE;
  -- The foreign key looks at the end of the statement, by when a group may have become its own parent.
  IF NOT FOUND THEN
    RAISE EXCEPTION 'group % does not exist', NEW.parent_id
      USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'groups_parent_id_fkey', TABLE = 'groups';
  END IF;
  IF NEW.id = ANY (parent.ancestor_ids) THEN
    RAISE EXCEPTION 'group % cannot be its own ancestor', NEW.id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'groups_not_own_ancestor', TABLE = 'groups';
  END IF;
  NEW.full_path := parent.full_path || '/' || NEW.path;
  NEW.ancestor_ids := parent.ancestor_ids || NEW.id;
  RETURN NEW;
END $$;

CREATE TRIGGER groups_path BEFORE INSERT OR UPDATE OF path, parent_id, full_path, ancestor_ids ON groups
  FOR EACH ROW EXECUTE FUNCTION groups_set_path();

CREATE FUNCTION groups_pass_on_path() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE groups SET path = path WHERE parent_id = NEW.id;
  UPDATE projects SET path = path WHERE group_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER groups_pass_on_path AFTER UPDATE ON groups
  FOR EACH ROW WHEN (OLD.full_path <> NEW.full_path OR OLD.ancestor_ids <> NEW.ancestor_ids)
  EXECUTE FUNCTION groups_pass_on_path();

CREATE FUNCTION projects_set_path() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  parent groups%ROWTYPE;
BEGIN
  SELECT * INTO parent FROM groups WHERE id = NEW.group_id FOR KEY SHARE;
  IF NOT FOUND THEN
    RETURN NEW; -- the foreign key refuses it
  END IF;
  NEW.full_path := parent.full_path || '/' || NEW.path;
  NEW.ancestor_ids := parent.ancestor_ids;
  RETURN NEW;
END $$;

CREATE TRIGGER projects_path BEFORE INSERT OR UPDATE OF path, group_id, full_path, ancestor_ids ON projects
  FOR EACH ROW EXECUTE FUNCTION projects_set_path();

-- A project and a group never share a path: both answer under the same URLs.

CREATE FUNCTION namespace_path_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(lower(NEW.full_path), 0));
  IF TG_TABLE_NAME = 'groups' AND EXISTS (SELECT 1 FROM projects WHERE lower(full_path) = lower(NEW.full_path))
     OR TG_TABLE_NAME = 'projects' AND EXISTS (SELECT 1 FROM groups WHERE lower(full_path) = lower(NEW.full_path)) THEN
    RAISE EXCEPTION 'path % is taken', NEW.full_path
      USING ERRCODE = 'unique_violation', CONSTRAINT = 'namespace_path_is_free', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER groups_path_is_free AFTER INSERT OR UPDATE OF path, parent_id ON groups
  FOR EACH ROW EXECUTE FUNCTION namespace_path_is_free();
CREATE TRIGGER projects_path_is_free AFTER INSERT OR UPDATE OF path, group_id ON projects
  FOR EACH ROW EXECUTE FUNCTION namespace_path_is_free();

-- Counters of groups. Rows are locked in the order of their ids, so that writers in one tree wait instead of deadlocking.

CREATE FUNCTION groups_add(ids int[], projects int, released int, releases int) RETURNS void LANGUAGE sql AS $$
  WITH locked AS (SELECT id FROM groups WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE)
  UPDATE groups g
  SET projects_count = g.projects_count + projects,
      released_projects_count = g.released_projects_count + released,
      releases_count = g.releases_count + releases
  FROM locked WHERE g.id = locked.id
$$;

CREATE FUNCTION projects_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN
    PERFORM groups_add(OLD.ancestor_ids, -1, -(OLD.releases_count > 0)::int, -OLD.releases_count);
  END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM groups_add(NEW.ancestor_ids, 1, (NEW.releases_count > 0)::int, NEW.releases_count);
  END IF;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM group_releases gr USING releases r WHERE gr.release_id = r.id AND r.project_id = NEW.id;
    INSERT INTO group_releases (group_id, release_id, released_at)
    SELECT unnest(NEW.ancestor_ids), r.id, r.released_at FROM releases r WHERE r.project_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER projects_count_added_or_removed AFTER INSERT OR DELETE ON projects
  FOR EACH ROW EXECUTE FUNCTION projects_count();
CREATE TRIGGER projects_count_moved AFTER UPDATE ON projects
  FOR EACH ROW WHEN (OLD.ancestor_ids <> NEW.ancestor_ids) EXECUTE FUNCTION projects_count();

-- Releases: counters of the project and of its groups, the groups' index of releases, the project's updated_at.
-- Once per statement, not per row: an import of 10,000 releases updates each counter once.

-- Groups are locked before their projects: otherwise one who adds to a project and then to its neighbour meets one who
-- adds to the neighbour.
CREATE FUNCTION groups_lock_above(project_ids int[]) RETURNS void LANGUAGE sql AS $$
  SELECT FROM groups WHERE id IN (SELECT unnest(ancestor_ids) FROM projects WHERE id = ANY (project_ids))
  ORDER BY id FOR NO KEY UPDATE
$$;

CREATE FUNCTION releases_count_changed(project int, change int) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  now_count int;
  ancestors int[];
BEGIN
  UPDATE projects SET releases_count = releases_count + change, updated_at = greatest(updated_at, now())
  WHERE id = project RETURNING releases_count, ancestor_ids INTO now_count, ancestors;
  IF FOUND THEN
    PERFORM groups_add(ancestors, 0, (now_count > 0)::int - (now_count - change > 0)::int, change);
  END IF;
END $$;

CREATE FUNCTION releases_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM groups_lock_above(ARRAY(SELECT DISTINCT project_id FROM added));
  PERFORM releases_count_changed(c.project_id, c.n)
  FROM (SELECT project_id, count(*)::int AS n FROM added GROUP BY project_id ORDER BY project_id) c;
  INSERT INTO group_releases (group_id, release_id, released_at)
  SELECT unnest(p.ancestor_ids), r.id, r.released_at FROM added r JOIN projects p ON p.id = r.project_id;
  RETURN NULL;
END $$;

CREATE FUNCTION releases_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM groups_lock_above(ARRAY(SELECT DISTINCT project_id FROM removed));
  PERFORM releases_count_changed(c.project_id, -c.n)
  FROM (SELECT project_id, count(*)::int AS n FROM removed GROUP BY project_id ORDER BY project_id) c;
  RETURN NULL;
END $$;

CREATE FUNCTION releases_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  moved int[] := ARRAY(SELECT n.id FROM added n JOIN removed o ON o.id = n.id
                       WHERE (n.project_id, n.released_at) <> (o.project_id, o.released_at));
  -- Keeping rendered notes is no change of the release.
  touched int[] := ARRAY(SELECT n.project_id FROM added n JOIN removed o ON o.id = n.id
                         WHERE n.updated_at <> o.updated_at OR n.id = ANY (moved));
BEGIN
  IF EXISTS (SELECT FROM added n JOIN removed o ON o.id = n.id WHERE n.project_id <> o.project_id) THEN
    PERFORM groups_lock_above(ARRAY(SELECT project_id FROM added UNION SELECT project_id FROM removed));
    PERFORM releases_count_changed(c.project_id, c.n)
    FROM (SELECT project_id, sum(n)::int AS n
          FROM (SELECT project_id, 1 AS n FROM added UNION ALL SELECT project_id, -1 FROM removed) d
          GROUP BY project_id HAVING sum(n) <> 0 ORDER BY project_id) c;
  END IF;
  -- Two statements: one that locked the row and updated what it saw before would deadlock with who waits for the row.
  PERFORM FROM projects WHERE id = ANY (touched) ORDER BY id FOR NO KEY UPDATE;
  UPDATE projects SET updated_at = greatest(updated_at, now()) WHERE id = ANY (touched);
  -- The projects are locked by now: none of them goes to another group meanwhile.
  DELETE FROM group_releases WHERE release_id = ANY (moved);
  INSERT INTO group_releases (group_id, release_id, released_at)
  SELECT unnest(p.ancestor_ids), n.id, n.released_at FROM added n JOIN projects p ON p.id = n.project_id
  WHERE n.id = ANY (moved);
  RETURN NULL;
END $$;

CREATE TRIGGER releases_inserted AFTER INSERT ON releases REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION releases_inserted();
CREATE TRIGGER releases_deleted AFTER DELETE ON releases REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION releases_deleted();
CREATE TRIGGER releases_updated AFTER UPDATE ON releases REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION releases_updated();

CREATE FUNCTION releases_forget_rendered() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.description_html := NULL;
  RETURN NEW;
END $$;

CREATE TRIGGER releases_forget_rendered BEFORE UPDATE ON releases FOR EACH ROW
  WHEN (OLD.description IS DISTINCT FROM NEW.description AND OLD.description_html IS NOT DISTINCT FROM NEW.description_html)
  EXECUTE FUNCTION releases_forget_rendered();

-- Subscriptions: whoever writes, every process is told which releases were created or changed. A message may have 8000
-- bytes, so it names at most 500 of them. The transaction tells that a release changed in the very moment it was created.

CREATE FUNCTION releases_tell(kind text, release_ids int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('waybill_releases', json_build_object(
    'transaction', pg_current_xact_id()::text, 'kind', kind, 'projectId', c.project_id, 'releaseIds', json_agg(c.id))::text)
  FROM (SELECT project_id, id, (row_number() OVER (PARTITION BY project_id ORDER BY id) - 1) / 500 AS chunk
        FROM releases WHERE id = ANY (release_ids)) c
  GROUP BY c.project_id, c.chunk ORDER BY c.project_id, c.chunk;
END $$;

CREATE FUNCTION releases_tell_created() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM releases_tell('created', ARRAY(SELECT id FROM added));
  RETURN NULL;
END $$;

CREATE FUNCTION releases_tell_updated() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- Keeping rendered notes is no change of the release.
  rendered text[] := '{description_html,renderer_version}';
BEGIN
  PERFORM releases_tell('updated', ARRAY(SELECT n.id FROM added n JOIN removed o ON o.id = n.id
                                         WHERE to_jsonb(n) - rendered <> to_jsonb(o) - rendered));
  RETURN NULL;
END $$;

CREATE FUNCTION milestone_releases_tell() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN PERFORM releases_tell('updated', ARRAY(SELECT DISTINCT release_id FROM removed)); END IF;
  IF TG_OP <> 'DELETE' THEN PERFORM releases_tell('updated', ARRAY(SELECT DISTINCT release_id FROM added)); END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER releases_tell_created AFTER INSERT ON releases REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION releases_tell_created();
CREATE TRIGGER releases_tell_updated AFTER UPDATE ON releases REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION releases_tell_updated();
CREATE TRIGGER milestone_releases_tell_inserted AFTER INSERT ON milestone_releases REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION milestone_releases_tell();
CREATE TRIGGER milestone_releases_tell_deleted AFTER DELETE ON milestone_releases REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION milestone_releases_tell();
CREATE TRIGGER milestone_releases_tell_updated AFTER UPDATE ON milestone_releases
  REFERENCING OLD TABLE AS removed NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION milestone_releases_tell();

-- Links and evidence touch their release; links are counted.

CREATE FUNCTION releases_touch(release int, links int) RETURNS void LANGUAGE sql AS $$
  UPDATE releases SET links_count = links_count + links, updated_at = greatest(updated_at, now()) WHERE id = release;
  -- Also when neither changes: updated_at may lie ahead of the database's clock.
  SELECT releases_tell('updated', ARRAY[release])
$$;

CREATE FUNCTION asset_links_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM releases_touch(c.release_id, c.n)
    FROM (SELECT release_id, count(*)::int AS n FROM added GROUP BY release_id ORDER BY release_id) c;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM releases_touch(c.release_id, -c.n)
    FROM (SELECT release_id, count(*)::int AS n FROM removed GROUP BY release_id ORDER BY release_id) c;
  ELSE
    PERFORM releases_touch(c.release_id, c.n)
    FROM (SELECT release_id, sum(n)::int AS n
          FROM (SELECT release_id, 1 AS n FROM added UNION ALL SELECT release_id, -1 FROM removed) d
          GROUP BY release_id ORDER BY release_id) c;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER asset_links_inserted AFTER INSERT ON asset_links REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION asset_links_changed();
CREATE TRIGGER asset_links_deleted AFTER DELETE ON asset_links REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION asset_links_changed();
CREATE TRIGGER asset_links_updated AFTER UPDATE ON asset_links REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION asset_links_changed();

CREATE FUNCTION evidences_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM releases_touch(e.release_id, 0) FROM (SELECT DISTINCT release_id FROM added ORDER BY release_id) e;
  RETURN NULL;
END $$;

CREATE TRIGGER evidences_inserted AFTER INSERT ON evidences REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION evidences_inserted();

-- Milestones: only those of the release's (issue's) own project, or of a group.

CREATE FUNCTION milestone_fits_project(milestone int, project int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM milestones m WHERE m.id = milestone AND m.project_id <> project) THEN
    RAISE EXCEPTION 'milestone % belongs to another project', milestone
      USING ERRCODE = 'check_violation', CONSTRAINT = 'milestone_fits_project', TABLE = 'milestones';
  END IF;
END $$;

-- AFTER, as foreign keys are: they have locked the release and the milestone, so that neither changes its project.
CREATE FUNCTION milestone_releases_fit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM milestone_fits_project(NEW.milestone_id, (SELECT project_id FROM releases WHERE id = NEW.release_id));
  RETURN NULL;
END $$;

CREATE TRIGGER milestone_releases_fit AFTER INSERT OR UPDATE ON milestone_releases
  FOR EACH ROW EXECUTE FUNCTION milestone_releases_fit();

CREATE FUNCTION issues_fit_milestone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM milestone_fits_project(NEW.milestone_id, NEW.project_id);
  RETURN NULL;
END $$;

CREATE TRIGGER issues_fit_milestone AFTER INSERT OR UPDATE OF milestone_id, project_id ON issues
  FOR EACH ROW WHEN (NEW.milestone_id IS NOT NULL) EXECUTE FUNCTION issues_fit_milestone();

CREATE FUNCTION releases_fit_milestones() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM milestone_fits_project(milestone_id, NEW.project_id) FROM milestone_releases WHERE release_id = NEW.id;
  RETURN NULL;
END $$;

CREATE TRIGGER releases_fit_milestones AFTER UPDATE OF project_id ON releases
  FOR EACH ROW WHEN (OLD.project_id <> NEW.project_id) EXECUTE FUNCTION releases_fit_milestones();

CREATE FUNCTION milestones_fit_users() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM milestone_fits_project(NEW.id, u.project_id)
  FROM (SELECT r.project_id FROM milestone_releases mr JOIN releases r ON r.id = mr.release_id WHERE mr.milestone_id = NEW.id
        UNION SELECT project_id FROM issues WHERE milestone_id = NEW.id) u;
  RETURN NULL;
END $$;

CREATE TRIGGER milestones_fit_users AFTER UPDATE OF project_id ON milestones
  FOR EACH ROW WHEN (NEW.project_id IS DISTINCT FROM OLD.project_id) EXECUTE FUNCTION milestones_fit_users();

CREATE FUNCTION milestones_add(milestone int, issues int, closed int) RETURNS void LANGUAGE sql AS $$
  UPDATE milestones SET issues_count = issues_count + issues, closed_issues_count = closed_issues_count + closed
  WHERE id = milestone
$$;

CREATE FUNCTION issues_count() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM milestones_add(c.milestone_id, c.n, c.closed)
    FROM (SELECT milestone_id, count(*)::int AS n, count(*) FILTER (WHERE state = 'closed')::int AS closed
          FROM added WHERE milestone_id IS NOT NULL GROUP BY milestone_id ORDER BY milestone_id) c;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM milestones_add(c.milestone_id, -c.n, -c.closed)
    FROM (SELECT milestone_id, count(*)::int AS n, count(*) FILTER (WHERE state = 'closed')::int AS closed
          FROM removed WHERE milestone_id IS NOT NULL GROUP BY milestone_id ORDER BY milestone_id) c;
  ELSE
    PERFORM milestones_add(c.milestone_id, c.n, c.closed)
    FROM (SELECT milestone_id, sum(n)::int AS n, sum(closed)::int AS closed
          FROM (SELECT milestone_id, 1 AS n, (state = 'closed')::int AS closed FROM added
                UNION ALL SELECT milestone_id, -1, -(state = 'closed')::int FROM removed) d
          WHERE milestone_id IS NOT NULL GROUP BY milestone_id
          HAVING sum(n) <> 0 OR sum(closed) <> 0 ORDER BY milestone_id) c;
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER issues_inserted AFTER INSERT ON issues REFERENCING NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION issues_count();
CREATE TRIGGER issues_deleted AFTER DELETE ON issues REFERENCING OLD TABLE AS removed
  FOR EACH STATEMENT EXECUTE FUNCTION issues_count();
CREATE TRIGGER issues_updated AFTER UPDATE ON issues REFERENCING OLD TABLE AS removed NEW TABLE AS added
  FOR EACH STATEMENT EXECUTE FUNCTION issues_count();

-- A protected tag admits somebody or says that it admits nobody; checked at commit, since the levels follow the tag.

CREATE FUNCTION assert_tag_has_level(tag_id int) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- Two who each delete one of the last two levels check one after the other.
  PERFORM FROM protected_tags WHERE id = tag_id FOR NO KEY UPDATE;
  IF FOUND AND NOT EXISTS (SELECT FROM protected_tag_access_levels WHERE protected_tag_id = tag_id) THEN
    RAISE EXCEPTION 'protected tag % has no create access level', tag_id
      USING ERRCODE = 'check_violation', CONSTRAINT = 'protected_tags_have_level', TABLE = 'protected_tags';
  END IF;
END $$;

CREATE FUNCTION protected_tags_have_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM assert_tag_has_level(NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION protected_tags_keep_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM assert_tag_has_level(OLD.protected_tag_id);
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER protected_tags_have_level AFTER INSERT ON protected_tags
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION protected_tags_have_level();
CREATE CONSTRAINT TRIGGER protected_tags_keep_level AFTER DELETE OR UPDATE ON protected_tag_access_levels
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION protected_tags_keep_level();

-- What only a deleted user or group might do, nobody may do: the tag stays protected, and the deletion is not refused.

CREATE FUNCTION tag_levels_admit_nobody() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE protected_tag_access_levels SET access_level = 0, user_id = NULL, group_id = NULL
  WHERE TG_TABLE_NAME = 'users' AND user_id = OLD.id OR TG_TABLE_NAME = 'groups' AND group_id = OLD.id;
  RETURN OLD;
END $$;

CREATE TRIGGER users_leave_tag_levels BEFORE DELETE ON users FOR EACH ROW EXECUTE FUNCTION tag_levels_admit_nobody();
CREATE TRIGGER groups_leave_tag_levels BEFORE DELETE ON groups FOR EACH ROW EXECUTE FUNCTION tag_levels_admit_nobody();
