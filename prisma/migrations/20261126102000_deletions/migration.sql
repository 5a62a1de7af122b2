-- Oldest version: 0.1.0

-- AlterTable
ALTER TABLE "groups" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "projects" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "deletions" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER,
    "group_id" INTEGER,
    "path" VARCHAR(255) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT transaction_timestamp(),

    CONSTRAINT "deletions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "deletions_project_id_key" ON "deletions"("project_id");

-- CreateIndex
CREATE UNIQUE INDEX "deletions_group_id_key" ON "deletions"("group_id");

-- AddForeignKey
ALTER TABLE "deletions" ADD CONSTRAINT "deletions_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "projects"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deletions" ADD CONSTRAINT "deletions_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "groups"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- By hand from here on.

ALTER TABLE "deletions" ADD CONSTRAINT "deletions_one_subject" CHECK (num_nonnulls("project_id", "group_id") = 1);

-- `~17` is at the end of the path of the deleted project 17. No use case gives anything such a path, so a path that was moved aside is
-- never taken.
ALTER TABLE "groups" DROP CONSTRAINT "groups_path_is_one_segment",
  ADD CONSTRAINT "groups_path_is_one_segment" CHECK ("path" ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]*(~[0-9]+)?$');
ALTER TABLE "projects" DROP CONSTRAINT "projects_path_is_one_segment",
  ADD CONSTRAINT "projects_path_is_one_segment" CHECK ("path" ~ '^[A-Za-z0-9_][A-Za-z0-9_.-]*(~[0-9]+)?$');
