-- Oldest version: 0.1.0

-- CreateTable
CREATE TABLE "release_drafts" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "tag" VARCHAR(1024) NOT NULL,
    "ref" VARCHAR(4096),
    "tag_message" TEXT,
    "name" TEXT,
    "description" TEXT,
    "released_at" TIMESTAMPTZ(3),
    "prerelease" BOOLEAN,
    "makes_latest" BOOLEAN NOT NULL DEFAULT false,
    "links" TEXT NOT NULL DEFAULT '[]',
    "milestone_ids" INTEGER[] DEFAULT ARRAY[]::INTEGER[],
    "author_id" INTEGER,
    "version" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),

    CONSTRAINT "release_drafts_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "release_drafts_project_id_created_at_id_idx" ON "release_drafts"("project_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "release_drafts_author_id_idx" ON "release_drafts"("author_id");

-- CreateIndex
CREATE UNIQUE INDEX "release_drafts_project_id_tag_key" ON "release_drafts"("project_id", "tag");

-- AddForeignKey
ALTER TABLE "release_drafts" ADD CONSTRAINT "release_drafts_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "release_drafts" ADD CONSTRAINT "release_drafts_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE CASCADE;
